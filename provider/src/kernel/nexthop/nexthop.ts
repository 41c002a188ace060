import { nexthopKey } from "../../declaration/key";
import { nexthopAttributes } from "../../declaration/nexthop/attributes";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import type { Tags } from "../../declaration/owner";
import { parseRegisterKey } from "../../declaration/registerKey";
import { nexthopAt, type ObservedNexthop, type State } from "../observed/state";
import { adoptAdvice, belongsToAnother, besideDeclared, conflict, differs, withUnread } from "../plan/adoption";
import { emptyPlan, isRemovable, type Mandate, type Plan, type Unwanted, type Wanted } from "../plan/change";
import { type Need, needsOf } from "../plan/gate";
import {
  type Claimant,
  isOurs,
  notesOf,
  owningLines,
  protoAt,
  protoFor,
  type Title,
  takesFrom,
  titleOf,
  titlesAt,
} from "../plan/ownership";
import type { Entry } from "../plan/register";
import { asAsked, same } from "../words";
import { command, deletion, describe } from "./steps";
import { refuseForeign, waitOf } from "./users";

/** Of any next hop object. */
export const nexthopNeed: Need = { attribute: "nexthop", iproute2: "5.3", kernel: "5.3" };

/** A group's members come first. */
const stageOf = ({ group }: Pick<Nexthop, "group">): number => (group === undefined ? 5 : 10);

const titlesOf = (key: string, state: State, claimant: Claimant): readonly Title[] => {
  const current = nexthopAt(state, key);
  return titlesAt(state.register, key, current === undefined ? [] : [current.protocol], claimant);
};

/** Whatever its tag. */
const says = (nexthop: Nexthop, current: ObservedNexthop): boolean =>
  current.unread.length === 0 && same(nexthopAttributes, nexthop, current.nexthop);

function replaceable(
  key: string,
  nexthop: Nexthop,
  current: ObservedNexthop | undefined,
  titles: readonly Title[],
  mandate: Mandate,
): ObservedNexthop | undefined {
  if (current === undefined) return undefined;
  const title = titleOf(titles, current.protocol);
  if (isOurs(titles, current.protocol, mandate)) return current;
  const seen = `${withUnread(describe(current.nexthop), current.unread)} proto ${current.protocol}`;
  const isSame = says(nexthop, current);
  if (mandate.adopt === "same" && !isSame) throw differs(key, seen, describe(nexthop));
  if (mandate.adopt === false)
    throw title !== undefined
      ? belongsToAnother(key, title.entry, "nhid")
      : conflict(
          "foreign-entry",
          key,
          `a foreign next hop has this number: ${seen} ${besideDeclared(isSame, describe(nexthop))}`,
          `${adoptAdvice(isSame)}, or choose another nhid`,
        );
  if (current.unread.length > 0 && current.protocol !== mandate.tags.owner)
    throw conflict(
      "not-taken-over",
      key,
      `the foreign next hop has attributes that could not be put back: ${current.unread.join(", ")}`,
      "remove it on the host first",
    );
  return current;
}

/** The kernel replaces neither one next hop by a group nor a group by one of another type or number of buckets. */
const isReplaced = (asked: Nexthop, current: Nexthop): boolean =>
  (asked.group === undefined) === (current.group === undefined) &&
  asked.type === current.type &&
  (asked.buckets === undefined || asked.buckets === current.buckets);

function ensure(nexthop: Nexthop, state: State, mandate: Mandate): Plan {
  const { tags } = mandate;
  const key = nexthopKey(nexthop.nhid);
  const titles = titlesOf(key, state, mandate);
  const current = replaceable(key, nexthop, nexthopAt(state, key), titles, mandate);
  const title = current === undefined ? undefined : titleOf(titles, current.protocol);
  const plan = {
    keys: [key],
    register: owningLines(titles, key, mandate, [title]),
    becomes: [{ key, nexthops: [{ nexthop, protocol: tags.owner, unread: [] }] }],
    takes: takesFrom(title, key, mandate),
  };
  const added = command("add", nexthop, tags.owner);
  if (current === undefined) return { ...plan, steps: [added], undo: [deletion(nexthop.nhid, tags.owner)], notes: [] };
  const notes = notesOf(() => describe(current.nexthop), current.protocol, titles, mandate);
  if (current.protocol === tags.owner && says(nexthop, current)) return { ...plan, steps: [], undo: [], becomes: [], notes };
  refuseForeign(key, nexthop.nhid, state, mandate, "replacing");
  const back = current.protocol;
  if (isReplaced(nexthop, current.nexthop))
    return { ...plan, steps: [command("replace", nexthop, tags.owner)], undo: [command("replace", current.nexthop, back)], notes };
  const wait = waitOf(key, nexthop.nhid, state, mandate);
  return {
    ...plan,
    steps: [deletion(nexthop.nhid, back), added],
    undo: [deletion(nexthop.nhid, tags.owner), command("add", current.nexthop, back)],
    notes,
    ...(wait === undefined ? {} : { wait }),
  };
}

function remove(at: string, key: string, gone: number | undefined, state: State, mandate: Mandate): Plan {
  if (!isRemovable(state.register.entries.get(at), mandate)) return emptyPlan([key]);
  const current = nexthopAt(state, key);
  if (gone === undefined || current?.protocol !== gone) return { ...emptyPlan([key]), register: [{ at }] };
  const { nhid } = current.nexthop;
  refuseForeign(key, nhid, state, mandate, "deleting");
  const wait = waitOf(key, nhid, state, mandate);
  return {
    keys: [key],
    steps: [deletion(nhid, gone)],
    undo: [command("add", current.nexthop, gone)],
    register: [{ at }],
    becomes: [{ key, nexthops: [] }],
    notes: [],
    ...(wait === undefined ? {} : { wait }),
  };
}

export function wantedNexthop(nexthop: Nexthop): Wanted {
  const key = nexthopKey(nexthop.nhid);
  const ours = (state: State, tags: Tags): ObservedNexthop | undefined => {
    const current = nexthopAt(state, key);
    return current?.protocol === tags.owner ? current : undefined;
  };
  const holder = (state: State, tags: Tags, id: string): Entry | undefined =>
    titleOf(titlesOf(key, state, { id, tags }), tags.owner)?.entry;
  return {
    key,
    label: describe(nexthop),
    family: nexthop.family,
    stage: stageOf(nexthop),
    needs: [nexthopNeed, ...needsOf(nexthopAttributes, nexthop)],
    ensure: (state, mandate) => ensure(nexthop, state, mandate),
    missing: (state, tags) => {
      const current = ours(state, tags);
      if (current === undefined) return "is not there";
      return says(nexthop, current) ? undefined : `is ${withUnread(describe(current.nexthop), current.unread)}`;
    },
    stored: (tags) => [command("add", nexthop, tags.owner)],
    read: (state, tags, id) => {
      const current = nexthopAt(state, key);
      const proto = current === undefined ? undefined : protoFor(titlesOf(key, state, { id, tags }), [current.protocol], { id, tags });
      return current === undefined || proto === undefined ? undefined : asAsked(nexthopAttributes, nexthop, current.nexthop);
    },
    holder,
  };
}

/** The next hop of a register's key; undefined when the key is none. */
export function unwantedNexthop(at: string, state: State, claimant: Claimant): Unwanted | undefined {
  const { key } = parseRegisterKey(at);
  if (!key.startsWith("nexthop ")) return undefined;
  const current = nexthopAt(state, key);
  const gone = protoAt(at, state.register, current === undefined ? [] : [current.protocol], claimant);
  return {
    key,
    stage: stageOf(current?.nexthop ?? {}),
    remove: (now, mandate) => remove(at, key, gone, now, mandate),
    remains: (now) => {
      const left = nexthopAt(now, key);
      return left !== undefined && left.protocol === gone ? describe(left.nexthop) : undefined;
    },
  };
}
