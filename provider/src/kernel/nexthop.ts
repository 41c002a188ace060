import { PolicyRoutingError } from "../errors";
import { nexthopKey } from "../spec/key";
import { nexthopAttributes } from "../spec/nexthop/attributes";
import type { Nexthop } from "../spec/nexthop/nexthop";
import type { Tags } from "../spec/owner";
import { emptyPlan, isRemovable, type Mandate, type Plan, type Step, type Unwanted, type Wait, type Wanted } from "./change";
import { needsOf } from "./gate";
import { ownLine } from "./register";
import { nexthopAt, type ObservedNexthop, type State } from "./state";
import { asAsked, same, wordsOf } from "./words";

/** A group's members come first. */
const stageOf = ({ group }: Pick<Nexthop, "group">): number => (group === undefined ? 5 : 10);

/** `ip nexthop` takes no family for a group, and none need be said for IPv4. */
const channel = ({ family }: Nexthop): "6" | "N" => (family === "inet6" ? "6" : "N");

const command = (verb: "add" | "replace", nexthop: Nexthop, proto: number): Step =>
  [channel(nexthop), "nexthop", verb, ...wordsOf(nexthopAttributes, nexthop, proto === 0 ? [] : ["proto", String(proto)])].join(" ");

/** The kernel deletes by number alone, whoever made the object: only while it is shown with our tag. */
const deletion = (nhid: number, proto: number): Step[] => [`N when nexthop show id ${nhid} | proto ${proto} `, `N nexthop del id ${nhid}`];

export const describe = (nexthop: Nexthop): string =>
  ["ip", ...(nexthop.family === "inet6" ? ["-6"] : []), "nexthop", ...wordsOf(nexthopAttributes, nexthop)].join(" ");

const conflict = (key: string, what: string, next: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", { object: key, what, next });

interface User {
  readonly key: string;
  readonly text: string;
  readonly protocol: number;
}

/** What goes by this object: routes of any table, and groups. */
function usersOf(nhid: number, state: State): User[] {
  const groups = state.nexthops.filter(({ nexthop: { group } }) => group?.some((member) => member.nhid === nhid));
  return [
    ...state.nexthopUsers.filter((user) => user.nhid === nhid),
    ...groups.map(({ nexthop, protocol }) => ({ key: nexthopKey(nexthop.nhid), text: describe(nexthop), protocol })),
  ];
}

const shown = (users: readonly User[]): string =>
  `${users
    .slice(0, 3)
    .map(({ text, protocol }) => `${text} proto ${protocol}`)
    .join("; ")}${users.length > 3 ? ` and ${users.length - 3} more` : ""}`;

/** Foreign routes and groups go where this object goes: they must not be moved or taken along. */
function refuseForeign(key: string, nhid: number, state: State, tags: Tags, what: string): void {
  const users = usersOf(nhid, state).filter(({ protocol }) => protocol !== tags.owner);
  if (users.length > 0)
    throw conflict(
      key,
      `${what} it would ${what === "deleting" ? "take foreign entries along" : "move foreign entries"}: ${shown(users)}`,
      "move these to another next hop first, or use another nhid",
    );
}

/** What is ours and goes by this object must be gone first: the kernel would take it along, and no undo would know of it. */
function waitOf(key: string, nhid: number, state: State, { tags }: Mandate): Wait | undefined {
  const users = usersOf(nhid, state).filter(({ protocol }) => protocol === tags.owner);
  if (users.length === 0) return undefined;
  return {
    nhid,
    keys: users.map((user) => user.key),
    otherwise: conflict(
      key,
      `is still used by ${shown(users)}: the kernel would take these along`,
      "remove these too, or let them take their nhid from this resource's output, so that they go first",
    ),
  };
}

function replaceable(key: string, state: State, { id, stack, tags, adopt }: Mandate): ObservedNexthop | undefined {
  const current = nexthopAt(state, key);
  if (current === undefined) return undefined;
  const owner = state.register.entries.get(key);
  if (current.protocol === tags.owner) {
    if (owner !== undefined && owner.id !== id && owner.stack !== stack && !adopt)
      throw conflict(
        key,
        `belongs to ${owner.id} of stack ${owner.stack}`,
        "choose another nhid, remove it there, or set adopt: true to take it over",
      );
    return current;
  }
  const seen = `${describe(current.nexthop)} proto ${current.protocol}`;
  if (!adopt) throw conflict(key, `a foreign next hop has this number: ${seen}`, "choose another nhid, or set adopt: true to take it over");
  if (current.unread.length > 0)
    throw conflict(
      key,
      `the foreign next hop has attributes that could not be put back: ${current.unread.join(", ")}`,
      "remove it on the host first",
    );
  return current;
}

function noteOf({ nexthop, protocol }: ObservedNexthop, key: string, state: State, { id, stack, tags }: Mandate): string[] {
  const owner = state.register.entries.get(key);
  if (protocol !== tags.owner) return [`took over ${describe(nexthop)} (proto ${protocol})`];
  if (owner === undefined) return ["was there with our tag and in nobody's name: taken over"];
  return owner.id !== id && owner.stack !== stack ? [`taken over from ${owner.id} of stack ${owner.stack}`] : [];
}

/** The kernel replaces neither one next hop by a group nor a group by one of another type or number of buckets. */
const isReplaced = (asked: Nexthop, current: Nexthop): boolean =>
  (asked.group === undefined) === (current.group === undefined) &&
  asked.type === current.type &&
  (asked.buckets === undefined || asked.buckets === current.buckets);

function ensure(nexthop: Nexthop, state: State, mandate: Mandate): Plan {
  const { id, stack, tags } = mandate;
  const key = nexthopKey(nexthop.nhid);
  const current = replaceable(key, state, mandate);
  const register = state.register.entries.get(key)?.id === id ? [] : [ownLine(key, { id, stack })];
  const becomes = [{ key, rules: [], routes: [], nexthops: [{ nexthop, protocol: tags.owner, unread: [] }] }];
  const added = command("add", nexthop, tags.owner);
  if (current === undefined) return { keys: [key], steps: [added], undo: deletion(nexthop.nhid, tags.owner), register, becomes, notes: [] };
  const notes = noteOf(current, key, state, mandate);
  if (current.protocol === tags.owner && current.unread.length === 0 && same(nexthopAttributes, nexthop, current.nexthop))
    return { ...emptyPlan([key]), register, notes };
  refuseForeign(key, nexthop.nhid, state, tags, "replacing");
  const back = current.protocol;
  if (isReplaced(nexthop, current.nexthop))
    return {
      keys: [key],
      steps: [command("replace", nexthop, tags.owner)],
      undo: [command("replace", current.nexthop, back)],
      register,
      becomes,
      notes,
    };
  const wait = waitOf(key, nexthop.nhid, state, mandate);
  return {
    keys: [key],
    steps: [...deletion(nexthop.nhid, back), added],
    undo: [...deletion(nexthop.nhid, tags.owner), command("add", current.nexthop, back)],
    register,
    becomes,
    notes,
    ...(wait === undefined ? {} : { wait }),
  };
}

function remove(key: string, state: State, mandate: Mandate): Plan {
  const { tags } = mandate;
  if (!isRemovable(state.register.entries.get(key), mandate)) return emptyPlan([key]);
  const current = nexthopAt(state, key);
  if (current === undefined || current.protocol !== tags.owner) return { ...emptyPlan([key]), register: [key] };
  const { nhid } = current.nexthop;
  refuseForeign(key, nhid, state, tags, "deleting");
  const wait = waitOf(key, nhid, state, mandate);
  return {
    keys: [key],
    steps: deletion(nhid, tags.owner),
    undo: [command("add", current.nexthop, tags.owner)],
    register: [key],
    becomes: [{ key, rules: [], routes: [], nexthops: [] }],
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
  return {
    key,
    label: describe(nexthop),
    stage: stageOf(nexthop),
    needs: [{ attribute: "nexthop", iproute2: "5.3", kernel: "5.3" }, ...needsOf(nexthopAttributes, nexthop)],
    ensure: (state, mandate) => ensure(nexthop, state, mandate),
    missing: (state, tags) => {
      const current = ours(state, tags);
      if (current === undefined) return "is not there";
      return current.unread.length === 0 && same(nexthopAttributes, nexthop, current.nexthop)
        ? undefined
        : `is ${describe(current.nexthop)}${current.unread.length > 0 ? ` with ${current.unread.join(", ")}` : ""}`;
    },
    stored: (tags) => command("add", nexthop, tags.owner),
    read: (state, tags, id) => {
      const current = ours(state, tags);
      const owner = state.register.entries.get(key);
      return current === undefined || (owner !== undefined && owner.id !== id)
        ? undefined
        : asAsked(nexthopAttributes, nexthop, current.nexthop);
    },
  };
}

/** The next hop of a register's key; undefined when the key is none. */
export function unwantedNexthop(key: string, state: State): Unwanted | undefined {
  if (!key.startsWith("nexthop ")) return undefined;
  return {
    key,
    stage: stageOf(nexthopAt(state, key)?.nexthop ?? {}),
    remove: (now, mandate) => remove(key, now, mandate),
    remains: (now, tags) => {
      const left = nexthopAt(now, key);
      return left?.protocol === tags.owner ? describe(left.nexthop) : undefined;
    },
  };
}
