import { families } from "../../declaration/family";
import { nexthopKey } from "../../declaration/key";
import { nexthopAttributes } from "../../declaration/nexthop/attributes";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import { type EntryOnHosts, type TextOf, withTag } from "../observed/kind";
import { become, lookedAtAgain } from "../observed/lists";
import { lookAtNexthops } from "../observed/look";
import type { Pieces } from "../observed/pieces";
import { readNexthops, readNexthopUsers } from "../observed/read";
import { type NexthopUser, nexthopAt, type ObservedNexthop } from "../observed/state";
import { channelOf } from "../plan/step";
import { describe as describeRoute } from "../route/steps";
import { same } from "../words";
import { nexthopNeed, unwantedNexthop, wantedNexthop } from "./nexthop";
import { describe } from "./steps";

const keyOf = ({ nexthop }: ObservedNexthop): string => nexthopKey(nexthop.nhid);

function* usersIn(text: TextOf): Pieces<NexthopUser[]> {
  const users: NexthopUser[] = [];
  for (const family of families)
    for (const user of yield* readNexthopUsers(text(`nexthop_users ${channelOf(family)}`), family)) users.push(user);
  return users;
}

export const nexthops: EntryOnHosts<Nexthop> = {
  word: "nexthop",
  whole: {
    call: ({ users }) => ["nexthops", ...users].join(" "),
    *read(text, { users }) {
      const found = yield* readNexthops(text("nexthops"), text("nexthops 6"), "next hops");
      return { nexthops: found, nexthopUsers: users.size > 0 ? yield* usersIn(text) : [] };
    },
  },
  replayed: { object: "nexthop", channels: "46N", key: [2] },
  need: nexthopNeed,
  wanted: wantedNexthop,
  look: ({ nhid }) => lookAtNexthops([nhid]),
  lookAt: (key) => lookAtNexthops([Number(key.split(" ")[1])]),
  isShown: (_key, { all }) => all.has("nexthop"),
  imported: ([nhid = "", ...rest]) =>
    /^[0-9]{1,10}$/.test(nhid) && rest.length === 0 ? { key: nexthopKey(Number(nhid)), look: lookAtNexthops([Number(nhid)]) } : undefined,
  seen: (state) =>
    state.nexthops.map((one) => ({
      key: keyOf(one),
      protocol: one.protocol,
      values: one.nexthop,
      found: one.nexthop,
      unread: one.unread,
      print: () => withTag(describe(one.nexthop), one),
    })),
  tagsAt: (state, key) => [nexthopAt(state, key)].flatMap((one) => one?.protocol ?? []),
  unwanted: unwantedNexthop,
  after: ({ nexthops: now, nexthopUsers }, { becomes }) => {
    const keys = new Set(becomes.map(({ key }) => key));
    const users = becomes.flatMap(({ key, routes = [] }) =>
      routes.flatMap(({ route, protocol }) =>
        route.nhid === undefined ? [] : [{ nhid: route.nhid, protocol, key, text: describeRoute(route) }],
      ),
    );
    return {
      nexthops: become(now, keyOf, becomes, (one) => one.nexthops),
      nexthopUsers: [...nexthopUsers.filter(({ key }) => !keys.has(key)), ...users],
    };
  },
  again: (first, second, keys) => ({ nexthops: lookedAtAgain(first.nexthops, second.nexthops, keyOf, keys) }),
  own: ({ key, tag }, state) => {
    const found = nexthopAt(state, key);
    return found?.protocol === tag ? found.nexthop : undefined;
  },
  says: (asked, observed) => same(nexthopAttributes, asked, observed),
  held: {
    as: (nexthop) => ({ nexthop }),
    of: (object) => ("nexthop" in object ? object.nexthop : undefined),
  },
};
