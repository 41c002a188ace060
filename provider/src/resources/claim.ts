import * as pulumi from "@pulumi/pulumi";

/** Which resource of the program declared an object. One map a run of a program: an inline program may run several times in one process. */
const claims = new WeakMap<object, Map<string, string>>();
const outsideAnyStack = {};

/**
 * Two resources of one program with one key would take the object from each other at every `up`: found here, where both names are known.
 * Waits for values that are not known yet; `keyOf` gives undefined for what is not valid, which the checks report.
 */
export function claim(resource: string, args: pulumi.Inputs, keyOf: (args: Record<string, unknown>) => string | undefined): void {
  const run: object = pulumi.runtime.getStackResource() ?? outsideAnyStack;
  const known = claims.get(run) ?? new Map<string, string>();
  claims.set(run, known);
  pulumi.output(args).apply((values) => {
    const { connection } = values;
    const host = typeof connection === "object" && connection !== null ? `${connection.host} port ${connection.port ?? 22}` : "";
    const key = keyOf(values);
    if (key === undefined) return;
    const other = known.get(`${host} ${key}`);
    if (other !== undefined && other !== resource)
      throw new pulumi.RunError(`${resource} and ${other} both declare ${key} on ${connection.host}: one object has one owner`);
    known.set(`${host} ${key}`, resource);
  });
}
