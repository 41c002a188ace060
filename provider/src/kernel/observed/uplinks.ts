import { networkOf, parsePrefix, printPrefix } from "../../declaration/address";
import { type IpObject, numberAt, textAt } from "../../declaration/attribute";
import type { Family } from "../../declaration/family";
import { isObject } from "../../declaration/isObject";

/** What devices have on a host now, as far as entries follow it. */
export interface Uplinks {
  /** Sources by device: of IPv4 addresses, of IPv6 the /64 that one lies in. */
  readonly sources: Readonly<Record<Family, ReadonlyMap<string, readonly string[]>>>;
  /** Of families in which a gateway is followed, by device how its default route leaves. */
  readonly ways: ReadonlyMap<Family, ReadonlyMap<string, Way>>;
}

/** How a default route leaves by its device. */
export interface Way {
  /** Undefined where the device needs none. */
  readonly gateway: string | undefined;
  /** A router advertises a default route by the device: this one, or another. */
  readonly isAdvertised?: true;
}

export const sourcesOn = ({ sources }: Uplinks, family: Family, device: string): readonly string[] => sources[family].get(device) ?? [];

/** Undefined where it has no default route, or where nobody asked. */
export const wayBy = ({ ways }: Uplinks, family: Family, device: string): Way | undefined => ways.get(family)?.get(device);

/** The numbers of `enum rt_scope_t`: global addresses, as `ip -N` and older ones show them. */
const isGlobal = (scope: unknown): boolean => scope === "global" || scope === "0" || scope === 0;

/** Of `ip -j address show up`. Those that are not usable yet, or no more, count: a rule needs no valid address. A duplicate never will be. */
export function readSources(addresses: readonly IpObject[]): Uplinks["sources"] {
  const sources = { inet: new Map<string, string[]>(), inet6: new Map<string, string[]>() };
  for (const link of addresses) {
    const device = textAt(link, "ifname");
    const infos = link["addr_info"];
    if (device === undefined || !Array.isArray(infos)) continue;
    for (const info of infos) {
      const source = isObject(info) ? sourceOf(info) : undefined;
      if (source === undefined) continue;
      const known = sources[source.family].get(device);
      if (known === undefined) sources[source.family].set(device, [source.text]);
      else if (!known.includes(source.text)) known.push(source.text);
    }
  }
  return sources;
}

function sourceOf(info: IpObject): { family: Family; text: string } | undefined {
  const local = textAt(info, "local");
  const length = numberAt(info, "prefixlen");
  if (local === undefined || length === undefined || !isGlobal(info["scope"]) || info["dadfailed"] === true) return undefined;
  const prefix = parsePrefix(`${local}/${length}`);
  if (prefix === undefined) return undefined;
  const { family, address } = prefix;
  // Of a peer pair the length is the peer's.
  const isNetwork = family === "inet6" && length === 64 && textAt(info, "address") === undefined;
  return { family, text: isNetwork ? printPrefix({ ...prefix, address: networkOf(prefix) }) : address };
}
