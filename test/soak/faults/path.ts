import { cut } from "../draw/free";
import type { Place } from "../hooks";
import { atOnce, byItself, type Fault, long, nothing, shortOrLong } from "./fault";

const anywhere: readonly [Place, ...Place[]] = ["observe", "apply", "readback", "confirm", "confirmed"];

/** The way between controller and host breaks. */
export const pathFaults: readonly Fault[] = [
  {
    name: "the change cuts the controller off",
    group: "path",
    cuts: true,
    extra: cut,
    ...byItself,
  },
  {
    name: "management link down",
    group: "path",
    places: anywhere,
    strike: ({ site }) => site.host.linkDown(),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.linkUp(),
  },
  {
    name: "management link down until all gave up",
    group: "path",
    rare: true,
    places: ["apply", "readback", "confirm"],
    strike: ({ site }) => site.host.linkDown(),
    lasts: () => 60_000,
    heal: ({ site }) => site.host.linkUp(),
  },
  {
    name: "blackhole route to the controller",
    group: "path",
    places: anywhere,
    strike: ({ site }) => site.host.blackholeController(),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.unblackholeController(),
  },
  {
    name: "all packets dropped by nft",
    group: "path",
    places: anywhere,
    strike: ({ site }) => site.host.dropPackets(100),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.dropPackets(0),
  },
  {
    name: "30 % of packets lost",
    group: "path",
    strike: ({ site }) => site.host.dropPackets(30),
    lasts: (one) => long(one) + 2000,
    heal: ({ site }) => site.host.dropPackets(0),
  },
  {
    name: "strict rp_filter drops what comes in",
    group: "path",
    places: anywhere,
    strike: async ({ site }) => {
      const to = site.host.controller;
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
    group: "path",
    places: anywhere,
    strike: ({ site }) => site.host.resetConnections(),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "relay: slow",
    group: "path",
    on: ["relay"],
    strike: async ({ site }) => site.path?.delay(site.random.integer(50, 250)),
    lasts: (one) => long(one) + 3000,
    heal: async ({ site }) => site.path?.delay(0),
  },
  {
    name: "relay: silent from a byte on",
    group: "path",
    on: ["relay"],
    strike: async ({ site }) => site.path?.stallAfter(site.random.integer(0, 25_000)),
    lasts: shortOrLong,
    heal: async ({ site }) => site.path?.resume(),
  },
  {
    name: "relay: silent in mid-script",
    group: "path",
    on: ["relay"],
    places: anywhere,
    strike: async ({ site }) => site.path?.stall(),
    lasts: shortOrLong,
    heal: async ({ site }) => site.path?.resume(),
  },
  {
    name: "relay: reset",
    group: "path",
    on: ["relay"],
    places: anywhere,
    strike: async ({ site }) => site.path?.cut(),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "relay: what the controller gave up arrives late",
    group: "path",
    on: ["relay"],
    strike: async ({ site }) => {
      site.path?.stallAfter(site.random.integer(8_000, 40_000));
      await new Promise((resolve) => setTimeout(resolve, site.random.between(700, 2500)));
      site.path?.abandon();
    },
    lasts: ({ site }) => site.random.between(100, 6000),
    heal: async ({ site }) => site.path?.resume(),
  },
];
