import type { Host } from "../../lab/lab";
import type { Fields } from "../protocol";
import type { Random } from "../random";
import { defined, type Family, families } from "../words";
import { looseDevice, type Room } from "./room";

const sources = { inet: ["198.51.100.0/24", "198.18.64.0/18", "203.0.113.9"], inet6: ["2001:db8:a::/48", "2001:db8:2::9"] } as const;
const targets = { inet: ["192.0.2.0/24", "203.0.113.64/26"], inet6: ["2001:db8:b::/48", "2001:db8:c::7"] } as const;
const destinations = {
  inet: ["default", "192.0.2.0/24", "203.0.113.64/26", "198.51.100.7"],
  inet6: ["default", "2001:db8:b::/48", "2001:db8:c::7"],
} as const;

export const randomPriority = (random: Random, { priorities: [from, to] }: Room): number => random.integer(from, to);

/** Every rule has a source or a target, and that is not the management network's. */
export function ruleFields(
  random: Random,
  room: Room,
  family: Family = random.pick(families),
  priority = randomPriority(random, room),
): Fields {
  const from = random.chance(0.7) ? random.pick<string>(sources[family]) : undefined;
  const to = from === undefined || random.chance(0.3) ? random.pick<string>(targets[family]) : undefined;
  const iif = random.chance(0.25) ? random.pick(["eth0", "eth1"]) : undefined;
  const fwmark = random.chance(0.25) ? `0x${random.integer(1, 9)}/0xff` : undefined;
  const ipproto = random.chance(0.25) ? random.pick(["tcp", "udp"]) : undefined;
  const dport = ipproto === undefined ? undefined : random.integer(8000, 8009);
  const then: Fields = random.chance(0.1) ? { action: "blackhole" } : { table: random.pick(room.tables) };
  return defined({ family, priority, from, to, iif, fwmark, ipproto, dport, ...then });
}

/** The fields that make a route's key. */
export function placeFields(random: Random, { tables }: Room): Fields {
  const family = random.pick(families);
  const metric = random.chance(0.3) ? random.pick([50, 200]) : undefined;
  return defined({ family, table: random.pick(tables), destination: random.pick<string>(destinations[family]), metric });
}

export function routeFields(random: Random, host: Host, place: Fields): Fields {
  const uplink = random.pick(host.uplinks);
  const isFour = place["family"] === "inet";
  const sort = random.next();
  const hop: Fields =
    sort < 0.55
      ? { via: isFour ? uplink.gateway : uplink.gateway6, dev: uplink.device }
      : sort < 0.75
        ? { dev: looseDevice }
        : sort < 0.9
          ? { dev: uplink.device }
          : { type: "blackhole" };
  const src = hop["type"] === undefined && isFour && random.chance(0.3) ? uplink.address : undefined;
  const mtu = hop["type"] === undefined && random.chance(0.2) ? 1400 : undefined;
  return defined({ ...place, ...hop, src, mtu });
}

export const hopFields = (random: Random, host: Host, nhid: number, family: Family = random.pick(families)): Fields => {
  const { gateway, gateway6, device } = random.pick(host.uplinks);
  return { nhid, via: family === "inet" ? gateway : gateway6, dev: device };
};

export const groupFields = (random: Random, nhid: number, members: readonly number[]): Fields => ({
  nhid,
  group: members.map((member) => defined({ nhid: member, weight: random.chance(0.4) ? random.integer(2, 5) : undefined })),
});

export const nameFields = (random: Random, tableId: number): Fields => ({ tableId, name: `soak${tableId}${random.pick(["a", "b", "c"])}` });

/** A rule that cuts the controller off. */
export const cuttingRule = (random: Random, room: Room, controller: string): Fields => ({
  family: "inet",
  priority: randomPriority(random, room),
  to: controller,
  action: "blackhole",
});

/** A route that the kernel refuses: its gateway is on no link. */
export const refusedRoute = (random: Random, room: Room): Fields => {
  const place = placeFields(random, room);
  return { ...place, via: place["family"] === "inet" ? "203.0.113.254" : "2001:db8:dead::1", dev: "eth1" };
};
