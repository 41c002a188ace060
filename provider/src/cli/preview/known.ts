import { isSameStack } from "../../declaration/owner";
import { escapeOutput } from "../../errors";
import type { Holding } from "../../kernel/plan/holdings";
import { stackIn } from "./called";
import { kindIn } from "./kindIn";

/** A resource as a state or a preview shows it. */
interface Shown {
  readonly urn: string;
  readonly type: string;
  readonly id?: string | undefined;
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
}

/** The ids of ours that one stack's state knows. */
export interface Known {
  readonly ids: ReadonlySet<string>;
  /** Whether a register's ORGANIZATION/PROJECT/STACK is this one. */
  isOf(stack: string): boolean;
}

/** A stack without any resource of ours is known by its urns only, which say no organization. */
export function knownIn(shown: readonly Shown[]): Known {
  const resources = shown.filter(({ type }) => kindIn(type) !== undefined);
  const stacks = new Set(resources.flatMap(({ inputs }) => ownerIn(inputs?.["owner"])));
  const endings = new Set(shown.flatMap(({ urn }) => stackIn(urn) ?? []));
  return {
    ids: new Set(resources.flatMap(({ id }) => id ?? [])),
    isOf: (stack) =>
      stacks.size > 0 ? [...stacks].some((one) => isSameStack(one, stack)) : [...endings].some((ending) => stack.endsWith(`/${ending}`)),
  };
}

/** ORGANIZATION/PROJECT/STACK, as our resources remember it. */
export const ownerIn = (owner: unknown): string[] =>
  typeof owner === "object" && owner !== null && "stack" in owner && typeof owner.stack === "string" ? [owner.stack] : [];

/** What nobody will ever remove: it stands in the stack's name, under an id that its state does not know. */
export const unknownTo = ({ ids, isOf }: Known, holdings: readonly Holding[]): Holding[] =>
  holdings.filter(({ id, stack }) => isOf(stack) && !ids.has(id));

export function printHolding({ id, keys }: Holding): string {
  const more = keys.length > 3 ? ` and ${keys.length - 3} more` : "";
  return escapeOutput(
    `${id} owns ${keys.length === 1 ? "one entry" : `${keys.length} entries`} (${keys.slice(0, 3).join(", ")}${more}) and is in no state of its stack`,
  );
}

export const holdingAdvice = "declare the same once more: pulumi up takes it over within the stack, and then it can be removed";
