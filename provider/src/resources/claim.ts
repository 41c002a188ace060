import * as pulumi from "@pulumi/pulumi";
import { type Claimed, Claims, claimedHost } from "../declaration/claimed";
import { failLater, Refusal } from "./refusal";
import { thisRun } from "./run";

const runs = new WeakMap<object, Claims>();

/**
 * Two resources of one program with one key would take the object from each other at every `up`: found here, where both names are known. Values that
 * are not known yet are waited for.
 */
export function claim(resource: string, args: pulumi.Inputs, claimed: Claimed): void {
  const run = thisRun();
  const claims = runs.get(run) ?? new Claims();
  runs.set(run, claims);
  const needed = Object.fromEntries(
    ["connection", ...claimed.fields].flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])),
  );
  const settle = ({ connection, ...values }: Readonly<Record<string, unknown>>, fail: (refusal: Refusal) => void): void => {
    const host = claimedHost(connection);
    if (host === undefined) return;
    for (const refusal of claims.refusals(resource, host, claimed.keysOf(values))) fail(new Refusal("declared-twice", refusal));
  };
  if (isPlain(needed))
    settle(needed, (refusal) => {
      throw refusal;
    });
  else pulumi.output(needed).apply((values) => settle(values, failLater));
}

/** No output and no promise at any depth: wrapping everything in outputs costs more than all the rest of a resource. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).every(isPlain);
}
