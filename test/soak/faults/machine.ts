import { isLoose, looseDevice, refusedRoute } from "../entries";
import type { Site } from "../site";
import { freeRoutePlace } from "../steps";
import { atOnce, type Case, type Fault, long, nothing, shortOrLong } from "./fault";
import { cut } from "./path";

/** Process ids of the guards on a host, each started by `setsid sh .../guard`. */
async function guards({ host }: Site): Promise<string[]> {
  return (await host.exec("pgrep -f '^sh /run/policy-routing/t-[0-9a-f]*/guard' || true")).split("\n").filter((pid) => pid !== "");
}

const takeDevice = async (one: Case): Promise<void> => {
  one.damage.gone = isLoose;
  await one.site.host.batch([`link del ${looseDevice}`]);
};
const giveDevice = ({ site }: Case): Promise<void> =>
  site.host.batch([
    `link add ${looseDevice} type veth peer name loose1`,
    `link set ${looseDevice} addrgenmode none up`,
    "link set loose1 addrgenmode none up",
  ]);

/** The host itself fails in some way. */
export const machineFaults: readonly Fault[] = [
  {
    name: "the kernel refuses a route",
    extra: (site) => {
      const place = freeRoutePlace(site);
      return place === undefined ? [] : [refusedRoute(place)];
    },
    strike: nothing,
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "a batch is refused at a line",
    places: ["apply"],
    refusal: ({ random }) => random.integer(0, 3),
    strike: nothing,
    lasts: atOnce,
    heal: nothing,
  },
  { name: "device removed", places: ["apply", "readback"], strike: takeDevice, lasts: atOnce, heal: giveDevice },
  {
    name: "address removed",
    places: ["apply", "readback"],
    strike: async ({ site, damage }) => {
      const { address, device } = site.host.uplinks[1];
      // With the last IPv4 address of a device the kernel removes all routes by it.
      damage.gone = (entry) => entry.includes(` ${device} `);
      await site.host.batch([`addr del ${address}/18 dev ${device}`]);
    },
    lasts: ({ site }) => site.random.between(0, 1500),
    heal: async ({ site }) => {
      const { address, gateway, device } = site.host.uplinks[1];
      await site.host.batch([
        `addr add ${address}/18 dev ${device}`,
        `route add 203.0.113.200 via ${gateway} dev ${device} table 100 metric 7 proto static`,
      ]);
    },
  },
  {
    name: "ip hangs longer than the guard",
    places: ["apply"],
    holds: true,
    strike: nothing,
    lasts: (one) => long(one) + one.site.random.between(0, 6000),
    heal: nothing,
  },
  {
    name: "/run full before",
    strike: ({ site }) => site.host.fillRun(),
    lasts: (one) => long(one),
    heal: ({ site }) => site.host.freeRun(),
  },
  {
    name: "/run full in between",
    places: ["apply", "readback", "confirm"],
    strike: ({ site }) => site.host.fillRun(),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.freeRun(),
  },
  {
    name: "/run read-only before",
    strike: ({ site }) => site.host.makeReadOnly("/run"),
    lasts: (one) => long(one),
    heal: ({ site }) => site.host.makeWritable("/run"),
  },
  {
    name: "/run read-only in between",
    places: ["apply", "readback", "confirm"],
    strike: ({ site }) => site.host.makeReadOnly("/run"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.makeWritable("/run"),
  },
  {
    name: "a guard killed, and the link down",
    places: ["apply", "readback"],
    strike: async ({ site }) => {
      const pid = site.random.pick(await guards(site));
      if (pid !== undefined) await site.host.result(`kill -9 ${pid}`);
      await site.host.linkDown();
    },
    lasts: long,
    heal: ({ site }) => site.host.linkUp(),
  },
  {
    name: "both guards and the controller killed",
    places: ["apply", "readback"],
    strike: async ({ site, damage }) => {
      damage.unguarded = true;
      const pids = await guards(site);
      if (pids.length > 0) await site.host.result(`kill -9 ${pids.join(" ")}`);
      site.controller.signal("SIGKILL");
    },
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "a guard killed while it undoes",
    places: ["undo"],
    cuts: true,
    extra: cut,
    strike: async ({ site }) => {
      const [, pid] = /firing\.([0-9]+)\./.exec(await site.host.exec("ls -d /run/policy-routing/t-*/firing.* 2>/dev/null || true")) ?? [];
      if (pid !== undefined) await site.host.result(`kill -9 ${pid}`);
    },
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "the host reboots while armed",
    places: ["apply", "readback", "confirm"],
    strike: async ({ site, damage }) => {
      damage.rebooted = true;
      await site.host.reboot();
      await site.furnish();
    },
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "a foreign change in between",
    places: ["observe", "apply", "readback", "confirm"],
    strike: async ({ site }) => {
      const priority = 1000 + site.random.integer(0, 13);
      const proto = site.random.chance(0.5) ? "" : " proto 7";
      await site.host.batch([
        `rule add pref ${priority} from 198.51.100.77 table 177${proto}`,
        "route add 203.0.113.177 dev eth1 table 101 proto 7",
      ]);
    },
    lasts: atOnce,
    // Fails where it is no longer there.
    heal: ({ site }) => site.host.batch(["rule del from 198.51.100.77 table 177", "route del 203.0.113.177 dev eth1 table 101 proto 7"]),
  },
];
