import { type IpObject, numberAt, textAt } from "../../declaration/attribute";
import { isObject } from "../../declaration/isObject";
import { defaultOwner, tagsOf } from "../../declaration/owner";
import { parseRegisterKey } from "../../declaration/registerKey";
import { gatewayAt } from "../../declaration/route/nextHop";
import { typeAt } from "../../declaration/route/type";
import type { Register } from "../plan/register";
import type { Way } from "./uplinks";

const main = 254;
/** RTPROT_RA. */
const advertised = 9;

/** The tags that are somebody's of ours: what they mark is made of what devices have, and never says it. */
export const tagsNamed = ({ entries }: Register): ReadonlySet<number> =>
  new Set(
    [undefined, ...[...entries.keys()].map((at) => parseRegisterKey(at).owner)].flatMap((owner) => {
      const tags = tagsOf(typeof owner === "number" ? owner : defaultOwner);
      return [tags.owner, tags.staging];
    }),
  );

/** Where a route stands among those that a device may be left by. */
interface Standing {
  readonly rank: number;
  readonly metric: number;
  readonly preference: number;
}

/** How routers advertise themselves (RFC 4191), the best last; most say nothing. */
const preferences = ["low", "medium", "high"];

function standingOf(route: IpObject, isAlone: boolean): Standing {
  const rank = (numberAt(route, "table") ?? main) !== main ? 2 : isAlone ? 0 : 1;
  const preference = preferences.indexOf(textAt(route, "pref") ?? "medium");
  return { rank, metric: numberAt(route, "metric") ?? 0, preference };
}

/** Of two routers of one metric, of which the kernel itself made the routes, it asks the one that is preferred. */
const goesBefore = (one: Standing, other: Standing): boolean =>
  one.rank < other.rank || (one.rank === 0 && other.rank === 0 && one.metric === other.metric && one.preference > other.preference);

/**
 * Of `ip -j -N -d route show table all default`: by device the first default route that is not ours. Main's goes before that of another table,
 * and one by the device alone before one that shares flows.
 */
export function readWays(routes: readonly IpObject[], ours: ReadonlySet<number>): Map<string, Way> {
  const found = new Map<string, Way & { readonly standing: Standing }>();
  const heard = new Set<string>();
  for (const route of routes) {
    const isPlain = typeAt(route) === "unicast" && (numberAt(route, "tos") ?? 0) === 0 && route["dst"] === "default";
    if (!isPlain || ours.has(numberAt(route, "protocol") ?? 0)) continue;
    const hops = Array.isArray(route["nexthops"]) ? route["nexthops"].filter(isObject) : [route];
    const standing = standingOf(route, hops[0] === route);
    for (const hop of hops) {
      const device = textAt(hop, "dev");
      if (device !== undefined && numberAt(route, "protocol") === advertised) heard.add(device);
      if (device === undefined || hop["encap"] !== undefined) continue;
      const known = found.get(device);
      if (known === undefined || goesBefore(standing, known.standing)) found.set(device, { gateway: gatewayAt(hop), standing });
    }
  }
  return new Map([...found].map(([device, { gateway }]) => [device, { gateway, ...(heard.has(device) ? { isAdvertised: true } : {}) }]));
}
