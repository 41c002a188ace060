import { field, type Values } from "./attribute";
import { objectOf } from "./canonical";
import { integer, textOf } from "./number";

/**
 * The two origin tags (`proto`) of what is ours: OWNER, and STAGING for the moment in which a rule is exchanged.
 * Not below 5 (the kernel's own), not 186..198 (FRR). `policy-routing:owner` in the stack's configuration changes OWNER; STAGING is the next number.
 */
export const defaultOwner = 214;
export interface Tags {
  readonly owner: number;
  readonly staging: number;
}
export const tagsOf = (owner: number | undefined): Tags => ({ owner: owner ?? defaultOwner, staging: (owner ?? defaultOwner) + 1 });

const ownerFields = {
  stack: field({
    schema: textOf("ORGANIZATION/PROJECT/STACK").regex(/^[A-Za-z0-9_./-]{1,300}$/, "expected ORGANIZATION/PROJECT/STACK"),
    doc: "The stack that the resource belongs to.",
    absent: "required",
    example: "organization/edge/prod",
  }),
  proto: field({
    schema: integer(5, 253),
    settle: (value) => (value === defaultOwner ? undefined : value),
    doc: "The `proto` number that marks what is ours; the next one is used while a rule is exchanged.",
    absent: String(defaultOwner),
    example: defaultOwner,
  }),
};

/** Who on the host an entry belongs to. The resource classes fill it in; nobody writes it. */
export const ownerSchema = objectOf(ownerFields, "expected an object such as { stack: ... }", (values, pending) =>
  values.stack === undefined && !pending.has("stack") ? [{ path: ["stack"], text: "is required" }] : [],
);
export type Owner = Values<typeof ownerFields> & { stack: string };
