import { contains, networkOf, printPrefix } from "../address";
import type { Inputs } from "../attribute";
import type { Entries } from "../entries";
import type { expectationFields } from "../expectation";
import type { Family } from "../family";
import type { hostRoutingFields } from "../hostRouting";
import type { routeAttributes } from "../route/attributes";
import type { ruleSetAttributes } from "../rule/ruleSet";
import { blocks, defaultBase, type MultihomedValues } from "./multihomed";
import { type Side, shareSubnet, sidesOf } from "./uplink";

type Routes = Entries<Omit<Inputs<typeof routeAttributes>, "nexthops"> & { destination: string }>;
type Rules = Entries<Inputs<typeof ruleSetAttributes> & { priority: number }>;

/** What the uplinks come to, in the fields of HostRouting. */
export interface Routing extends Pick<Inputs<typeof hostRoutingFields>, "reversePathFilter" | "arpIgnore" | "arpAnnounce"> {
  readonly tables: Entries<{ tableId: number; name: string }>;
  readonly routes: Routes;
  readonly rules: Rules;
  readonly expect: readonly (Inputs<typeof expectationFields> & { to: string })[];
}

/** Behind every route that anybody else would make; the kernel's own documents use this number for VRFs. */
const lastMetric = 4278198272;
const markMask = "0xfff";

const suffix = ({ own }: Pick<Side, "own">): string => (own.family === "inet6" ? "-v6" : "");
const networkOfSide = ({ own }: Side): string => printPrefix({ ...own, address: networkOf(own) });
const isSingle = ({ own: { family, length } }: Side): boolean => length === (family === "inet" ? 32 : 128);

/** A gateway that no route of the link leads to: given /32 addresses, or from another network. Link-local ones are always on the link. */
const isOffLink = (side: Side, gateway: string): boolean => !contains(networkOfSide(side), gateway) && !/^fe[89ab]/.test(gateway);

const defaultRoute = (side: Side) => ({
  family: side.own.family,
  destination: "default",
  ...(side.gateway === undefined ? {} : { via: side.gateway }),
  dev: side.device,
  ...(side.gateway !== undefined && isOffLink(side, side.gateway) ? { onlink: true } : {}),
});

function routesOf(side: Side, { killSwitch, mainDefault }: MultihomedValues): Routes {
  const { label, device: dev, table, own } = side;
  const end = suffix(side);
  return {
    ...(isSingle(side) ? {} : { [`${label}-link${end}`]: { destination: networkOfSide(side), dev, src: own.address, table } }),
    [`${label}-default${end}`]: { ...defaultRoute(side), table },
    ...(killSwitch === true
      ? { [`${label}-unreachable${end}`]: { family: own.family, destination: "default", type: "unreachable", metric: lastMetric, table } }
      : {}),
    ...(mainDefault === label ? { [`main-default${end}`]: defaultRoute(side) } : {}),
  };
}

function rulesOf(side: Side, others: readonly Side[], { toRule, connmark, priorityBase = defaultBase }: MultihomedValues): Rules {
  const { label, table, own } = side;
  const end = suffix(side);
  const at = (start: number): number => priorityBase + start + table;
  return {
    ...(connmark === true
      ? { [`${label}-mark${end}`]: { priority: at(blocks.mark), family: own.family, fwmark: `${table}/${markMask}`, table } }
      : {}),
    // Where two uplinks are on one link, main's connected route would send both by the first device: these come before it.
    ...(others.some((other) => shareSubnet(side, other))
      ? { [`${label}-subnet${end}`]: { priority: at(blocks.ownSubnet), from: own.address, to: networkOfSide(side), table } }
      : {}),
    [`${label}-from${end}`]: { priority: at(blocks.from), from: own.address, table },
    ...(toRule === true ? { [`${label}-to${end}`]: { priority: at(blocks.to), to: own.address, table } } : {}),
  };
}

/** Networks that main knows (connected ones, containers, VPNs) stay reachable from the uplinks' addresses; its default is passed over. */
const connectedRule = (family: Family, base: number): Rules => ({
  [`connected${family === "inet6" ? "-v6" : ""}`]: { priority: base + blocks.connected, family, table: "main", suppressPrefixlength: 0 },
});

const byDevice = <Word extends string>(sides: readonly Side[], word: Word): Entries<Word> | undefined =>
  sides.length === 0 ? undefined : Object.fromEntries(sides.map(({ device }) => [device, word]));

export function expand(values: MultihomedValues): Routing {
  const { uplinks = {}, outside = [], connmark, priorityBase = defaultBase } = values;
  const sides = Object.entries(uplinks).flatMap(([label, uplink]) => sidesOf(label, uplink));
  const families = new Set(sides.map(({ own }) => own.family));
  const beside = (side: Side): Side[] => sides.filter((other) => other !== side && other.own.family === side.own.family);
  const sharing = sides.filter((side) => side.own.family === "inet" && beside(side).some((other) => shareSubnet(side, other)));
  const named = Object.entries(uplinks).flatMap(([label, { table, name }]) =>
    table === undefined || name === undefined ? [] : [[label, { tableId: table, name }]],
  );
  const loose = connmark === true ? byDevice(sides, "loose") : undefined;
  const arpIgnore = byDevice(sharing, "sameDevice");
  const arpAnnounce = byDevice(sharing, "best");
  return {
    tables: Object.fromEntries(named),
    routes: Object.assign({}, ...sides.map((side) => routesOf(side, values))),
    rules: Object.assign(
      {},
      ...[...families].map((family) => connectedRule(family, priorityBase)),
      ...sides.map((side) => rulesOf(side, beside(side), values)),
    ),
    ...(loose === undefined ? {} : { reversePathFilter: loose }),
    ...(arpIgnore === undefined ? {} : { arpIgnore }),
    ...(arpAnnounce === undefined ? {} : { arpAnnounce }),
    expect: sides.flatMap(({ own, device }) =>
      outside.filter((to) => to.includes(":") === (own.family === "inet6")).map((to) => ({ from: own.address, to, dev: device })),
    ),
  };
}

/** For `nft -f`: connections are marked by the uplink they came by; what containers and others answer takes the mark back. */
export function nftText({ uplinks = {} }: MultihomedValues): string {
  const devices = Object.values(uplinks).flatMap(({ device, table }) =>
    device === undefined || table === undefined ? [] : [{ device, table }],
  );
  return `table inet policy_routing {
  chain prerouting {
    type filter hook prerouting priority mangle; policy accept;
${devices.map(({ device, table }) => `    iifname "${device}" ct state new ct mark set ct mark & 0xfffff000 | ${table}\n`).join("")}    iifname != { ${devices.map(({ device }) => `"${device}"`).join(", ")} } ct direction reply ct mark & ${markMask} != 0 meta mark set ct mark
  }
}
`;
}
