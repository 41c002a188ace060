import { cut, refused } from "../draw/free";
import { looseDevice, looseUplink } from "../draw/room";
import { atOnce, byItself, type Case, type Fault, long, nothing, shortOrLong } from "./fault";
import { guardsOf } from "./guards";

const isBy = (device: string) => (slot: string, text: string) =>
  /^(route|nexthop) /.test(slot) && (` ${text} `.includes(` ${device} `) || /^(nhid|group) /.test(text));

const takeDevice = async (one: Case): Promise<void> => {
  one.damage.gone = isBy(looseDevice);
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
  { name: "the kernel refuses a route", group: "machine", extra: refused, ...byItself },
  {
    name: "a batch is refused at a line",
    group: "machine",
    places: ["apply"],
    mode: ({ random }) => `refuse ${random.integer(0, 3)}`,
    ...byItself,
  },
  { name: "device removed", group: "machine", places: ["apply", "readback"], strike: takeDevice, lasts: atOnce, heal: giveDevice },
  {
    name: "address removed",
    group: "machine",
    places: ["apply", "readback"],
    strike: async ({ site, damage }) => {
      const { address, device } = site.host.uplinks[1];
      // With the last IPv4 address of a device the kernel removes all routes by it.
      damage.gone = isBy(device);
      await site.host.batch([`addr del ${address}/18 dev ${device}`]);
    },
    lasts: ({ site }) => site.random.between(0, 1500),
    heal: async ({ site }) => {
      const { address, device } = site.host.uplinks[1];
      await site.host.batch([`addr add ${address}/18 dev ${device}`]);
      await site.furnishRoutes();
    },
  },
  {
    name: "an uplink goes down and comes up",
    group: "machine",
    places: ["observe", "apply", "readback", "confirm", "confirmed"],
    strike: async ({ site, damage }) => {
      damage.gone = isBy(looseUplink);
      await site.host.batch([`link set ${looseUplink} down`]);
    },
    lasts: ({ site }) => site.random.between(0, 1500),
    heal: async ({ site }) => {
      const { address6, device } = site.host.uplinks[1];
      await site.host.batch([
        `link set ${device} up`,
        ...[`${address6}/64`, `fe80::${(site.host.number + 1).toString(16)}/64`].map(
          (address) => `addr replace ${address} dev ${device} nodad`,
        ),
      ]);
      await site.furnishRoutes();
    },
  },
  {
    name: "ip hangs longer than the guard",
    group: "machine",
    places: ["apply"],
    holds: true,
    strike: nothing,
    lasts: (one) => long(one) + one.site.random.between(0, 6000),
    heal: nothing,
  },
  {
    name: "a guard killed, and the link down",
    group: "machine",
    places: ["apply", "readback"],
    strike: async ({ site }) => {
      const pid = site.random.pick(await guardsOf(site));
      if (pid !== undefined) await site.host.result(`kill -9 ${pid}`);
      await site.host.linkDown();
    },
    lasts: long,
    heal: ({ site }) => site.host.linkUp(),
  },
  {
    name: "all guards and the controller killed",
    group: "machine",
    places: ["apply", "readback"],
    strike: async ({ site, stack, damage }) => {
      // systemd starts a guard anew.
      damage.unguarded = !site.traits.has("booted");
      const pids = await guardsOf(site);
      if (pids.length > 0) await site.host.result(`kill -9 ${pids.join(" ")}`);
      stack.controller.signal("SIGKILL");
    },
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "a guard killed while it undoes",
    group: "machine",
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
    name: "an undo fails for a while",
    group: "machine",
    places: ["undo"],
    mode: () => "jam",
    cuts: true,
    extra: cut,
    jams: true,
    strike: nothing,
    lasts: ({ site }) => site.random.between(500, 8000),
    heal: nothing,
  },
  {
    name: "an undo fails until it is told",
    group: "machine",
    places: ["undo"],
    mode: () => "jam",
    probes: [{ route: "192.0.2.1", dev: "nowhere0", expect: true }],
    forbids: true,
    jams: true,
    strike: nothing,
    lasts: () => "until told",
    heal: nothing,
  },
  {
    name: "ip cannot show anything from a point on",
    group: "machine",
    places: ["observe", "apply", "readback"],
    mode: () => "blind",
    blinds: true,
    strike: nothing,
    lasts: shortOrLong,
    heal: nothing,
  },
  {
    name: "ip cannot show anything until it is told",
    group: "machine",
    places: ["readback"],
    mode: () => "blind",
    blinds: true,
    strike: nothing,
    lasts: () => "until told",
    heal: nothing,
  },
  {
    name: "a check of the change fails",
    group: "machine",
    probes: [{ route: "192.0.2.1", dev: "nowhere0", expect: true }],
    forbids: true,
    ...byItself,
  },
  {
    name: "a check of an adoption fails",
    group: "machine",
    subject: "foreign entries are adopted",
    probes: [{ route: "192.0.2.1", dev: "nowhere0", expect: true }],
    forbids: true,
    ...byItself,
  },
];
