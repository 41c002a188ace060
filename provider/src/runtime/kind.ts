import type { Adopt } from "../declaration/adopt";
import type { FieldTable, Values } from "../declaration/attribute";
import { type Across, canonical } from "../declaration/canonical";
import { type Connection, isConnection } from "../declaration/connection";
import { type Common, commonFields, internalFields, settleCommon } from "../declaration/everyResource";
import type { Expectation } from "../declaration/expectation";
import { type Failure, printFailure } from "../declaration/failures";
import { followedIn } from "../declaration/followed";
import { defaultOwner, type Owner, type Tags, tagsOf, wrongOwner } from "../declaration/owner";
import { registerKey } from "../declaration/registerKey";
import { unknownValue } from "../declaration/unknown";
import { PolicyRoutingError } from "../errors";
import type { Look } from "../kernel/observed/look";
import type { State } from "../kernel/observed/state";
import type { Wish } from "../kernel/persist/persistence";
import type { Wanted } from "../kernel/plan/change";
import type { Entry } from "../kernel/plan/register";
import { otherTag, type Standing, surplus } from "./standing";

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

export interface Declared {
  readonly connection: Connection;
  readonly owner: Owner;
  readonly adopt: Adopt;
  readonly guard: NonNullable<Common["guard"]>;
  /** What an id of it says between host and token, e.g. `rule/inet/1000`. */
  readonly place: string;
  /** What it says about reboots and about others on the host. */
  readonly wish: Wish;
  readonly wanted: readonly Wanted[];
  readonly look: Look;
  /** Where packets must go before a change is kept. */
  readonly expect: readonly Expectation[];
  /** Also answers for what carries our tag and is in nobody's name. */
  readonly exclusive: boolean;
  /** For messages, where it is more than one object. */
  readonly label: string | undefined;
  /** The entries as they are on a host, in the form of inputs; undefined when nothing of them is left. */
  read(state: State, id: string): Record<string, unknown> | undefined;
  /** Its entries at these keys of the register alone, as they are declared, in the form of inputs. */
  only(keys: ReadonlySet<string>): Record<string, unknown>;
  /** Its entries that are there, but another's by the register. */
  others(state: State, id: string): { readonly label: string; readonly owner: Entry }[];
  /** What of somebody else the kernel asks before its entries, for the same packets. */
  before(state: State, id: string): { readonly label: string; readonly what: string }[];
}

/** One entry as it is on the host; undefined when it is not there, or another's. */
export type ReadOne = (wanted: Wanted) => Record<string, unknown> | undefined;

interface Definition<Table extends FieldTable> {
  readonly name: string;
  readonly fields: Table;
  readonly across: Across<Values<Table>>;
  place(values: Values<Table>): string;
  wanted(values: Values<Table>): readonly Wanted[];
  look(values: Values<Table>, tags: Tags, adopt: Adopt): Look;
  /** Where it is more than one object. */
  readonly many?: {
    readonly label: string;
    exclusive(values: Values<Table>): boolean;
    expect(values: Values<Table>): readonly Expectation[];
    read(values: Values<Table>, readOne: ReadOne, state: State, tags: Tags, more: readonly Standing[]): Record<string, unknown> | undefined;
    only(values: Values<Table>, isOne: (wanted: Wanted) => boolean): Record<string, unknown>;
  };
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

export function defineKind<Table extends FieldTable>({ name, fields, across, place, wanted, look, many }: Definition<Table>): Kind {
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
      const { connection, owner } = common;
      if (!isConnection(connection) || owner?.stack === undefined)
        throw new PolicyRoutingError("bug", { topic: "bug", what: "connection and owner are missing" });
      const owned = { ...owner, stack: owner.stack };
      const tags = tagsOf(owner.proto);
      const all = wanted(own);
      return {
        connection,
        owner: owned,
        adopt: common.adopt ?? false,
        guard: common.guard ?? {},
        wish: { persist: common.persist, coexist: common.coexist },
        place: place(own),
        wanted: all,
        look: look(own, tags, common.adopt ?? false),
        exclusive: many?.exclusive(own) === true,
        expect: many?.expect(own) ?? [],
        label: many?.label,
        read: (state, id) => {
          const readOne: ReadOne = (one) => one.read(state, tags, id);
          const more = surplus(state, id, tags, new Set(all.map(({ key }) => key)));
          const [only] = all;
          const [other] = more;
          const one = (): object | undefined => (only === undefined ? undefined : readOne(only));
          // What it was before, or was to be: the next change says which, and ends it.
          const seen = many === undefined ? (other?.found ?? one()) : many.read(own, readOne, state, tags, more);
          return seen === undefined ? undefined : { ...seen, ...ownerUnder(otherTag(state, id, tags), owned) };
        },
        only: (keys) => many?.only(own, ({ key }) => keys.has(registerKey(key, tags.owner))) ?? { ...own },
        before: (state, id) =>
          all.flatMap((one) => {
            const what = one.before?.(state, tags);
            return what === undefined || one.read(state, tags, id) === undefined ? [] : [{ label: one.label, what }];
          }),
        others: (state, id) =>
          all.flatMap((one) => {
            const owner = one.holder(state, tags, id);
            const isOthers = owner !== undefined && owner.id !== id && one.read(state, tags, owner.id) !== undefined;
            return isOthers && one.read(state, tags, id) === undefined ? [{ label: one.label, owner }] : [];
          }),
      };
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

/** The owner as another tag tells it. */
const ownerUnder = (tag: number | undefined, { proto: _proto, ...owner }: Owner): Record<string, unknown> =>
  tag === undefined ? {} : { owner: tag === defaultOwner ? owner : { ...owner, proto: tag } };
