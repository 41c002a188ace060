import { routeAttributes } from "../../declaration/route/attributes";
import type { Route } from "../../declaration/route/route";
import type { PolicyRoutingError } from "../../errors";
import type { ObservedRoute } from "../observed/state";
import { adoptAdvice, belongsToAnother, besideDeclared, conflict, differs, withUnread } from "../plan/adoption";
import { type Mandate, type Note, note } from "../plan/change";
import { ofWhom, titleOf } from "../plan/ownership";
import { same } from "../words";
import { addedHops, type Hop, hopsOf, printHop } from "./hop";
import type { Place } from "./place";
import { describe } from "./steps";

/** Whose routes come and go by themselves: as ours they would stay when they must go, or be missing when they come back. */
const keepers: Readonly<Record<number, string>> = {
  2: "the kernel makes it, and takes it away with the address of its device (proto kernel)",
  9: "it was learned from router advertisements and has a lifetime (proto ra)",
  16: "a DHCP client made it, and takes it away with its lease (proto dhcp)",
};

/** Of how many a message tells. */
const most = 5;

/** The first of them. */
const shown = ({ titles }: Place, routes: readonly ObservedRoute[]): string =>
  routes
    .slice(0, most)
    .map(({ route, protocol, unread }) => `${withUnread(describe(route), unread)} proto ${protocol}${ofWhom(titleOf(titles, protocol))}`)
    .join("; ");

/** Why a foreign route is not taken over; undefined: it can be, and put back. */
function whyKept({ protocol, unread }: ObservedRoute, { all }: Place): readonly [what: string, next: string] | undefined {
  const keeper = keepers[protocol];
  if (keeper !== undefined)
    return [`is not taken over: ${keeper}`, "choose another metric, or have whoever makes it leave it out, and declare it without adopt"];
  if (unread.length > 0)
    return [`the foreign route has attributes that could not be put back: ${unread.join(", ")}`, "remove it on the host first"];
  // Of several at one key it could not be named when it goes.
  const isNamed = all.length === 1 || (protocol !== 0 && all.filter((other) => other.protocol === protocol).length === 1);
  return isNamed ? undefined : ["cannot be told from others at this key", "remove all but one on the host, or choose another metric"];
}

/** Foreign routes that `adopt` takes away. Throws where one of them stands in the way. */
export function adoptable(key: string, route: Route, place: Place, { adopt }: Mandate): readonly ObservedRoute[] {
  const { ours, foreign, titles } = place;
  const [first] = foreign;
  if (first === undefined) return [];
  const others = adopt === "same" ? foreign.filter((one) => !says(route, one)) : [];
  if (ours.length > 0) return adopt === false ? [] : foreign.filter((one) => !others.includes(one) && whyKept(one, place) === undefined);
  if (others.length > 0) throw differs(key, shown(place, others), describe(route));
  if (adopt !== false) {
    for (const one of foreign) {
      const [what, next] = whyKept(one, place) ?? [];
      if (what !== undefined && next !== undefined) throw conflict("not-taken-over", key, `${shown(place, [one])}: ${what}`, next);
    }
    return foreign;
  }
  const title = titleOf(titles, first.protocol);
  if (title !== undefined) throw belongsToAnother(key, title.entry, "metric");
  const isSame = foreign.length <= most && foreign.every((one) => says(route, one));
  const stand = foreign.length === 1 ? "a foreign route stands" : `${foreign.length} foreign routes stand`;
  throw conflict(
    "foreign-entry",
    key,
    `${stand} at this key: ${shown(place, foreign)} ${besideDeclared(isSame, describe(route))}`,
    `${adoptAdvice(isSame)}, remove it on the host, or choose another metric`,
  );
}

/** Whatever its tag. */
const says = (route: Route, one: ObservedRoute): boolean => one.unread.length === 0 && same(routeAttributes, route, one.route);

/** Several of ours, or ours where the kernel cannot be told to change it alone. */
export const standsInTheWay = (key: string, place: Place): PolicyRoutingError =>
  conflict(
    "several-at-one-key",
    key,
    `${place.all.length} routes stand at this key: ${shown(place, place.all)}`,
    "remove them on the host, or choose another metric",
  );

/** What is left beside ours, and which of them packets go by. */
export function beside(place: Place, left: readonly ObservedRoute[], isFirst: boolean): Note[] {
  if (left.length === 0) return [];
  const who = isFirst ? "ours comes first: packets go by it" : "it comes first: packets go by it, not by ours";
  return [note("stands-beside", `beside it stands ${shown(place, left)}; ${who}`)];
}

/** Next hops that somebody added are not taken away without the person's word. What is removed of what is not declared is told. */
export function removedHops(key: string, route: Route, current: Route, { adopt, hops }: Mandate): Note[] {
  const before = hops?.get(key);
  const added = addedHops(current, [...hopsOf(route), ...(before ?? [])]);
  const print = (all: readonly Hop[]): string => all.map(printHop).join(", ");
  if (added.length === 0) return [];
  if (before !== undefined && hopsOf(current).length > before.length && adopt !== true)
    throw conflict(
      "next-hops-added",
      key,
      `somebody added next hops to it, which a change would take away: ${print(added)}`,
      "remove them on the host, declare them, or set adopt: true to have them removed",
    );
  const what = `next hops that are not declared: ${print(added)}`;
  return [{ topic: "next-hops-added", will: `removes ${what}`, did: `removed ${what}` }];
}
