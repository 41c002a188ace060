import * as pulumi from "@pulumi/pulumi";
import { canonical } from "../declaration/canonical";
import { configuredHostFields, settleConfiguredHost, withDefaults } from "../declaration/configuredHost";
import { printFailure } from "../declaration/failures";
import { isObject } from "../declaration/isObject";
import { withSecrets } from "../declaration/secrets";
import type { ConnectionArgs, HostRoutingArgs } from "./arguments";
import type { MultihomedHostArgs } from "./multihomedHost";
import { Refusal } from "./refusal";

/** One host of a stack's configuration: the arguments of MultihomedHost where it names uplinks, else those of HostRouting. */
export type ConfiguredHost = {
  readonly name: string;
  readonly connection: ConnectionArgs;
  readonly labels: Readonly<Record<string, string>>;
} & (
  | { readonly multihomed: MultihomedHostArgs; readonly routing: undefined }
  | { readonly multihomed: undefined; readonly routing: HostRoutingArgs }
);

type Json = Readonly<Record<string, unknown>>;
/**
 * The hosts of `hosts` in Pulumi.<stack>.yaml, each an object of fields by its name, with `defaults` merged in; those with `enabled: false`
 * are left out. Every mistake in the file is told at once, with its path. Give secrets with `pulumi config set --secret --path`.
 */
export function hostsFromConfig(namespace = pulumi.getProject()): ConfiguredHost[] {
  const file = `Pulumi.${pulumi.getStack()}.yaml`;
  const problems: string[] = [];
  const read = (key: string): unknown => {
    // By the runtime: a Config would warn that secrets are read as plain values. They are marked below.
    const text = pulumi.runtime.getConfig(`${namespace}:${key}`);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      problems.push(`${namespace}:${key}: expected an object`);
      return undefined;
    }
  };
  const hosts = read("hosts");
  const defaults = read("defaults");
  if (!isObject(hosts) && problems.length === 0) problems.push(`${namespace}:hosts: expected an object of hosts by their names`);
  if (defaults !== undefined && !isObject(defaults)) problems.push(`${namespace}:defaults: expected an object`);
  const found = Object.entries(isObject(hosts) ? hosts : {}).flatMap(([name, own]): ConfiguredHost[] => {
    const checked = canonical(configuredHostFields, asObject(withDefaults(defaults, own)), settleConfiguredHost);
    for (const problem of checked.problems) {
      const isOfDefaults = depthOf(defaults, problem.path) > depthOf(own, problem.path);
      const path = isOfDefaults ? ["defaults", ...problem.path] : ["hosts", name, ...problem.path];
      problems.push(`${namespace}:${printFailure({ ...problem, path })}`);
    }
    const { enabled, connection, labels = {}, ...fields } = checked.values;
    if (enabled === false || connection?.host === undefined || checked.problems.length > 0) return [];
    // A program may show what it read, so passwords and keys are marked here already.
    const args: unknown = withSecrets(configuredHostFields, { ...fields, connection }, pulumi.secret);
    if (hasUplinks(args)) return [{ name, labels, connection: args.connection, multihomed: args, routing: undefined }];
    return hasNoUplinks(args) ? [{ name, labels, connection: args.connection, multihomed: undefined, routing: args }] : [];
  });
  if (problems.length > 0) throw new Refusal("configured-hosts", [...new Set(problems)].map((problem) => `${file}: ${problem}`).join("\n"));
  return found;
}

/** How much of a path somebody wrote: who wrote more of it made the mistake. */
function depthOf(value: unknown, [first, ...rest]: readonly PropertyKey[]): number {
  if (first === undefined || !isObject(value) || !Object.hasOwn(value, first)) return 0;
  return 1 + depthOf(value[String(first)], rest);
}

/** What the checks let pass has all that the resources require. */
type Login = { readonly connection: ConnectionArgs };
const hasUplinks = (args: unknown): args is MultihomedHostArgs & Login => isObject(args) && args["uplinks"] !== undefined;
const hasNoUplinks = (args: unknown): args is HostRoutingArgs & Login => isObject(args) && args["uplinks"] === undefined;

const asObject = (value: unknown): Json => (isObject(value) ? value : { connection: value });
