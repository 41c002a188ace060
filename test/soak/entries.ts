import type { Host } from "../lab/lab";
import type { Fields } from "./protocol";
import type { Random } from "./random";
import { type Family, families, routeKeyOf, routeText, ruleText } from "./view";

/** An entry that somebody may want on a host: what is declared, and what must then be seen, told in other words than the product's. */
export interface Entry {
  readonly kind: "PolicyRule" | "PolicyRoute";
  readonly fields: Fields;
  readonly key: string;
  readonly shown: string;
}

export const owner = 214;
/** Where the second controller works: nobody is in the other's way. */
export const priorities = { first: 1000, second: 2000 } as const;
const room = 14;
const tables = [100, 101, 102] as const;
/** A device that comes and goes; the other end is in the host too. */
export const looseDevice = "loose0";

const sources = { inet: ["198.51.100.0/24", "198.18.64.0/18", "203.0.113.9"], inet6: ["2001:db8:a::/48", "2001:db8:2::9"] } as const;
const targets = { inet: ["192.0.2.0/24", "203.0.113.64/26"], inet6: ["2001:db8:b::/48", "2001:db8:c::7"] } as const;
/** As declared, and as read back. */
const protocolNumbers = new Map([
  ["tcp", "ipproto-6"],
  ["6", "ipproto-6"],
  ["udp", "ipproto-17"],
  ["17", "ipproto-17"],
]);

/** What the lab must see on the host where these fields were declared. */
export function entryOf(kind: Entry["kind"], fields: Fields): Entry {
  const family: Family = fields["family"] === "inet6" ? "inet6" : "inet";
  if (kind === "PolicyRule") {
    const [fwmark, fwmask] = typeof fields["fwmark"] === "string" ? fields["fwmark"].split("/") : [];
    const { from, to, iif, ipproto, dport, table, action } = fields;
    const shown = ruleText({
      ...prefixed("src", from ?? "all"),
      ...prefixed("dst", to),
      ...defined({ iif, dport, fwmark, fwmask, table, action: action === undefined ? undefined : 6 }),
      ...defined({ ipproto: ipproto === undefined ? undefined : protocolNumbers.get(String(ipproto)) }),
      protocol: owner,
    });
    return { kind, fields, key: `rule ${family} ${fields["priority"]}`, shown };
  }
  const { table, destination: dst, metric = family === "inet6" ? 1024 : undefined, via: gateway, dev, src: prefsrc, type } = fields;
  return {
    kind,
    fields,
    key: routeKeyOf(defined({ table, dst, metric }), family),
    shown: routeText({ ...defined({ gateway, dev, prefsrc }), type: type === undefined ? 1 : 6, protocol: owner }),
  };
}

function prefixed(name: "src" | "dst", prefix: unknown): Fields {
  const [address, length] = typeof prefix === "string" ? prefix.split("/") : [];
  return defined({ [name]: address, [`${name}len`]: length });
}

/** Every rule has a source or a target, and that is not the management network's. */
export function randomRule(random: Random, family: Family, priority: number): Entry {
  const from = random.chance(0.7) ? random.pick<string>(sources[family]) : undefined;
  const to = from === undefined || random.chance(0.3) ? random.pick<string>(targets[family]) : undefined;
  const iif = random.chance(0.25) ? random.pick(["eth0", "eth1"]) : undefined;
  const fwmark = random.chance(0.25) ? `0x${random.integer(1, 9)}/0xff` : undefined;
  const ipproto = random.chance(0.25) ? random.pick(["tcp", "udp"]) : undefined;
  const dport = ipproto === undefined ? undefined : random.integer(8000, 8009);
  const then: Fields = random.chance(0.1) ? { action: "blackhole" } : { table: random.pick(tables) };
  return entryOf("PolicyRule", defined({ family, priority, from, to, iif, fwmark, ipproto, dport, ...then }));
}

/** A rule that cuts the controller off. */
export const cuttingRule = (priority: number, controller: string): Entry =>
  entryOf("PolicyRule", { family: "inet", priority, to: controller, action: "blackhole" });

export const randomPriority = (random: Random, first: number): number => first + random.integer(0, room - 1);

const destinations = {
  inet: ["default", "192.0.2.0/24", "203.0.113.64/26", "198.51.100.7"],
  inet6: ["default", "2001:db8:b::/48", "2001:db8:c::7"],
} as const;

/** The fields that make a route's key. */
export function randomRoutePlace(random: Random): Fields {
  const family = random.pick(families);
  const metric = random.chance(0.3) ? random.pick([50, 200]) : undefined;
  return defined({ family, table: random.pick(tables), destination: random.pick<string>(destinations[family]), metric });
}

export function randomRoute(random: Random, place: Fields, host: Host): Entry {
  const isFour = place["family"] === "inet";
  const uplink = random.pick(host.uplinks);
  const via = isFour ? uplink.gateway : uplink.gateway6;
  const sort = random.next();
  const hop: Fields =
    sort < 0.55
      ? { via, dev: uplink.device }
      : sort < 0.75
        ? { dev: looseDevice }
        : sort < 0.9
          ? { dev: uplink.device }
          : { type: "blackhole" };
  const src = hop["type"] === undefined && isFour && random.chance(0.3) ? uplink.address : undefined;
  return entryOf("PolicyRoute", defined({ ...place, ...hop, src }));
}

/** A route that the kernel refuses: its gateway is on no link. */
export const refusedRoute = (place: Fields): Entry =>
  entryOf("PolicyRoute", { ...place, via: place["family"] === "inet" ? "203.0.113.254" : "2001:db8:dead::1", dev: "eth1" });

export const isLoose = (shown: string): boolean => shown.includes(` ${looseDevice} `);

function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
