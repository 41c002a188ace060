import { field, type Values } from "./attribute";
import { objectOf } from "./canonical";
import { integer, textOf } from "./number";

/**
 * The two origin tags (`proto`) of what is ours: OWNER, and STAGING for the moment in which a rule is exchanged. OWNER is even and STAGING the
 * odd number behind it, so nobody's OWNER is another's STAGING. `policy-routing:owner` in the stack's configuration changes OWNER.
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
    // What an older version took: such states are still read, refreshed and removed.
    schema: integer(5, 253),
    settle: (value) => (value === defaultOwner ? undefined : value),
    doc: "The even `proto` number that marks what is ours; the next one is used while a rule is exchanged.",
    absent: String(defaultOwner),
    example: defaultOwner,
  }),
};

/** Who on the host an entry belongs to. The resource classes fill it in; nobody writes it. */
export const ownerSchema = objectOf(ownerFields, "expected an object such as { stack: ... }", (values, pending) =>
  values.stack === undefined && !pending.has("stack") ? [{ path: ["stack"], text: "is required" }] : [],
);
export type Owner = Values<typeof ownerFields> & { stack: string };

/** Why nothing new may carry this tag; undefined when it may. 186 to 198 are FRR's. */
export const wrongOwner = (proto: number | undefined): string | undefined =>
  proto === undefined || (proto % 2 === 0 && proto >= 6 && proto <= 252 && (proto < 186 || proto > 198))
    ? undefined
    : "expected an even number from 6 to 252, but 186 to 198: the odd one behind it is used while a rule is exchanged, so it can be nobody's own. Set policy-routing:owner to another one: what stands on the hosts is taken over";

/** What stands for the organization where a backend has none: the engine's own word. */
export const noOrganization = "organization";

/**
 * Whether two names are one stack's. The organization counts where both say one: a backend without organizations says none, and a stack that moves from
 * there takes along what it owns; and the plugin is not told any.
 */
export function isSameStack(one: string, other: string): boolean {
  if (one === other) return true;
  const [[organization, ...stack], [others, ...otherStack]] = [one.split("/"), other.split("/")];
  return (organization === noOrganization || others === noOrganization) && stack.join("/") === otherStack.join("/");
}
