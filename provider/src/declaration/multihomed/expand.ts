import { contains } from "../address";
import type { Inputs } from "../attribute";
import type { Entries } from "../entries";
import type { expectationFields } from "../expectation";
import type { Family } from "../family";
import type { hostRoutingFields } from "../hostRouting";
import type { declaredRouteAttributes } from "../route/declaredRoute";
import type { nexthopFields } from "../route/nexthops";
import type { ruleSetAttributes } from "../rule/ruleSet";
import { blocks, defaultBase, type MultihomedValues } from "./multihomed";
import { networksOf, type Side, shareSubnet, sidesOf } from "./uplink";

type Hop = Omit<Inputs<typeof nexthopFields>, "dev"> & { dev: string };
type Routes = Entries<Omit<Inputs<typeof declaredRouteAttributes>, "nexthops"> & { destination: string; nexthops?: Hop[] }>;
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

const suffix = ({ family }: Pick<Side, "family">): string => (family === "inet6" ? "-v6" : "");
const isSingle = (network: string): boolean => !network.includes("/");
/** One alone as it is. */
const oneOrAll = (all: string[]): string | string[] => (all.length > 1 ? all : (all[0] ?? all));
const addressesOf = ({ all }: Side): string | string[] => oneOrAll(all.map(({ address }) => address));

/** Whatever it has, where that is not said. */
const sourcesOf = (side: Side) => (side.all.length > 0 ? addressesOf(side) : { addressesOf: side.device });

/**
 * A gateway that no route of the link leads to: given /32 addresses, or from another network; one of a device that has no address yet. Link-local
 * ones are always on the link.
 */
const isOffLink = (side: Side, gateway: string): boolean =>
  !networksOf(side).some((network) => contains(network, gateway)) && !/^fe[89ab]/.test(gateway);

const hopOf = (side: Side) => ({
  ...(side.gateway === undefined ? {} : { via: side.gateway }),
  dev: side.device,
  ...(side.gateway !== undefined && isOffLink(side, side.gateway) ? { onlink: true } : {}),
});
const defaultRoute = (side: Side) => ({
  family: side.family,
  destination: "default",
  ...(side.isAny ? { via: { gatewayOf: side.device } } : hopOf(side)),
});

/** Main's own, by one uplink, or by several in shares. */
function mainDefaultOf(sides: readonly Side[], { mainDefault }: MultihomedValues): Routes {
  if (mainDefault === undefined) return {};
  const shares = new Map(typeof mainDefault === "string" ? [[mainDefault, 1]] : Object.entries(mainDefault));
  const named = sides.filter(({ label }) => shares.has(label));
  const byFamily = (["inet", "inet6"] as const).map((family) => named.filter((side) => side.family === family));
  return Object.fromEntries(
    byFamily.flatMap((some) => {
      const [first, ...others] = some;
      if (first === undefined) return [];
      const hops = some.map((side) => ({ ...hopOf(side), weight: shares.get(side.label) ?? 1 }));
      const route = others.length === 0 ? defaultRoute(first) : { family: first.family, destination: "default", nexthops: hops };
      return [[`main-default${suffix(first)}`, route]];
    }),
  );
}

/** The first network has the label that an uplink with one address has. */
function linkRoutes(side: Side): Routes {
  const { label, device: dev, table, all } = side;
  const links = networksOf(side).flatMap((destination, index) => {
    const src = all.find(({ address }) => contains(destination, address))?.address;
    if (isSingle(destination) || src === undefined) return [];
    return [[`${label}-link${suffix(side)}${index === 0 ? "" : ` ${destination}`}`, { destination, dev, src, table }] as const];
  });
  return Object.fromEntries(links);
}

function routesOf(side: Side, { killSwitch }: MultihomedValues): Routes {
  const { label, table, family, isManagers } = side;
  const end = suffix(side);
  return {
    ...linkRoutes(side),
    ...(isManagers ? {} : { [`${label}-default${end}`]: { ...defaultRoute(side), table } }),
    ...(killSwitch === true
      ? { [`${label}-unreachable${end}`]: { family, destination: "default", type: "unreachable", metric: lastMetric, table } }
      : {}),
  };
}

function rulesOf(side: Side, others: readonly Side[], { toRule, connmark, priorityBase = defaultBase }: MultihomedValues): Rules {
  const { label, table, family, prefer } = side;
  const end = suffix(side);
  const from = sourcesOf(side);
  const at = (start: number): number => priorityBase + start + table;
  return {
    ...(connmark === true ? { [`${label}-mark${end}`]: { priority: at(blocks.mark), family, fwmark: `${table}/${markMask}`, table } } : {}),
    // Where two uplinks are on one link, main's connected route would send both by the first device: these come before it.
    ...(others.some((other) => shareSubnet(side, other))
      ? { [`${label}-subnet${end}`]: { priority: at(blocks.ownSubnet), from, to: oneOrAll(networksOf(side)), table } }
      : {}),
    [`${label}-from${end}`]: { priority: at(blocks.from), ...(side.all.length > 0 ? {} : { family }), from, table },
    ...(toRule === true ? { [`${label}-to${end}`]: { priority: at(blocks.to), to: addressesOf(side), table } } : {}),
    // Behind the rules for the uplinks' own addresses: what one of these sends leaves by its uplink.
    ...(prefer.length > 0 ? { [`${label}-prefer${end}`]: { priority: at(blocks.prefer), to: oneOrAll([...prefer]), table } } : {}),
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
  const families = new Set(sides.map(({ family }) => family));
  const beside = (side: Side): Side[] => sides.filter((other) => other !== side && other.family === side.family);
  const sharing = sides.filter((side) => side.family === "inet" && beside(side).some((other) => shareSubnet(side, other)));
  const named = Object.entries(uplinks).flatMap(([label, { table, name }]) =>
    table === undefined || name === undefined ? [] : [[label, { tableId: table, name }]],
  );
  const loose = connmark === true ? byDevice(sides, "loose") : undefined;
  const arpIgnore = byDevice(sharing, "sameDevice");
  const arpAnnounce = byDevice(sharing, "best");
  return {
    tables: Object.fromEntries(named),
    routes: Object.assign({}, ...sides.map((side) => routesOf(side, values)), mainDefaultOf(sides, values)),
    rules: Object.assign(
      {},
      ...[...families].map((family) => connectedRule(family, priorityBase)),
      ...sides.map((side) => rulesOf(side, beside(side), values)),
    ),
    ...(loose === undefined ? {} : { reversePathFilter: loose }),
    ...(arpIgnore === undefined ? {} : { arpIgnore }),
    ...(arpAnnounce === undefined ? {} : { arpAnnounce }),
    // From an address that is not known yet nothing can be asked.
    expect: sides.flatMap(({ family, all, device }) =>
      outside
        .filter((to) => to.includes(":") === (family === "inet6"))
        .flatMap((to) => all.map(({ address }) => ({ from: address, to, dev: device }))),
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
