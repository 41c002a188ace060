import type { Adopt } from "../declaration/adopt";
import type { FieldTable, Values } from "../declaration/attribute";
import type { Across } from "../declaration/canonical";
import { type Connection, isConnection } from "../declaration/connection";
import type { Common } from "../declaration/everyResource";
import type { Expectation } from "../declaration/expectation";
import { defaultOwner, type Owner, type Tags, tagsOf } from "../declaration/owner";
import { registerKey } from "../declaration/registerKey";
import { PolicyRoutingError } from "../errors";
import type { Look } from "../kernel/observed/look";
import type { State } from "../kernel/observed/state";
import type { Wish } from "../kernel/persist/persistence";
import type { Wanted } from "../kernel/plan/change";
import type { Entry } from "../kernel/plan/register";
import { otherTag, type Standing, surplus } from "./standing";

/** What a resource declares of a host. */
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

/** What makes one kind of resource what it is. */
export interface Definition<Table extends FieldTable> {
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

/** `common` are the fields that every resource has, `own` those of its kind; both passed their check. */
export function declaredBy<Table extends FieldTable>(
  { place, wanted, look, many }: Definition<Table>,
  { connection, owner, adopt = false, guard = {}, persist, coexist }: Common,
  own: Values<Table>,
): Declared {
  if (!isConnection(connection) || owner?.stack === undefined)
    throw new PolicyRoutingError("bug", { topic: "bug", what: "connection and owner are missing" });
  const owned = { ...owner, stack: owner.stack };
  const tags = tagsOf(owner.proto);
  const all = wanted(own);
  return {
    connection,
    owner: owned,
    adopt,
    guard,
    wish: { persist, coexist },
    place: place(own),
    wanted: all,
    look: look(own, tags, adopt),
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
}

/** The owner as another tag tells it. */
const ownerUnder = (tag: number | undefined, { proto: _proto, ...owner }: Owner): Record<string, unknown> =>
  tag === undefined ? {} : { owner: tag === defaultOwner ? owner : { ...owner, proto: tag } };
