import type { Route } from "../../declaration/route/route";
import { routesAt, type State } from "../observed/state";
import type { Mandate, Plan } from "../plan/change";
import { addedHops } from "./hop";
import { command, deletion } from "./steps";

/** What takes away the routes of a tag at a key. */
export function goneAt(key: string, gone: number | undefined, state: State, mandate: Mandate): Pick<Plan, "steps" | "undo" | "becomes"> {
  const all = routesAt(state, key);
  const going = all.filter(({ protocol }) => protocol === gone);
  const left = all.filter(({ protocol }) => protocol !== gone);
  const parts = going.map(({ route, protocol }) => ({ ...partsOf(key, route, mandate), protocol }));
  // Beside others the kernel adds only before or behind them; to an IPv6 route that is in several parts, behind.
  const isPart = parts.some(({ stays }) => stays !== undefined);
  const verb = isPart ? "append" : left.length === 0 ? "add" : all[0]?.protocol === gone ? "prepend" : "append";
  return {
    steps: parts.map(({ goes, protocol }) => deletion(goes, protocol)),
    undo: parts.map(({ goes, protocol }) => command(verb, goes, protocol)),
    becomes:
      going.length === 0
        ? []
        : [
            {
              key,
              routes: [...left, ...parts.flatMap(({ stays }) => (stays === undefined ? [] : [{ route: stays, protocol: 0, unread: [] }]))],
            },
          ],
  };
}

/** Of a route to which somebody added next hops, that part goes which was declared. */
function partsOf(key: string, route: Route, { hops }: Mandate): { goes: Route; stays: Route | undefined } {
  const declared = hops?.get(key);
  const added = declared === undefined ? [] : addedHops(route, declared);
  const { nexthops = [], ...rest } = route;
  if (added.length === 0 || added.length === nexthops.length) return { goes: route, stays: undefined };
  const of = (some: typeof nexthops): Route =>
    some.length === 1 ? { ...rest, ...withoutWeight(some[0] ?? {}) } : { ...rest, nexthops: some };
  return { goes: of(nexthops.filter((hop) => !added.includes(hop))), stays: of(nexthops.filter((hop) => added.includes(hop))) };
}

const withoutWeight = <Hop extends { weight?: number }>({ weight: _weight, ...hop }: Hop): Omit<Hop, "weight"> => hop;
