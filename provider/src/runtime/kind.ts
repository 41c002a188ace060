import { PolicyRoutingError } from "../errors";
import type { Look } from "../host/look";
import type { Wanted } from "../kernel/change";
import type { Wish } from "../kernel/store";
import type { FieldTable, Values } from "../spec/attribute";
import { type Across, canonical } from "../spec/canonical";
import { type Common, commonFields, internalFields, settleCommon } from "../spec/common";
import { type Connection, isConnection } from "../spec/connection";
import { printProblem } from "../spec/failures";
import type { Owner } from "../spec/owner";

/** What the life cycle knows of one kind of resource. */
export interface Kind {
  readonly name: string;
  /** The canonical form of what a person wrote, and what is wrong with it. */
  check(input: Record<string, unknown>): { inputs: Record<string, unknown>; failures: string[] };
  /** What an id of it says between host and token, e.g. `rule/inet/1000`. */
  place(inputs: Record<string, unknown>): string;
  /** What inputs (or the state of an older version) declare. */
  declared(inputs: Record<string, unknown>): Declared;
  /** Fields whose values run down on the host: a changed one is set anew even where everything looks right. */
  readonly fadingFields: readonly string[];
  /** The fields that say what is on the host, as opposed to how to get there. */
  readonly entryFields: readonly string[];
}

export interface Declared {
  readonly connection: Connection;
  readonly owner: Owner;
  readonly adopt: boolean;
  readonly guard: NonNullable<Common["guard"]>;
  /** What it says about reboots and about others on the host. */
  readonly wish: Wish;
  readonly wanted: readonly Wanted[];
  readonly look: Look;
}

interface Definition<Table extends FieldTable> {
  readonly name: string;
  readonly fields: Table;
  readonly across: Across<Values<Table>>;
  place(values: Values<Table>): string;
  wanted(values: Values<Table>): readonly Wanted[];
  look(values: Values<Table>): Look;
}

/** Fields that older states hold beside the inputs. */
const outputs = ["machineId", "persisted", "schema", "observed", "__provider"];

const without = (input: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)));

export function defineKind<Table extends FieldTable>({ name, fields, across, place, wanted, look }: Definition<Table>): Kind {
  const shared = { ...commonFields, ...internalFields };
  const sharedNames = Object.keys(shared);
  const split = (input: Record<string, unknown>) => {
    const clean = without(input, outputs);
    const common = canonical(shared, Object.fromEntries(Object.entries(clean).filter(([key]) => sharedNames.includes(key))), settleCommon);
    // Unknown names are reported here, with the nearest of all names.
    const own = canonical(fields, without(clean, sharedNames), across);
    return { common, own, problems: [...own.problems, ...common.problems] };
  };
  const settled = (input: Record<string, unknown>) => {
    const { common, own, problems } = split(input);
    if (problems.length > 0)
      throw new PolicyRoutingError("invalid", { what: problems.map(printProblem).join("; "), next: "correct the program" });
    return { common: common.values, own: own.values };
  };
  return {
    name,
    fadingFields: Object.keys(fields).filter((field) => fields[field]?.fades === true),
    entryFields: [...Object.keys(fields), "owner", "persist", "coexist"],
    check: (input) => {
      const { common, own, problems } = split(input);
      return { inputs: { ...common.values, ...own.values }, failures: problems.map(printProblem) };
    },
    place: (input) => place(settled(input).own),
    declared: (input) => {
      const { common, own } = settled(input);
      const { connection, owner } = common;
      if (!isConnection(connection) || owner?.stack === undefined)
        throw new PolicyRoutingError("bug", { what: "connection and owner are missing" });
      return {
        connection,
        owner: { ...owner, stack: owner.stack },
        adopt: common.adopt === true,
        guard: common.guard ?? {},
        wish: { persist: common.persist, coexist: common.coexist },
        wanted: wanted(own),
        look: look(own),
      };
    },
  };
}
