import { nexthopKey } from "../../declaration/key";
import type { State } from "../observed/state";
import { conflict } from "../plan/adoption";
import type { Mandate, Wait } from "../plan/change";
import { isOurs, titlesAt } from "../plan/ownership";
import { describe } from "./steps";

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

/** Under our tag, or of this stack under another: these follow, or go first. */
const isOursOf = ({ key, protocol }: User, state: State, mandate: Mandate): boolean =>
  protocol === mandate.tags.owner || isOurs(titlesAt(state.register, key, [protocol], mandate), protocol, mandate);

/** Foreign routes and groups go where this object goes: they must not be moved or taken along. */
export function refuseForeign(key: string, nhid: number, state: State, mandate: Mandate, what: string): void {
  const users = usersOf(nhid, state).filter((user) => !isOursOf(user, state, mandate));
  if (users.length > 0)
    throw conflict(
      "next-hop-in-use",
      key,
      `${what} it would ${what === "deleting" ? "take foreign entries along" : "move foreign entries"}: ${shown(users)}`,
      "move these to another next hop first, or use another nhid",
    );
}

/** What is ours and goes by this object must be gone first: the kernel would take it along, and no undo would know of it. */
export function waitOf(key: string, nhid: number, state: State, mandate: Mandate): Wait | undefined {
  const users = usersOf(nhid, state).filter((user) => isOursOf(user, state, mandate));
  if (users.length === 0) return undefined;
  return {
    keys: users.map((user) => user.key),
    isStill: ({ routes = [], nexthops = [] }) =>
      routes.some(({ route }) => route.nhid === nhid) ||
      nexthops.some(({ nexthop }) => nexthop.group?.some((member) => member.nhid === nhid) === true),
    otherwise: conflict(
      "next-hop-in-use",
      key,
      `is still used by ${shown(users)}: the kernel would take these along`,
      "remove these too, or let them take their nhid from this resource's output, so that they go first",
    ),
  };
}
