/** The kind that a type token names, by either door; undefined where it is not ours. The plugin's component is nothing on a host. */
export const kindIn = (type: string): string | undefined =>
  /^(?:pulumi-nodejs:dynamic\/policyrouting|policyrouting:index):(?!MultihomedHost$)(\w+)$/.exec(type)?.[1];
