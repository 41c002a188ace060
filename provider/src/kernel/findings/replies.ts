import { type Family, families } from "../../declaration/family";
import type { Flow } from "../../declaration/flow";
import { maskedOf } from "../../declaration/rule/selectors";
import { sysctlName } from "../../declaration/sysctl/sysctl";
import { tableOf } from "../../declaration/tableNumber";
import { readyFor } from "../lookup/compile";
import { lookup } from "../lookup/lookup";
import type { HostAddress, Link, Network } from "../lookup/network";
import { filterOf, loose } from "../lookup/reversePath";
import type { Verdict } from "../lookup/verdict";
import { describe } from "../rule/rule";
import type { Finding, Search } from "./finding";
import { forwards, isNic, isPrivate, isTunnel, reachable, somebody, waysOut } from "./uplinks";

const port = (number: number) => ({ from: number, to: number });
const single = { inet: 32, inet6: 128 } as const;
const plain = { mark: 0, uid: 0, ipproto: 6, tos: [0] } as const;

/** What became of packets to one address of the host, and of the replies. */
interface Judged {
  readonly level: Finding["level"];
  readonly what: string;
  readonly next: string;
}

/** Of each address of the host: do packets from anybody come in by its device, and do replies leave by it? */
export const replies: Search = (network) =>
  families.flatMap((family) => {
    const far = somebody(network, family);
    if (far === undefined || network.addresses === undefined) return [];
    const out = waysOut(network, family);
    const found = new Map<string, { judged: Judged; dev: string; addresses: string[] }>();
    for (const one of reachable(network).filter((address) => address.family === family)) {
      const judged = judge(network, one, far, out);
      if (judged === undefined) continue;
      const key = `${one.dev} ${judged.what.replaceAll(one.address, "")}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { judged, dev: one.dev, addresses: [one.address] });
      else known.addresses.push(one.address);
    }
    return [...found.values()].map(({ judged, dev, addresses: [first = "", ...others] }): Finding => {
      const more = others.length === 0 ? "" : ` and ${others.length} more`;
      return { level: judged.level, object: `${first}${more} on ${dev}`, what: judged.what, next: judged.next };
    });
  });

function judge(network: Network, { family, address, dev, length }: HostAddress, far: string, out: ReadonlySet<string>): Judged | undefined {
  const link = linkOf(network, dev);
  const vrf = [link, linkOf(network, link?.master)].find((one) => one?.kind === "vrf");
  const where = vrf?.vrfTable === undefined ? "local" : tableOf(vrf.vrfTable);
  const isOwn = network.routes.some(({ route }) => route.table === where && route.type === "local" && route.destination === address);
  if (link?.up === false || !isOwn) return undefined;
  const isUplink = out.has(dev);
  const incoming = lookup(network, { ...plain, family, from: far, to: address, iif: dev, sport: port(40000), dport: port(443) });
  const leads =
    vrf === undefined
      ? `a rule from ${address} that leads to a route by ${dev}`
      : `a route by ${dev} to table ${where}, that of the VRF ${vrf.name}`;
  if (incoming.kind === "dropped") {
    // Where nobody but its own network comes in, this is what the filter is for.
    if (!isUplink && (isPrivate(address) || length === single[family] || forwards(network, family, dev))) return undefined;
    return {
      level: "risk",
      what: `packets that come in by ${dev} are dropped: ${incoming.why}`,
      next:
        mistaken(network, family, address, dev) ??
        `add ${leads}${filterOf(readyFor(network, family), dev) === loose ? "" : `, or make rp_filter loose (${loose})`}`,
    };
  }
  const catcher = incoming.path.at(-1);
  if (incoming.kind !== "local" && incoming.kind !== "unsure")
    return catcher === undefined || catcher.rule.rule.table === "local"
      ? undefined
      : {
          level: "risk",
          what: `packets to it do not reach the host: ${describe(catcher.rule.rule)} decides before the local table`,
          next: "give that rule a later priority than the local table's, or let it pass over the host's own addresses",
        };
  const reply = lookup(network, { ...plain, family, from: address, to: far, oif: vrf?.name, sport: port(443), dport: port(40000) });
  const devices = devicesOf(reply);
  if (devices === undefined)
    return isUplink && out.size > 0 && (reply.kind === "unreachable" || reply.kind === "blackhole" || reply.kind === "prohibit")
      ? { level: "risk", what: `replies from it go nowhere: ${reply.kind}, ${decider(reply)}`, next: `add ${leads}` }
      : undefined;
  const others = [...devices].filter((one) => one !== dev);
  if (others.length === 0) return undefined;
  const leave = `replies ${devices.has(dev) ? "also " : ""}leave by ${others.join(" and ")}`;
  if (isUplink) {
    // A tunnel's own address, or everything by a tunnel behind somebody's router: few are asked from outside there.
    const isOwnWish = isPrivate(address) && [[dev], others].some((some) => some.every((name) => isTunnel(linkOf(network, name))));
    return {
      level: isOwnWish ? "note" : "risk",
      what: `${leave}, ${decider(reply)}: who asks by ${dev} may get no answer`,
      next: mistaken(network, family, address, dev) ?? `add ${leads}`,
    };
  }
  const isOneOfMany = link === undefined || (!isNic(link) && isPrivate(address)) || forwards(network, family, dev);
  return length === single[family] || isOneOfMany
    ? undefined
    : { level: "note", what: `${leave}, to hosts beyond its network`, next: `if such hosts come in by ${dev}: add ${leads}` };
}

const linkOf = ({ links }: Network, device: string | undefined): Link | undefined => links?.find(({ name }) => name === device);

/** Devices by which a packet leaves; undefined where it does not. */
const devicesOf = (verdict: Verdict): Set<string> | undefined =>
  verdict.kind === "unicast" ? new Set(verdict.hops.flatMap(({ dev }) => dev ?? [])) : undefined;

function decider({ path }: Verdict): string {
  const last = path.at(-1);
  return last === undefined ? "by no rule" : `by ${describe(last.rule.rule)}`;
}

/** Rules that name the address or the device, but never apply to what the host itself sends from it. */
function mistaken({ rules, routes }: Network, family: Family, address: string, dev: string): string | undefined {
  const byDevice = new Set(routes.flatMap(({ route }) => (route.family === family && route.dev === dev ? [route.table] : [])));
  const wrong = rules.find(
    ({ rule }) =>
      rule.family === family &&
      rule.from === undefined &&
      rule.table !== undefined &&
      rule.table !== "main" &&
      byDevice.has(rule.table) &&
      (rule.to === address || rule.iif === dev || rule.oif === dev),
  );
  if (wrong === undefined) return undefined;
  const word = wrong.rule.to !== undefined ? "to" : wrong.rule.iif !== undefined ? "iif" : "oif";
  return `write from ${address} instead of ${word} in ${describe(wrong.rule)}: it does not apply to what the host itself sends`;
}

/** Marked packets of a proxy's clients, dropped because the way back to them is looked up with their mark. */
export const markedBack: Search = (network) => {
  const { rules, routes, sysctls } = network;
  if (sysctls === undefined) return [];
  const marked = rules.flatMap(({ rule }) => {
    const { value, mask } = maskedOf(rule.fwmark ?? "0x0/0x0");
    const isLocal = routes.some(
      ({ route }) => route.family === "inet" && route.table === rule.table && route.type === "local" && route.destination === "default",
    );
    return rule.family === "inet" && rule.not !== true && value !== 0 && mask !== 0 && isLocal ? [{ rule, mark: value }] : [];
  });
  const far = somebody(network, "inet");
  const devices = reachable(network).filter(({ family, length }) => family === "inet" && length < 31);
  return marked.flatMap(({ rule, mark }) =>
    far === undefined
      ? []
      : devices.flatMap(({ address, dev }): Finding | [] => {
          const flow: Flow = {
            ...plain,
            family: "inet",
            from: neighbour(address),
            to: far,
            iif: dev,
            sport: port(40000),
            dport: port(443),
          };
          const [verdict, unmarked] = [lookup(network, { ...flow, mark }), lookup(network, flow)];
          if (verdict.kind !== "dropped" || unmarked.kind === "dropped") return [];
          return {
            level: "risk",
            object: describe(rule),
            what: `packets with its mark that come in by ${dev} are dropped: ${verdict.why}`,
            next: `set ${sysctlName({ file: "src_valid_mark", device: dev })} and that of all to 0`,
          };
        }),
  );
};

/** Another address of the same network. */
function neighbour(address: string): string {
  const [last = "0", ...rest] = address.split(".").reverse();
  return [...rest.reverse(), String(Number(last) === 254 ? 253 : Number(last) + 1)].join(".");
}
