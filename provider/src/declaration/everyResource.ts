import { adoptField } from "./adopt";
import { field, type Values } from "./attribute";
import { coexistField } from "./coexist";
import { connectionSchema } from "./connection";
import type { Problem } from "./failures";
import { guardSchema } from "./guard";
import { ownerSchema } from "./owner";
import { persistField } from "./persist";

/** The fields that every resource has. */
export const commonFields = {
  connection: field({
    schema: connectionSchema,
    doc: "How to reach the host: the fields of @pulumi/command's `remote.Connection` and a few more.",
    absent: "required",
    example: { host: "edge-1.example.net" },
  }),
  adopt: adoptField,
  guard: field({
    schema: guardSchema,
    settle: (value) => (Object.keys(value).length === 0 ? undefined : value),
    doc: "The timed undo on the host and the checks that a change must pass.",
    absent: "armed, 30 s, no probes",
    example: { confirmTimeout: 30 },
  }),
  persist: persistField,
  coexist: coexistField,
};

/** Filled in by the resource classes. */
export const internalFields = {
  owner: field({
    schema: ownerSchema,
    doc: "The stack that the resource belongs to, and its tag.",
    absent: "required",
    example: { stack: "organization/project/stack" },
  }),
};

export type Common = Values<typeof commonFields & typeof internalFields>;

export function settleCommon(values: Common, pending: ReadonlySet<string>): Problem[] {
  return (["connection", "owner"] as const)
    .filter((name) => values[name] === undefined && !pending.has(name))
    .map((name) => ({ path: [name], text: "is required" }));
}
