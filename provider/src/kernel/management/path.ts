import { contains } from "../../declaration/address";
import { type Flow, type Packet, packetOf } from "../../declaration/flow";
import { routeKey, ruleKey } from "../../declaration/key";
import { tableOf } from "../../declaration/tableNumber";
import { circumstances, isOpen } from "../lookup/cases";
import { lookups, packetIn } from "../lookup/lookup";
import { type Link, type Network, networkOf, proposed } from "../lookup/network";
import { type Pair, pairsOf } from "../lookup/pairs";
import { mayMatch } from "../lookup/rules";
import { printVerdict, sameWay, type Verdict } from "../lookup/verdict";
import type { ObservedRoute, State } from "../observed/state";
import type { Becomes } from "../plan/change";
import { anyMark, type Ends, endsOf, type Mark, noConnection, replyOf } from "./ownConnection";

/** How the connection that we work over is routed on the host now. */
export interface Management {
  /** SSH_CONNECTION: client, its port, server, its port. */
  readonly connection: string;
  /** Whether the routes were read: where there are many, only for a change that concerns this connection. */
  readonly isWhole: boolean;
  /** The VRF to which its socket is bound; `?` where several devices have the server's address, undefined for none. */
  readonly vrf?: string | undefined;
  /** Routes of all tables that hold the client's address, and those that hold the server's. */
  readonly toClient: readonly ObservedRoute[];
  readonly toServer: readonly ObservedRoute[];
  /** What the kernel itself answers for the reply; undefined when it refuses. */
  readonly kernel: KernelsWay | undefined;
}

export interface KernelsWay {
  readonly dev: string | undefined;
  readonly via: string | undefined;
  /** It is delivered on the host itself. */
  readonly isLocal: boolean;
}

/** What hangs on more than rules and routes. */
export interface Circumstances {
  /** Of the replies and of what comes in. */
  readonly marks: { readonly reply: Mark; readonly incoming: Mark };
  /** Undefined where they were not read. */
  readonly links: readonly Link[] | undefined;
  /** Version of Linux. */
  readonly linux?: string | undefined;
}

/** What can have a say about a packet, of a change. */
interface Relevant {
  readonly steps: readonly Becomes[];
  /** One of its routes goes by a next hop object, and one of the steps changes such objects. */
  readonly movesObjects: boolean;
}

/**
 * Those keys at which what stands, before or after, can have a say about this packet: rules that it matches and those that they jump to, and
 * routes to its destination in tables that these look into. Next hop objects always can.
 */
function relevant(packet: Packet, network: Network, becomes: readonly Becomes[]): Relevant {
  const { family, to } = packet;
  const matching = [...network.rules, ...becomes.flatMap(({ rules = [] }) => rules)].filter(
    (one) => one.rule.family === family && mayMatch(one, packet),
  );
  const rules = new Set(
    matching.flatMap(({ rule }) => [ruleKey(rule), ...(rule.goto === undefined ? [] : [ruleKey({ family, priority: rule.goto })])]),
  );
  const byVrf = matching.some(({ rule }) => rule.l3mdev === true && rule.action === undefined && rule.goto === undefined);
  const vrfTable = typeof packet.vrf === "object" && packet.vrf.table !== undefined ? tableOf(packet.vrf.table) : undefined;
  const tables = new Set([
    ...matching.map(({ rule }) => rule.table),
    ...(byVrf && vrfTable !== undefined ? [vrfTable, "main" as const] : []),
  ]);
  // Which table a VRF's rule looks into may not be known: then any route may be one of its.
  const isAnyTable = byVrf && vrfTable === undefined;
  const concerns = ({ route }: ObservedRoute): boolean =>
    route.family === family &&
    (isAnyTable || tables.has(route.table)) &&
    (route.destination === "default" || contains(route.destination, to));
  const standing = network.routes.filter(concerns);
  const routes = new Set(standing.map(({ route }) => routeKey(route)));
  return {
    steps: becomes.filter(
      (one) => rules.has(one.key) || routes.has(one.key) || one.routes?.some(concerns) === true || one.nexthops !== undefined,
    ),
    movesObjects: becomes.some(({ nexthops }) => nexthops !== undefined) && standing.some(({ route }) => route.nhid !== undefined),
  };
}

/**
 * Why a change must not be made without the person's word: the way of the replies to this connection (or of its packets coming in) would
 * move, at the end or in between, or it cannot be told. Undefined when both ways stay as they are.
 */
export function managementPathChange(
  state: State,
  management: Management,
  becomes: readonly Becomes[],
  { marks, links, linux }: Circumstances,
): string | undefined {
  const ends = endsOf(management.connection);
  if (becomes.length === 0 || management.connection === noConnection) return undefined;
  if (ends === undefined) return "the host does not say from where this connection comes (SSH_CONNECTION is empty)";
  const { kernel, toClient, toServer, vrf } = management;
  const leaving: Network = { ...networkOf({ ...state, routes: toClient }), links, kernel: linux };
  const arriving: Network = { ...leaving, routes: toServer };
  if (kernel?.isLocal === true)
    return `this connection comes from ${ends.client}, an address of the host itself: where the tunnel behind it goes cannot be told`;
  if (vrf === "?") return "several devices have the address of this connection, of different VRFs: how its packets go cannot be told";
  const inVrf = (network: Network, flow: Flow): Packet => (vrf === undefined ? packetOf(flow, "none") : packetIn(network, flow));
  const sent = replyOf(ends, marks.reply);
  const reply = inVrf(leaving, { ...sent, oif: sent.oif ?? vrf });
  const asked = { ...reply, mark: 0, tos: [0], dport: { from: ends.clientPort, to: ends.clientPort } };
  const leave = "replies to this connection leave";
  const replyChange = compareWays(leaving, becomes, reply, leave, () => contradiction(lookups(leaving, asked), kernel, leave));
  if (replyChange !== undefined) return replyChange;
  const incoming = incomingOf(ends, marks.incoming, kernel);
  return compareWays(arriving, becomes, inVrf(arriving, incoming), "packets of this connection arrive", () => undefined);
}

/** Undefined where the kernel says the same as the rules. What it refuses while the connection lives goes a way that is not seen here. */
function contradiction(ours: readonly Verdict[], kernel: KernelsWay | undefined, what: string): string | undefined {
  const agrees = (verdict: Verdict): boolean =>
    verdict.kind === "unsure" ||
    ("hops" in verdict && kernel !== undefined && verdict.hops.some(({ dev, via }) => dev === kernel.dev && via === kernel.via));
  if (ours.some(agrees)) return undefined;
  const [first] = ours;
  const way =
    kernel === undefined ? "refuses" : `says by ${kernel.dev ?? "nothing"}${kernel.via === undefined ? "" : ` via ${kernel.via}`}`;
  return `how ${what} cannot be told: ${first === undefined ? "nothing" : printVerdict(first)} by the rules, but the kernel ${way}`;
}

/** Whether a change can have a say about our own connection at all, by rules and what stands at the keys that change. */
export function concernsConnection(state: State, { connection, kernel, vrf }: Management, becomes: readonly Becomes[]): boolean {
  if (connection === noConnection) return false;
  const ends = endsOf(connection);
  if (ends === undefined || kernel?.isLocal === true || vrf !== undefined) return true;
  return [replyOf(ends, anyMark), incomingOf(ends, anyMark, kernel)].some(
    (flow) => relevant(packetOf(flow, undefined), networkOf(state), becomes).steps.length > 0,
  );
}

function incomingOf(ends: Ends, mark: Mark, kernel: KernelsWay | undefined): Flow {
  const { from: to = "", to: from, sport: dport, dport: sport, ...both } = replyOf(ends, mark);
  return { ...both, oif: undefined, from, to, iif: kernel?.dev ?? ends.device, sport, dport };
}

/** Looks at each object of the plan as it is applied, not only at the end: what is cut in between may never be finished. */
function compareWays(
  network: Network,
  becomes: readonly Becomes[],
  packet: Packet,
  what: string,
  contradicts: () => string | undefined,
): string | undefined {
  const { steps, movesObjects } = relevant(packet, network, becomes);
  if (movesObjects) return `how ${what} cannot be told: it may be by a next hop object, and one of these changes`;
  if (steps.every(({ nexthops }) => nexthops !== undefined)) return undefined;
  const contradicted = contradicts();
  if (contradicted !== undefined) return contradicted;
  for (let count = 1; count <= steps.length; count++) {
    const after = proposed(network, steps.slice(0, count));
    const told = pairsOf(network, after, packet);
    if (isOpen(told)) return `how ${what} cannot be told: ${told.why}`;
    for (const { packet: one, answer } of told.cases) {
      const problem = difference(answer, what, count === steps.length, circumstances(one, packet), one.assumed.size > 0);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function difference({ now, then }: Pair, what: string, last: boolean, where: string, isAssumed: boolean): string | undefined {
  if (then.kind === "unsure") return `how ${what} cannot be told: ${then.why}`;
  if (now.kind === "unsure") return `how ${what} cannot be told: ${now.why}`;
  if (sameWay(now, then)) return undefined;
  const how = `${isAssumed ? "cannot be told" : "would change"}${last ? "" : " in between"}`;
  return `how ${what} ${how}: now ${printVerdict(now)}, then ${printVerdict(then)}${where === "" ? "" : `, where ${where}`}`;
}
