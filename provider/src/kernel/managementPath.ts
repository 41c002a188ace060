import { canonicalAddress, contains, familyOf } from "../spec/address";
import { type Flow, packetOf } from "../spec/flow";
import { routeKey, ruleKey } from "../spec/key";
import type { Becomes } from "./change";
import { lookup } from "./lookup/lookup";
import { type Network, networkOf, proposed } from "./lookup/network";
import { matchersOf, ruleMatches } from "./lookup/rules";
import { printVerdict, sameWay, type Verdict } from "./lookup/verdict";
import type { ObservedRoute, State } from "./state";

/** How the connection that we work over is routed on the host now. */
export interface Management {
  /** SSH_CONNECTION: client, its port, server, its port. */
  readonly connection: string;
  /** Routes of all tables that hold the client's address, and those that hold the server's. */
  readonly toClient: readonly ObservedRoute[];
  readonly toServer: readonly ObservedRoute[];
  /** What the kernel itself answers for the reply: device and gateway; undefined when it refuses. */
  readonly kernel: { readonly dev: string | undefined; readonly via: string | undefined } | undefined;
}

/** What a further login may have as its client port; what sshd may set as type of service, before and after the login (9.2 and 10.0). */
const ephemeral = { from: 1024, to: 65534 };
const typesOfService = [0, 0x10, 0x08, 0xb8, 0x20];
const tcp = 6;

interface Ends {
  readonly port: number;
  readonly client: string;
  readonly server: string;
  readonly device: string | undefined;
}

/** Link-local addresses carry their device behind a `%`. */
function endsOf(connection: string): Ends | undefined {
  const [client = "", , server = "", port] = connection.split(" ");
  const [address = "", device] = client.split("%");
  const plain = (text: string) => canonicalAddress(text.split("%")[0]?.replace(/^::ffff:(?=[0-9.]+$)/, "") ?? "");
  const ends = { client: plain(address), server: plain(server), device };
  return ends.client === undefined || ends.server === undefined
    ? undefined
    : { client: ends.client, server: ends.server, device, port: Number(port) };
}

/** What can have a say about a flow, of a change. */
interface Relevant {
  readonly steps: readonly Becomes[];
  /** One of its routes goes by a next hop object, and one of the steps changes such objects. */
  readonly movesObjects: boolean;
}

/**
 * Those keys at which what stands, before or after, can have a say about this flow: rules that it matches and those that they jump to, and
 * routes to its destination in tables that these look into. Next hop objects always can.
 */
function relevant(flow: Flow, network: Network, becomes: readonly Becomes[]): Relevant {
  const packet = packetOf(flow);
  const matching = [...network.rules, ...becomes.flatMap(({ rules }) => rules)].filter(
    (one) => one.rule.family === flow.family && ruleMatches(one.rule.not, matchersOf(one), packet) !== false,
  );
  const { family } = flow;
  const rules = new Set(
    matching.flatMap(({ rule }) => [ruleKey(rule), ...(rule.goto === undefined ? [] : [ruleKey({ family, priority: rule.goto })])]),
  );
  const tables = new Set(matching.map(({ rule }) => rule.table));
  const concerns = ({ route }: ObservedRoute): boolean =>
    route.family === family && tables.has(route.table) && (route.destination === "default" || contains(route.destination, flow.to));
  const standing = network.routes.filter(concerns);
  const routes = new Set(standing.map(({ route }) => routeKey(route)));
  // Which table a VRF's rule looks into is not known here: then any route may be one of them.
  const candidates = matching.some(({ rule }) => rule.l3mdev === true) ? network.routes : standing;
  return {
    steps: becomes.filter((one) => rules.has(one.key) || routes.has(one.key) || one.routes.some(concerns) || one.nexthops !== undefined),
    movesObjects: becomes.some(({ nexthops }) => nexthops !== undefined) && candidates.some(({ route }) => route.nhid !== undefined),
  };
}

function replyOf({ server, client, device, port }: Ends, mark: number | undefined): Flow {
  const sshd = { from: port, to: port };
  const both = { family: familyOf(client), mark, uid: 0, ipproto: tcp, tos: typesOfService };
  return { ...both, from: server, to: client, oif: device, sport: sshd, dport: ephemeral };
}

/** The reply to a connection, of which SSH_CONNECTION says the ends; undefined where it says none. */
export function replyFlow(connection: string): Flow | undefined {
  const ends = endsOf(connection);
  return ends === undefined ? undefined : replyOf(ends, 0);
}

/**
 * Why a change must not be made without the person's word: the way of the replies to this connection (or of its packets coming in) would
 * move, at the end or in between, or it cannot be told. Undefined when both ways stay as they are. `mark` is undefined where something on
 * the host may mark packets.
 */
export function managementPathChange(
  state: State,
  management: Management,
  becomes: readonly Becomes[],
  mark: number | undefined,
): string | undefined {
  const ends = endsOf(management.connection);
  if (becomes.length === 0) return undefined;
  if (ends === undefined) return "the host does not say from where this connection comes (SSH_CONNECTION is empty)";
  const family = familyOf(ends.client);
  const isOwn = management.toClient.some(({ route }) => route.type === "local");
  if (isOwn)
    return `this connection comes from ${ends.client}, an address of the host itself: where the tunnel behind it goes cannot be told`;
  const sshd = { from: ends.port, to: ends.port };
  const both = { family, mark, uid: 0, ipproto: tcp, tos: typesOfService };
  const reply: Flow = replyOf(ends, mark);
  const replyChange = compareWays(
    networkOf({ ...state, routes: management.toClient }),
    becomes,
    reply,
    "replies to this connection leave",
    management.kernel,
  );
  if (replyChange !== undefined) return replyChange;
  const incoming: Flow = {
    ...both,
    from: ends.client,
    to: ends.server,
    iif: management.kernel?.dev ?? ends.device,
    sport: ephemeral,
    dport: sshd,
  };
  return compareWays(
    networkOf({ ...state, routes: management.toServer }),
    becomes,
    incoming,
    "packets of this connection arrive",
    undefined,
  );
}

/** Looks at each object of the plan as it is applied, not only at the end: what is cut in between may never be finished. */
function compareWays(
  network: Network,
  becomes: readonly Becomes[],
  flow: Flow,
  what: string,
  kernel: Management["kernel"],
): string | undefined {
  const { steps, movesObjects } = relevant(flow, network, becomes);
  if (movesObjects) return `how ${what} cannot be told: it may be by a next hop object, and one of these changes`;
  if (steps.every(({ nexthops }) => nexthops !== undefined)) return undefined;
  const now = lookup(network, flow);
  if (kernel !== undefined && now.kind === "unicast" && !now.hops.some(({ dev, via }) => dev === kernel.dev && via === kernel.via))
    return `how ${what} cannot be told: ${printVerdict(now)} by the rules, but the kernel says by ${kernel.dev ?? "nothing"}${kernel.via === undefined ? "" : ` via ${kernel.via}`}`;
  for (let count = 1; count <= steps.length; count++) {
    const after = lookup(proposed(network, steps.slice(0, count)), flow);
    const problem = difference(now, after, what, count === steps.length);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function difference(now: Verdict, after: Verdict, what: string, last: boolean): string | undefined {
  if (after.kind === "unsure") return `how ${what} cannot be told: ${after.why}`;
  if (now.kind === "unsure") return `how ${what} cannot be told: ${now.why}`;
  return sameWay(now, after)
    ? undefined
    : `how ${what} would change${last ? "" : " in between"}: now ${printVerdict(now)}, then ${printVerdict(after)}`;
}
