import type { Context } from "../../declaration/attribute";
import { selectors } from "../../declaration/rule/everyPacket";
import { type Table, tableNumber } from "../../declaration/tableNumber";

/** A rule, a route or a next hop, as far as whose it is hangs on it. */
export interface Entry {
  readonly kind: "rule" | "route" | "nexthop";
  /** In canonical form. */
  readonly values: Context;
  /** Its `proto`; undefined where a file says what is to be made. */
  readonly protocol: number | undefined;
}

/** What stands beside an entry on a host. */
export interface Surroundings {
  /** Programs that sh/neighbours.sh found there. */
  readonly agents: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
  /** Devices whose addresses come by a DHCP client that tags nothing. */
  readonly leased: ReadonlySet<string>;
  /** Tables whose default goes by a WireGuard device. */
  readonly tunnelled: ReadonlySet<number>;
  /** Names of tables by their numbers. */
  readonly names: ReadonlyMap<number, string>;
}

export const nothingBeside: Surroundings = {
  agents: new Set(),
  devices: new Set(),
  leased: new Set(),
  tunnelled: new Set(),
  names: new Map(),
};

/** One line of the table: an entry for which all of it holds belongs to somebody. */
export interface Owner {
  readonly who: string;
  /** Why it is left to them. */
  readonly why: string;
  readonly kind?: Entry["kind"];
  readonly protos?: readonly number[];
  /** Of a rule: from, to. */
  readonly priorities?: readonly (readonly [number, number])[];
  readonly mark?: string;
  readonly tables?: readonly Table[];
  readonly tableName?: RegExp;
  readonly destination?: string;
  /** The device of a route. */
  readonly device?: RegExp;
  /** What else must be so. */
  readonly also?: (values: Context, beside: Surroundings) => boolean;
  /** Others may have such entries too: it is theirs only where this program is on the host. */
  readonly agent?: string;
}

const daemons = "it comes and goes by what the daemon learns";
const tailscale = { who: "Tailscale", why: "it makes and removes them itself, with table 52", kind: "rule" } as const;
const tailscaleMark = "0x80000/0xff0000";
const tailscalePriorities = [
  ...[5210, 5230, 5250, 5270].map((at) => [at, at] as const),
  ...[1310, 1330, 1350, 1370].map((at) => [at, at] as const),
];
const quick = { who: "wg-quick", why: "Table=auto: it goes with the tunnel" } as const;
const markNumber = (values: Context): number => Number(String(values["fwmark"]).split("/")[0]);
const numberOf = (table: unknown): number | undefined =>
  table === "main" || table === "default" || table === "local" || typeof table === "number" ? tableNumber(table) : undefined;

/** Whose an entry is that is not for a person to declare. The first line that fits counts; what fits none is a person's. */
export const owners: readonly Owner[] = [
  { who: "the kernel", why: "it makes and removes it with addresses and devices", protos: [2] },
  { who: "the kernel", why: "it holds the host's own addresses", kind: "route", tables: ["local"] },
  {
    who: "the kernel",
    why: "one of its own three rules",
    kind: "rule",
    priorities: [
      [0, 0],
      [32766, 32767],
    ],
    also: (values) => isOneOfThree(values),
  },
  { who: "router advertisements", why: "it has a lifetime, and comes by itself", protos: [9] },
  { who: "router advertisements", why: "it has a lifetime", kind: "route", also: ({ expires }) => expires !== undefined },
  { who: "a DHCP client", why: "it comes and goes with the lease", protos: [16] },
  {
    who: "a DHCP client",
    why: "it tags nothing: by its tag it could not be told from a person's",
    kind: "route",
    protos: [0, 3],
    tables: ["main"],
    destination: "default",
    also: ({ dev }, { leased }) => leased.has(String(dev)),
  },
  { who: "google-guest-agent", why: "it sets it anew at its restart", protos: [66] },
  { who: "OVN", why: daemons, protos: [84] },
  { who: "zebra", why: daemons, protos: [11] },
  { who: "bird", why: daemons, protos: [12] },
  { who: "babel", why: daemons, protos: [42] },
  { who: "openr", why: daemons, protos: [99] },
  { who: "FRR", why: daemons, protos: Array.from({ length: 14 }, (_, at) => 186 + at) },
  { who: "keepalived", why: "it moves with the master", protos: [18] },
  { ...tailscale, priorities: tailscalePriorities, mark: tailscaleMark },
  { ...tailscale, priorities: tailscalePriorities, tables: [52] },
  { ...tailscale, kind: "route", tables: [52], agent: "tailscale" },
  {
    ...quick,
    kind: "rule",
    also: (values, { tunnelled }) =>
      values["not"] === true && markNumber(values) === numberOf(values["table"]) && tunnelled.has(markNumber(values)),
  },
  {
    ...quick,
    kind: "rule",
    tables: ["main"],
    also: (values, { tunnelled }) => values["suppressPrefixlength"] === 0 && selectsNothing(values) && tunnelled.size > 0,
  },
  { ...quick, kind: "route", destination: "default", also: ({ table }, { tunnelled }) => tunnelled.has(numberOf(table) ?? 0) },
  { who: "NetBird", why: "it makes and removes them itself", kind: "rule", priorities: [[100, 110]], agent: "netbird" },
  { who: "Cilium", why: "it makes and removes them itself", kind: "rule", priorities: [[9, 111]], agent: "cilium" },
  {
    who: "amazon-ec2-net-utils",
    why: "it makes them anew every minute",
    kind: "rule",
    priorities: [[10000, 19999]],
    agent: "amazon-ec2-net-utils",
  },
  {
    who: "amazon-ec2-net-utils",
    why: "it makes them anew every minute",
    kind: "route",
    also: ({ table }) => inRange(table, 10000, 19999),
    agent: "amazon-ec2-net-utils",
  },
  { who: "oci-utils", why: "it makes them for secondary devices", tableName: /^ort[0-9]+$/, agent: "oci-utils" },
  {
    who: "a VPN client",
    why: "it makes them with its tun device",
    kind: "rule",
    priorities: [[9000, 9010]],
    also: (_, { devices }) => [...devices].some((name) => /^tun/.test(name)),
  },
  {
    who: "containers",
    why: "the program that made the device makes it",
    kind: "route",
    device: /^(docker0|br-[0-9a-f]{12}|veth.*|cni.*|flannel.*|cali.*|cilium.*)$/,
  },
  { who: "virtual machines", why: "the program that made the device makes it", kind: "route", device: /^(virbr|lxcbr|lxdbr).*$/ },
  { who: "a VPN client", why: "the program that made the device makes it", kind: "route", device: /^(tailscale[0-9]*|wt[0-9]+)$/ },
];

/** `lookup local` at 0, `main` at 32766 and `default` at 32767, for every packet. */
function isOneOfThree(values: Context): boolean {
  const table = { 0: "local", 32766: "main", 32767: "default" }[Number(values["priority"])];
  return table !== undefined && values["table"] === table && selectsNothing(values);
}

const selectsNothing = (values: Context): boolean => ["not", ...selectors].every((name) => values[name] === undefined);
const inRange = (value: unknown, from: number, to: number): boolean => typeof value === "number" && value >= from && value <= to;

function fits(owner: Owner, { kind, values, protocol }: Entry, beside: Surroundings): boolean {
  const table = numberOf(values["table"]);
  return (
    (owner.kind === undefined || owner.kind === kind) &&
    (owner.protos === undefined || (protocol !== undefined && owner.protos.includes(protocol))) &&
    (owner.priorities === undefined || owner.priorities.some(([from, to]) => inRange(values["priority"], from, to))) &&
    (owner.mark === undefined || values["fwmark"] === owner.mark) &&
    (owner.tables === undefined || owner.tables.some((one) => tableNumber(one) === table)) &&
    (owner.tableName === undefined || (table !== undefined && owner.tableName.test(beside.names.get(table) ?? ""))) &&
    (owner.destination === undefined || values["destination"] === owner.destination) &&
    (owner.device === undefined || owner.device.test(String(values["dev"] ?? ""))) &&
    (owner.also === undefined || owner.also(values, beside))
  );
}

/** Whose it is; undefined: a person's, who may declare it. `isHere` is false where the program that has such entries was not found on the host. */
export function ownerOf(entry: Entry, beside: Surroundings): { readonly owner: Owner; readonly isHere: boolean } | undefined {
  const all = owners.filter((owner) => fits(owner, entry, beside));
  const isHere = ({ agent }: Owner): boolean => agent === undefined || beside.agents.has(agent);
  const owner = all.find(isHere) ?? all[0];
  return owner === undefined ? undefined : { owner, isHere: isHere(owner) };
}
