import type { About } from "./about";
import { type HostReport, isChanged, type Risk, reportOrder } from "./hostReport";
import type { Wave } from "./waves";

export interface Report {
  readonly about: About;
  /** The worst first. */
  readonly hosts: readonly HostReport[];
  /** What cannot be told of any host, or of one that is not named. */
  readonly unsure: readonly string[];
  /** One list of waves for each rollout. */
  readonly waves: readonly (readonly Wave[])[];
  readonly live: boolean;
}

export const reportOf = (report: Report): Report => ({ ...report, hosts: report.hosts.map(withOwnName).sort(reportOrder) });

/** Where a resource moves from one host to another, both are called by its name. */
function withOwnName(host: HostReport, _index: number, all: readonly HostReport[]): HostReport {
  const isShared = host.address !== undefined && all.some((one) => one !== host && one.name === host.name);
  return isShared ? { ...host, name: `${host.name} (${host.address})`, address: undefined } : host;
}

export const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

/** One line: how many hosts change, what is a risk, what cannot be told. */
export function summaryOf({ hosts, unsure }: Pick<Report, "hosts" | "unsure">): string {
  const changed = hosts.filter(isChanged).length;
  const risks = hosts.reduce((sum, one) => sum + one.risks.length, 0);
  const open = hosts.filter((one) => one.unsure.length > 0).length;
  return [
    `${changed} of ${count(hosts.length, "host changes", "hosts change")}`,
    ...(risks === 0 ? [] : [count(risks, "risk", "risks")]),
    ...(open === 0 ? [] : [`${count(open, "host", "hosts")} of which not all can be told`]),
    ...(open === 0 && unsure.length > 0 ? ["not all can be told"] : []),
  ].join(", ");
}

/** What a gate in CI stops: a risk, and what cannot be told. */
export const isRisky = ({ hosts, unsure }: Pick<Report, "hosts" | "unsure">): boolean =>
  unsure.length > 0 || hosts.some((one) => one.risks.length + one.unsure.length > 0);

/** Nothing to say of it but its name. */
export const isQuiet = (host: HostReport): boolean =>
  !isChanged(host) && host.risks.length + host.unsure.length === 0 && host.flows?.some(({ moves }) => moves) !== true;

export const countsOf = ({ changes: { added, changed, removed, same } }: HostReport): string =>
  `${added.length} added, ${changed.length} changed, ${removed.length} removed, ${same} as they are`;

export const notLive = "Read from the preview alone: which way packets go was not looked up (that is `--live`).";
export const noRisks = (live: boolean): string =>
  live ? "None was found on the hosts as they were read." : "None can be seen in a preview: read the hosts too (that is `--live`).";
export const noOrder = "The preview shows no order among the hosts: up takes them all at once, each by itself.";

export const printRisk = ({ what, next }: Risk): string => (next === undefined ? what : `${what} (next: ${next})`);
