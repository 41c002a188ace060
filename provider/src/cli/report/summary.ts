import { type HostReport, isChanged, reportOrder } from "./hostReport";

export interface Report {
  /** The worst first. */
  readonly hosts: readonly HostReport[];
  /** What cannot be told of any host, or of one that is not named. */
  readonly unsure: readonly string[];
  readonly live: boolean;
}

export const reportOf = (hosts: readonly HostReport[], unsure: readonly string[], live: boolean): Report => ({
  hosts: [...hosts].sort(reportOrder),
  unsure,
  live,
});

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

/** One line: how many hosts change, what is a risk, what cannot be told. */
export function summaryOf({ hosts, unsure }: Report): string {
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
export const isRisky = ({ hosts, unsure }: Report): boolean =>
  unsure.length > 0 || hosts.some((one) => one.risks.length + one.unsure.length > 0);

/** Nothing to say of it but its name. */
export const isQuiet = (host: HostReport): boolean =>
  !isChanged(host) && host.risks.length + host.unsure.length === 0 && host.flows?.some(({ moves }) => moves) !== true;

export const countsOf = ({ changes: { added, changed, removed, same } }: HostReport): string =>
  `${added.length} added, ${changed.length} changed, ${removed.length} removed, ${same} as they are`;

export const notLive = "Read from the preview alone: which way packets go was not looked up (that is `--live`).";
