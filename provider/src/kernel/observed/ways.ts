import { type IpObject, numberAt, textAt } from "../../declaration/attribute";
import { isObject } from "../../declaration/isObject";
import { parseRegisterKey } from "../../declaration/key";
import { defaultOwner, tagsOf } from "../../declaration/owner";
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

/**
 * Of `ip -j -N -d route show table all default`: by device the first default route that is not ours. Main's goes before that of another table,
 * and one by the device alone before one that shares flows.
 */
export function readWays(routes: readonly IpObject[], ours: ReadonlySet<number>): Map<string, Way> {
  const found = new Map<string, Way & { readonly rank: number }>();
  const heard = new Set<string>();
  for (const route of routes) {
    const isPlain = typeAt(route) === "unicast" && (numberAt(route, "tos") ?? 0) === 0 && route["dst"] === "default";
    if (!isPlain || ours.has(numberAt(route, "protocol") ?? 0)) continue;
    const hops = Array.isArray(route["nexthops"]) ? route["nexthops"].filter(isObject) : [route];
    const rank = (numberAt(route, "table") ?? main) !== main ? 2 : hops[0] === route ? 0 : 1;
    for (const hop of hops) {
      const device = textAt(hop, "dev");
      if (device !== undefined && numberAt(route, "protocol") === advertised) heard.add(device);
      if (device === undefined || hop["encap"] !== undefined || (found.get(device)?.rank ?? 3) <= rank) continue;
      found.set(device, { gateway: gatewayAt(hop), rank });
    }
  }
  return new Map([...found].map(([device, { gateway }]) => [device, { gateway, ...(heard.has(device) ? { isAdvertised: true } : {}) }]));
}
