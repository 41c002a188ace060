import type { FieldTable } from "../declaration/attribute";
import { canonical } from "../declaration/canonical";
import { type Common, commonFields, internalFields, settleCommon } from "../declaration/everyResource";
import { type Failure, printFailure } from "../declaration/failures";
import { followedIn } from "../declaration/followed";
import { wrongOwner } from "../declaration/owner";
import { unknownValue } from "../declaration/unknown";
import { PolicyRoutingError } from "../errors";
import { type Declared, type Definition, declaredBy } from "./declared";

/** What the life cycle knows of one kind of resource. */
export interface Kind {
  readonly name: string;
  /** The canonical form of what a person wrote, and what is wrong with it. */
  check(input: Record<string, unknown>): { inputs: Record<string, unknown>; failures: string[] };
  /** What inputs (or the state of an older version) declare. */
  declared(inputs: Record<string, unknown>): Declared;
  /** What stands in its state as the time of the last change; undefined where none does. */
  now(): string | undefined;
  /** Holds labelled entries: one of them can be told though another cannot. */
  readonly isMany: boolean;
  /** The fields that say what is on the host, as opposed to how to get there. */
  readonly entryFields: readonly string[];
}

/** A host's transactions are one after the other. */
const heldOneByOne: Failure = {
  topic: "fields",
  path: ["guard", "hold"],
  text: "is for HostRouting and MultihomedHost: single entries of a host would be held one after the other",
};

/** Fields that older states hold beside the inputs. */
const outputs = ["machineId", "persisted", "appliedAt", "schema", "observed", "__provider"];

const without = (input: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)));

export function defineKind<Table extends FieldTable>(definition: Definition<Table>): Kind {
  const { name, fields, across, many } = definition;
  const shared = { ...commonFields, ...internalFields };
  const sharedNames = Object.keys(shared);
  const split = (input: Record<string, unknown>) => {
    const { invalid, ...clean } = without(input, outputs);
    const common = canonical(shared, Object.fromEntries(Object.entries(clean).filter(([key]) => sharedNames.includes(key))), settleCommon);
    // Unknown names are reported here, with the nearest of all names.
    const own = canonical(fields, without(clean, sharedNames), across);
    const told: Failure[] = typeof invalid === "string" && invalid !== unknownValue ? [{ topic: "fields", path: [], text: invalid }] : [];
    return { common, own, problems: [...told, ...own.problems, ...common.problems] };
  };
  const settled = (input: Record<string, unknown>) => {
    const { common, own, problems } = split(input);
    if (problems.length > 0)
      throw new PolicyRoutingError("invalid", {
        topic: "declaration-invalid",
        what: problems.map(printFailure).join("; "),
        next: "correct the program, or the state where that was edited (pulumi stack export)",
      });
    return { common: common.values, own: own.values };
  };
  return {
    name,
    isMany: many !== undefined,
    now: () => (many === undefined ? undefined : new Date().toISOString()),
    entryFields: [...Object.keys(fields), "owner", "persist", "coexist"],
    check: (input) => {
      const { common, own, problems } = split(input);
      const wrong = wrongOwner(common.values.owner?.proto);
      const all: Failure[] = [
        ...problems,
        ...(wrong === undefined ? [] : [{ topic: "value", path: ["owner", "proto"], text: wrong } as const]),
        ...unfollowed(common.values, own.values),
        ...(many === undefined && common.values.guard?.hold !== undefined ? [heldOneByOne] : []),
      ];
      return { inputs: { ...common.values, ...own.values }, failures: all.map(printFailure) };
    },
    declared: (input) => {
      const { common, own } = settled(input);
      return declaredBy(definition, common, own);
    },
  };
}

/** What follows a device lives by what is persisted: without it the entry would go with the first lease. */
function unfollowed({ persist }: Pick<Common, "persist">, values: object): Failure[] {
  const path = persist === "none" ? followedIn(values) : undefined;
  if (path === undefined) return [];
  return [
    {
      topic: "fields",
      path: ["persist"],
      text: `cannot be none with ${path.join(".")}: nothing on the host would follow the device`,
    },
  ];
}
