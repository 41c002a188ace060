import { flowOf, printExpectation } from "../../declaration/expectation";
import type { Flow } from "../../declaration/flow";
import { lookup } from "../../kernel/lookup/lookup";
import type { Network } from "../../kernel/lookup/network";
import { printVerdict } from "../../kernel/lookup/verdict";
import type { PlannedHost } from "../preview/gathering";
import { type Asked, type FlowChange, userAsked } from "./flows";
import type { HostReport } from "./hostReport";

/** A packet and its reply between two hosts: `fits` where both arrive; undefined where that cannot be told. */
interface Conversation {
  readonly says: string;
  readonly fits: boolean | undefined;
}

/** Both ends of a conversation at one moment. */
interface Ends {
  readonly near: Network;
  readonly far: Network;
}

/**
 * There, in at the far host, back, and in again. What lies between is not known: a packet is taken to come in by the device that has its
 * destination.
 */
export function conversation({ near, far }: Ends, flow: Flow, name: string): Conversation {
  const told: string[] = [];
  const ends = (fits: boolean | undefined): Conversation => ({ says: told.join("; "), fits });
  const there = lookup(near, flow);
  told.push(printVerdict(there));
  if (there.kind !== "unicast") return ends(there.kind === "unsure" ? undefined : false);
  const [source, ...others] = [...new Set(there.hops.map(({ src }) => src))];
  const [nearDevice, farDevice] = [deviceOf(near, source), deviceOf(far, flow.to)];
  if (source === undefined || others.length > 0 || nearDevice === undefined || farDevice === undefined) {
    told.push("from which of its addresses cannot be told");
    return ends(undefined);
  }
  const plain = { family: flow.family, mark: 0, uid: 0, ipproto: flow.ipproto, tos: flow.tos };
  const forth = { ...plain, from: source, to: flow.to, sport: flow.sport, dport: flow.dport };
  const back = { ...plain, from: flow.to, to: source, sport: flow.dport, dport: flow.sport };
  const legs: { readonly what: string; readonly network: Network; readonly flow: Flow; readonly kind: "local" | "unicast" }[] = [
    { what: `in at ${name}`, network: far, flow: { ...forth, iif: farDevice }, kind: "local" },
    { what: "back", network: far, flow: { ...back, oif: vrfOf(far, farDevice) }, kind: "unicast" },
    { what: "in again", network: near, flow: { ...back, iif: nearDevice }, kind: "local" },
  ];
  for (const leg of legs) {
    const verdict = lookup(leg.network, leg.flow);
    const device = leg.flow.iif === undefined ? "" : ` by ${leg.flow.iif}`;
    told.push(verdict.kind === "local" ? `${leg.what}${device}` : `${leg.what}${device}: ${printVerdict(verdict)}`);
    if (verdict.kind !== leg.kind) return ends(verdict.kind === "unsure" ? undefined : false);
  }
  return ends(true);
}

const deviceOf = ({ addresses = [] }: Network, address: string | undefined): string | undefined =>
  addresses.find((one) => one.address === address)?.dev;

function vrfOf({ links = [] }: Network, device: string): string | undefined {
  const master = links.find(({ name }) => name === device)?.master;
  return links.find(({ name, kind }) => name === master && kind === "vrf")?.name;
}

/** Addresses that one of the hosts alone has, such as no loopback and no link-local one. */
function ownersOf(reports: readonly HostReport[]): Map<string, HostReport> {
  const owners = new Map<string, HostReport | undefined>();
  for (const one of reports.filter(({ flows }) => flows !== undefined))
    for (const { address } of one.after.addresses ?? []) owners.set(address, owners.has(address) ? undefined : one);
  return new Map([...owners].flatMap(([address, one]) => (one === undefined ? [] : [[address, one] as const])));
}

const next = "change a rule, a route or a reverse path filter, so that the reply leaves and comes in where it may";

/** What hosts of one program ask about each other, by what they expect and by --flows: whether both directions fit, before and after. */
export function withBothWays(hosts: readonly PlannedHost[], reports: readonly HostReport[], flows: readonly Flow[]): HostReport[] {
  const owners = ownersOf(reports);
  return reports.map((report, index) => {
    if (report.flows === undefined) return report;
    const expected = hosts[index]?.resources.flatMap(({ after }) => after?.expect ?? []) ?? [];
    const asked: Asked[] = [
      ...expected.map((one) => ({ what: `expected ${printExpectation(one)}`, flow: flowOf(one) })),
      ...userAsked(flows.filter(({ from }) => from === undefined || owners.get(from) === report)),
    ];
    const changes = asked.flatMap(({ what, flow }): FlowChange | [] => {
      const other = owners.get(flow.to);
      if (other === undefined || other === report || flow.iif !== undefined) return [];
      const was = conversation({ near: report.before, far: other.before }, flow, other.name);
      const is = conversation({ near: report.after, far: other.after }, flow, other.name);
      return {
        what: `${what}, to ${other.name} and back`,
        before: was.says,
        after: is.says,
        moves: was.says !== is.says,
        lost: was.fits === true && is.fits === false,
        unsure: is.fits === undefined && was.says !== is.says ? is.says : undefined,
      };
    });
    return {
      ...report,
      flows: [...report.flows, ...changes],
      risks: [
        ...report.risks,
        ...changes.flatMap(({ lost, what, after }) => (lost ? [{ what: `${what}: no longer fits: ${after}`, next }] : [])),
      ],
      unsure: [...report.unsure, ...changes.flatMap(({ what, unsure }) => (unsure === undefined ? [] : [`${what}: ${unsure}`]))],
    };
  });
}
