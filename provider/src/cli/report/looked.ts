import type { Flow } from "../../declaration/flow";
import { tagsOf } from "../../declaration/owner";
import { escapeOutput, messageOf, type PolicyRoutingError } from "../../errors";
import { unmetIn } from "../../host/transaction/foreseen";
import type { Intended, Proposal } from "../../host/transaction/proposal";
import { type Finding, findingsOf } from "../../kernel/findings/index";
import { classesBetween } from "../../kernel/lookup/classes/told";
import type { Network } from "../../kernel/lookup/network";
import { followedNow } from "../../kernel/plan/followed";
import { commandOf } from "../../kernel/plan/step";
import type { PlannedHost } from "../preview/gathering";
import { type Asked, compare, expectationsAsked, type FlowChange, repliesOf, userAsked } from "./flows";
import { gatewayRisks, gatewaysNotRead } from "./gateways";
import { declaredReport, type HostReport, type Risk } from "./hostReport";
import { withNames, withTables } from "./tableNames";

export type Intention = Intended & { readonly name: string };

/** A host that could not be read. */
export const unreadReport = (host: PlannedHost, error: unknown): HostReport => {
  const declared = declaredReport(host);
  return { ...declared, unsure: [...declared.unsure, `which way packets go: ${messageOf(error)}`] };
};

/** With what would come of the change on the host as it was read. */
export function lookedReport(host: PlannedHost, proposal: Proposal<Intention>, flows: readonly Flow[]): HostReport {
  const { before, after, planned, refused, management, names } = proposal;
  const declared = declaredReport(host);
  const tables = withNames(declared.tables, names);
  const named = (sentence: string): string => withTables(sentence, tables);
  const expectations = host.resources.flatMap(({ after: now }) => now?.expect ?? []);
  // An entry that is not shown, or that is refused, could lead them another way.
  const isWhole = host.unsure.length + refused.length === 0;
  const changes = isWhole ? askedOf(host, proposal, flows).map((one) => withNamedTables(compare(one, before, after), named)) : undefined;
  const { fresh, gone, stay } = findingsBetween(host, before, after);
  return {
    ...declared,
    tables,
    before,
    after,
    risks: [
      ...(management === undefined ? [] : [riskOf("", management)]),
      ...refused.map(({ of, error }) => riskOf(`${of.name} will be refused: `, error)),
      ...(isWhole ? expectations.flatMap((one) => unmetIn(after, one) ?? []).map((what) => ({ what: named(what), next: unmetNext })) : []),
      ...(changes ?? [])
        .filter(({ lost }) => lost)
        .map(({ what, before: was, after: is }) => ({ what: `${what}: ${was}, then ${is}`, next: lostNext })),
      ...gatewayRisks(proposal.gateways),
      ...fresh.flatMap(({ level, object, what, next }) => (level === "risk" ? [{ what: named(`${object}: ${what}`), next }] : [])),
    ],
    unsure: [
      ...host.unsure,
      ...(isWhole ? [] : ["which way packets go: what is to stand on the host is not all known"]),
      // What does not change leaves them as they are, whichever way that is.
      ...(planned.length === 0 ? [] : (changes ?? []).flatMap(({ what, unsure }) => (unsure === undefined ? [] : [`${what}: ${unsure}`]))),
      ...gatewaysNotRead(proposal.gateways),
    ],
    notes: [
      ...planned.flatMap(({ of, plan }) => plan.notes.map(({ will }) => `${of.name}: ${will}`)),
      ...fresh.flatMap(({ level, object, what }) => (level === "note" ? [named(`${object}: ${what}`)] : [])),
    ],
    flows: changes,
    classes: isWhole && planned.length > 0 ? classesBetween(before, after) : undefined,
    findings: { gone: gone.map((one) => namedFinding(one, named)), stay: stay.map((one) => namedFinding(one, named)) },
    commands: planned.flatMap(({ of, plan: { change, uplinks, steps, undo } }) => {
      const now = followedNow(change.wanted, uplinks).map((one) => `# ${one}`);
      return steps.length === 0 ? [] : [{ of: of.name, run: [...now, ...steps.map(commandOf)], undo: undo.map(commandOf) }];
    }),
    withheld: withheldBy(proposal),
  };
}

const unmetNext = "change the rules, or what is expected: up refuses it";
const lostNext = "give these packets a route, unless they are to go nowhere";

function askedOf(host: PlannedHost, { before, after, reply }: Proposal<Intention>, flows: readonly Flow[]): Asked[] {
  return [
    ...(reply === undefined ? [] : [{ what: "replies to this SSH connection", flow: reply }]),
    ...expectationsAsked(host.resources.flatMap(({ after: now }) => now?.expect ?? [])),
    ...repliesOf(before, after),
    ...userAsked(flows),
  ];
}

/** Findings that the change brings, takes away and leaves. */
function findingsBetween({ resources }: PlannedHost, before: Network, after: Network) {
  const ours = tagsOf(resources.map(({ after: now, before: was }) => (now ?? was)?.owner.proto).find((proto) => proto !== undefined));
  const found = (network: Network) => new Map(findingsOf(network, [ours.owner, ours.staging]).map((one) => [JSON.stringify(one), one]));
  const [old, now] = [found(before), found(after)];
  return {
    fresh: [...now].flatMap(([key, one]) => (old.has(key) ? [] : [one])),
    gone: [...old].flatMap(([key, one]) => (now.has(key) ? [] : [one])),
    stay: [...now].flatMap(([key, one]) => (old.has(key) ? [one] : [])),
  };
}

const namedFinding = (finding: Finding, named: (sentence: string) => string): Finding => ({
  ...finding,
  object: named(finding.object),
  what: named(finding.what),
});

const withNamedTables = (change: FlowChange, named: (sentence: string) => string): FlowChange => ({
  ...change,
  before: named(change.before),
  after: named(change.after),
});

function withheldBy({ refused, management }: Proposal<Intention>): string | undefined {
  if (refused.length > 0) return `without what will be refused: ${refused.map(({ of }) => of.name).join(", ")}`;
  return management === undefined ? undefined : "as it would be, were the change not refused";
}

const riskOf = (before: string, { parts: { object, what, next } }: PolicyRoutingError): Risk => ({
  what: `${before}${escapeOutput([...(object === undefined ? [] : [object]), what].join(": "))}`,
  next: next === undefined ? undefined : escapeOutput(next),
});
