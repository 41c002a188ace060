import type { IpObject } from "../../declaration/attribute";
import type { Family } from "../../declaration/family";
import type { Table } from "../../declaration/tableNumber";
import { withSiblings } from "../route/siblings";
import { readIpJson } from "./ipJson";
import { nexthopReader, routeReader, ruleReader, userReader } from "./parse";
import { eachLine, type Pieces, piece } from "./pieces";
import type { NexthopUser, ObservedNexthop, ObservedRoute, ObservedRule } from "./state";

/*
 * What a host showed, read in pieces: whoever reads may serve other hosts in between.
 */

function* read<One>(printed: string, what: string, readOne: (json: IpObject) => One, into: One[] = []): Pieces<One[]> {
  yield* readIpJson(printed, what, (objects) => {
    for (const json of objects) into.push(readOne(json));
  });
  return into;
}

export const readRules = (printed: string, what: string, family: Family): Pieces<ObservedRule[]> => read(printed, what, ruleReader(family));

/** Of one table; `printed` are the answers for it. */
export function* readRoutes(
  printed: readonly string[],
  what: string,
  family: Family,
  table: Table,
  locks: readonly string[],
): Pieces<ObservedRoute[]> {
  const routes: ObservedRoute[] = [];
  const readOne = routeReader(family, table, locks);
  for (const text of printed) yield* read(text, what, readOne, routes);
  return family === "inet6" ? yield* withSiblings(routes) : routes;
}

/** `inet6` is what `ip -6` printed of them. */
export function* readNexthops(printed: string, inet6: string, what: string): Pieces<ObservedNexthop[]> {
  const ofInet6 = yield* read(inet6, what, (json) => json["id"]);
  return yield* read(printed, what, nexthopReader(new Set(ofInet6)));
}

export function* readNexthopUsers(text: string, family: Family): Pieces<NexthopUser[]> {
  const users: NexthopUser[] = [];
  const readOne = userReader(family);
  let lines = 0;
  for (const line of eachLine(text)) {
    for (const user of readOne(line)) users.push(user);
    if (++lines % piece === 0) yield;
  }
  return users;
}
