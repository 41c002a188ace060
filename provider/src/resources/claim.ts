import * as pulumi from "@pulumi/pulumi";
import { failLater, Refusal } from "./refusal";

/** Which resource of the program declared an object. One map a run of a program: an inline program may run several times in one process. */
const claims = new WeakMap<object, Map<string, string>>();
const outsideAnyStack = {};

/** The fields that make the key, as plain values: those that are not outputs need not be waited for. */
type Known = Readonly<Record<string, unknown>>;

/**
 * Two resources of one program with one key would take the object from each other at every `up`: found here, where both names are known.
 * `fields` are those that the keys depend on; values that are not known yet are waited for. `keysOf` leaves out what is not valid, which
 * the checks report.
 */
export function claim(resource: string, args: pulumi.Inputs, fields: readonly string[], keysOf: (args: Known) => readonly string[]): void {
  const run: object = pulumi.runtime.getStackResource() ?? outsideAnyStack;
  const known = claims.get(run) ?? new Map<string, string>();
  claims.set(run, known);
  const needed = Object.fromEntries(["connection", ...fields].flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])));
  const settle = ({ connection, ...values }: Known, fail: (refusal: Refusal) => void): void => {
    const host = hostOf(connection);
    if (host === undefined) return;
    for (const key of keysOf(values)) {
      const other = known.get(`${host} ${key}`);
      if (other !== undefined && other !== resource)
        fail(new Refusal("declared-twice", `${resource} and ${other} both declare ${key} on ${host}: one object has one owner`));
      else known.set(`${host} ${key}`, resource);
    }
  };
  if (isPlain(needed))
    settle(needed, (refusal) => {
      throw refusal;
    });
  else pulumi.output(needed).apply((values) => settle(values, failLater));
}

function hostOf(connection: unknown): string | undefined {
  if (typeof connection !== "object" || connection === null || !("host" in connection) || typeof connection.host !== "string")
    return undefined;
  const port = "port" in connection && typeof connection.port === "number" ? connection.port : 22;
  return port === 22 ? connection.host : `${connection.host} port ${port}`;
}

/** No output and no promise at any depth: wrapping everything in outputs costs more than all the rest of a resource. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).every(isPlain);
}
