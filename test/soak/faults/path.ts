import { management } from "../../lab/addresses";
import type { Entry } from "../entries";
import type { Place } from "../hooks";
import type { Site } from "../site";
import { freeCut } from "../steps";
import { atOnce, type Fault, long, nothing, shortOrLong } from "./fault";

const anywhere: readonly [Place, ...Place[]] = ["observe", "apply", "readback", "confirm", "confirmed"];
/** Addresses and lab numbers of the management network: the third octet tells the slot. */
const controllerOf = (address: string): string => management(Number(address.split(".")[2]) >> 2, 0).address;

/** An entry that cuts the controller off. */
export const cut = (site: Site): readonly Entry[] =>
  [freeCut(site, controllerOf(site.host.address))].filter((entry) => entry !== undefined);

/** The way between controller and host breaks. */
export const pathFaults: readonly Fault[] = [
  {
    name: "the change cuts the controller off",
    cuts: true,
    extra: cut,
    strike: nothing,
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "management link down",
    places: anywhere,
    strike: ({ site }) => site.host.linkDown(),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.linkUp(),
  },
  {
    name: "management link down until all gave up",
    rare: true,
    places: ["apply", "readback", "confirm"],
    strike: ({ site }) => site.host.linkDown(),
    lasts: () => 60_000,
    heal: ({ site }) => site.host.linkUp(),
  },
  {
    name: "blackhole route to the controller",
    places: anywhere,
    strike: ({ site }) => site.host.blackholeController(),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.unblackholeController(),
  },
  {
    name: "all packets dropped by nft",
    places: anywhere,
    strike: ({ site }) => site.host.dropPackets(100),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.dropPackets(0),
  },
  {
    name: "30 % of packets lost",
    strike: ({ site }) => site.host.dropPackets(30),
    lasts: (one) => long(one) + 2000,
    heal: ({ site }) => site.host.dropPackets(0),
  },
  {
    name: "strict rp_filter drops what comes in",
    places: anywhere,
    strike: async ({ site }) => {
      const to = controllerOf(site.host.address);
      await site.host.exec("echo 1 >/proc/sys/net/ipv4/conf/mgmt/rp_filter");
      await site.host.batch([`route add ${to} dev eth1 table 250`, `rule add pref 50 to ${to} table 250`]);
    },
    lasts: shortOrLong,
    heal: async ({ site }) => {
      await site.host.batch(["rule del pref 50", "route flush table 250"]);
      await site.host.exec("echo 0 >/proc/sys/net/ipv4/conf/mgmt/rp_filter");
    },
  },
  {
    name: "connections reset on the host",
    places: anywhere,
    strike: ({ site }) => site.host.resetConnections(),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "relay: slow",
    byRelay: true,
    strike: async ({ site }) => site.path?.delay(site.random.integer(50, 250)),
    lasts: (one) => long(one) + 3000,
    heal: async ({ site }) => site.path?.delay(0),
  },
  {
    name: "relay: silent from a byte on",
    byRelay: true,
    strike: async ({ site }) => site.path?.stallAfter(site.random.integer(0, 25_000)),
    lasts: shortOrLong,
    heal: async ({ site }) => site.path?.resume(),
  },
  {
    name: "relay: silent in mid-script",
    byRelay: true,
    places: anywhere,
    strike: async ({ site }) => site.path?.stall(),
    lasts: shortOrLong,
    heal: async ({ site }) => site.path?.resume(),
  },
  {
    name: "relay: reset",
    byRelay: true,
    places: anywhere,
    strike: async ({ site }) => site.path?.cut(),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "relay: what the controller gave up arrives late",
    byRelay: true,
    strike: async ({ site }) => {
      site.path?.stallAfter(site.random.integer(8_000, 40_000));
      await new Promise((resolve) => setTimeout(resolve, site.random.between(700, 2500)));
      site.path?.abandon();
    },
    lasts: ({ site }) => site.random.between(100, 6000),
    heal: async ({ site }) => site.path?.resume(),
  },
];
