import type { Route } from "../../declaration/route/route";
import type { ObservedRoute } from "../observed/state";
import type { Step } from "../plan/step";
import { addBack, command, deletion, keyDeletion } from "./steps";

/** Nothing of an IPv6 route without a gateway is ever put together with another one at its key. */
const isApart = ({ family, via, nexthops, nhid }: Route): boolean =>
  family === "inet" || (via === undefined && nexthops === undefined && nhid === undefined);

interface Exchange {
  readonly taken: readonly ObservedRoute[];
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
  /** Foreign routes stay before ours. */
  readonly before: boolean;
}

/**
 * Changes what is held and takes away what is taken of the routes at one key, so that at every moment one stands there; undefined where the
 * kernel cannot do that: it replaces the first one only, and adds before all others or behind them.
 */
export function exchangeOf(
  route: Route,
  all: readonly ObservedRoute[],
  held: ObservedRoute,
  taken: readonly ObservedRoute[],
  changed: boolean,
  proto: number,
): Exchange | undefined {
  const at = all.indexOf(held);
  const [before, after] = [all.slice(0, at), all.slice(at + 1)];
  const going = (routes: readonly ObservedRoute[]): ObservedRoute[] => routes.filter((one) => taken.includes(one));
  const [first, last] = [going(before), going(after)];
  // Put back by adding at the ends, they must be all that stood before, and the last that stood behind.
  const isAtEnds =
    (first.length === 0 || first.length === before.length) && after.slice(after.length - last.length).every((one) => taken.includes(one));
  if (all.length > 1 && !([route, ...all.map((one) => one.route)].every(isApart) && isAtEnds)) return undefined;
  if (changed && before.length > 0 && (after.length > 0 || route.family === "inet6")) return undefined;
  const stays = before.length > first.length;
  // Behind another one it is not in use: the new one comes behind it, and the first of our tag, which is the old one, goes.
  const change = !changed
    ? []
    : stays
      ? [command("append", route, proto), keyDeletion(held.route, held.protocol)]
      : [command("replace", route, proto)];
  const back = !changed
    ? []
    : before.length === 0
      ? [addBack("replace", held)]
      : [keyDeletion(route, proto), keyDeletion(route, proto), addBack("append", held)];
  return {
    taken,
    steps: [...[...first, ...last.toReversed()].map((one) => deletion(one.route, one.protocol)), ...change],
    undo: [...first.toReversed().map((one) => addBack("prepend", one)), ...back, ...last.map((one) => addBack("append", one))],
    before: stays,
  };
}
