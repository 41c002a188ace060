import { escapeOutput, messageOf, type PolicyRoutingError } from "../../errors";
import { unmetIn } from "../../host/foreseen";
import { type Intended, type Proposal, propose } from "../../host/proposal";
import { type Finding, findingsOf } from "../../kernel/findings/index";
import { type Network, networkOf, proposed } from "../../kernel/lookup/network";
import { emptyState } from "../../kernel/state";
import type { Declared } from "../../runtime/kind";
import type { Connection } from "../../spec/connection";
import type { Flow } from "../../spec/flow";
import { tagsOf } from "../../spec/owner";
import { type EntryChanges, entryChangesOf } from "../preview/entries";
import type { PlannedHost } from "../preview/gathering";
import { type Asked, compare, expectationsAsked, type FlowChange, repliesOf, userAsked } from "./flows";

/** All that the report says of one host. */
export interface HostReport {
  readonly name: string;
  readonly changes: EntryChanges;
  /** What may go wrong with this change. */
  readonly risks: readonly string[];
  /** What cannot be told, and why. */
  readonly unsure: readonly string[];
  /** What else a person should hear. */
  readonly notes: readonly string[];
  /** Undefined where the host was not read. */
  readonly flows: readonly FlowChange[] | undefined;
  readonly findings: { readonly gone: readonly Finding[]; readonly stay: readonly Finding[] } | undefined;
  /** For the picture: of the host, or of what is declared alone. */
  readonly before: Network;
  readonly after: Network;
}

export interface Wishes {
  readonly live: boolean;
  readonly flows: readonly Flow[];
  /** How to log in, where the preview does not say. */
  readonly login: Partial<Connection>;
}

export const isChanged = ({ changes: { added, changed, removed } }: HostReport): boolean =>
  added.length + changed.length + removed.length > 0;

/** The worst first, then by name. */
export function reportOrder(a: HostReport, b: HostReport): number {
  const weight = (one: HostReport) => (one.risks.length > 0 ? 0 : one.unsure.length > 0 ? 1 : isChanged(one) ? 2 : 3);
  return weight(a) - weight(b) || a.name.localeCompare(b.name, "en", { numeric: true });
}

export async function reportOn(host: PlannedHost, wishes: Wishes): Promise<HostReport> {
  const changes = entryChangesOf(host);
  const alone: HostReport = {
    name: escapeOutput(host.name),
    changes,
    risks: [],
    unsure: host.unsure,
    notes: [],
    flows: undefined,
    findings: undefined,
    before: declaredNetwork(host.resources.map(({ before }) => before)),
    after: declaredNetwork(host.resources.map(({ after }) => after)),
  };
  if (!wishes.live) return alone;
  const intended = host.resources.flatMap((one) => one.intended ?? []);
  try {
    // A report waits for no host: one dial tells whether it answers.
    const proposal = await propose({ ...host.connection, ...wishes.login, dialErrorLimit: 0 }, intended);
    return { ...alone, ...looked(host, proposal, wishes.flows) };
  } catch (error) {
    return { ...alone, unsure: [...alone.unsure, `which way packets go: ${messageOf(error)}`] };
  }
}

type Intention = Intended & { readonly name: string };

function looked(
  host: PlannedHost,
  { before, after, planned, refused, management, reply }: Proposal<Intention>,
  flows: readonly Flow[],
): Partial<HostReport> {
  const expectations = host.resources.flatMap(({ after: now }) => now?.expect ?? []);
  const asked: Asked[] = [
    ...(reply === undefined ? [] : [{ what: "replies to this SSH connection", flow: reply }]),
    ...expectationsAsked(expectations),
    ...repliesOf(before, after),
    ...userAsked(flows),
  ];
  // An entry that is not shown, or that is refused, could lead them another way.
  const isWhole = host.unsure.length + refused.length === 0;
  const changes = isWhole ? asked.map((one) => compare(one, before, after)) : undefined;
  const ours = tagsOf(host.resources.map(({ after: now, before: was }) => (now ?? was)?.owner.proto).find((proto) => proto !== undefined));
  const found = (network: Network) => new Map(findingsOf(network, [ours.owner, ours.staging]).map((one) => [JSON.stringify(one), one]));
  const [old, now] = [found(before), found(after)];
  const fresh = [...now].flatMap(([key, one]) => (old.has(key) ? [] : [one]));
  const text = ({ object, what }: Finding): string => `${object}: ${what}`;
  return {
    risks: [
      ...(management === undefined ? [] : [shortly(management)]),
      ...refused.map(({ of, error }) => `${of.name} will be refused: ${shortly(error)}`),
      ...(isWhole ? expectations.flatMap((one) => unmetIn(after, one) ?? []) : []),
      ...(changes ?? []).filter(({ lost }) => lost).map(({ what, before: was, after: is }) => `${what}: ${was}, then ${is}`),
      ...fresh.filter(({ level }) => level === "risk").map(text),
    ],
    unsure: [
      ...host.unsure,
      ...(isWhole ? [] : ["which way packets go: what is to stand on the host is not all known"]),
      // What does not change leaves them as they are, whichever way that is.
      ...(planned.length === 0 ? [] : (changes ?? []).flatMap(({ what, unsure }) => (unsure === undefined ? [] : [`${what}: ${unsure}`]))),
    ],
    notes: [
      ...planned.flatMap(({ of, plan }) => plan.notes.map(({ will }) => `${of.name}: ${will}`)),
      ...fresh.filter(({ level }) => level === "note").map(text),
    ],
    ...(changes === undefined ? {} : { flows: changes }),
    findings: {
      gone: [...old].flatMap(([key, one]) => (now.has(key) ? [] : [one])),
      stay: [...now].flatMap(([key, one]) => (old.has(key) ? [one] : [])),
    },
    before,
    after,
  };
}

const shortly = ({ parts: { object, what } }: PolicyRoutingError): string =>
  escapeOutput([...(object === undefined ? [] : [object]), what].join(": "));

/** What is declared, as if it stood on an empty host; settings of devices are left out. */
function declaredNetwork(sides: readonly (Declared | undefined)[]): Network {
  const becomes = sides.flatMap((declared) => {
    if (declared === undefined) return [];
    const { owner, adopt } = declared;
    const mandate = { id: "", stack: owner.stack, tags: tagsOf(owner.proto), adopt };
    return declared.wanted.filter(({ key }) => !key.startsWith("sysctl ")).flatMap((one) => [...one.ensure(emptyState, mandate).becomes]);
  });
  return proposed({ ...networkOf(emptyState), nexthops: [] }, becomes);
}
