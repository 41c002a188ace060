import { field, type Values } from "./attribute";
import { entriesOf } from "./entries";
import { commonFields } from "./everyResource";
import type { Problem } from "./failures";
import { hostRoutingFields } from "./hostRouting";
import { isObject } from "./isObject";
import { multihomedFields } from "./multihomed/multihomed";
import { flag, textOf } from "./number";

/** What a stack's configuration may say of one host: how to reach it, and any field of HostRouting and MultihomedHost. */
export const configuredHostFields = {
  ...commonFields,
  ...hostRoutingFields,
  ...multihomedFields,
  enabled: field({ schema: flag, doc: "Whether the host is one of the stack's.", absent: "true", example: false }),
  labels: field({
    schema: entriesOf(textOf("a text"), '{ site: "fra" }'),
    doc: "Words of your own, for the program to choose by.",
    absent: "none",
    example: { site: "fra" },
  }),
};
export type ConfiguredHostValues = Values<typeof configuredHostFields>;

export function settleConfiguredHost({ connection }: ConfiguredHostValues, pending: ReadonlySet<string>): Problem[] {
  return connection === undefined && !pending.has("connection")
    ? [{ path: ["connection"], text: "is required, in the host or in the defaults" }]
    : [];
}

/** Objects are merged at every depth; anything else of the host takes the place of the default. */
export function withDefaults(defaults: unknown, own: unknown): unknown {
  if (!isObject(defaults) || !isObject(own)) return own === undefined ? defaults : own;
  const names = new Set([...Object.keys(defaults), ...Object.keys(own)]);
  return Object.fromEntries([...names].map((name) => [name, withDefaults(defaults[name], own[name])]));
}
