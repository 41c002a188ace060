import type { Family } from "../../declaration/family";
import { tableKey } from "../../declaration/key";
import { type Sysctl, sysctlKey, sysctlName, sysctlPath } from "../../declaration/sysctl/sysctl";
import type { Entry } from "./register";

/** What is done on a host: a value until it is printed, for the shell there, for a person, for the store. */
export type Step = IpStep | TableNameStep | SettingStep;

interface OfEntry {
  /** Of the entry that it belongs to. What undoes it stands under the same key in the undo of its plan. */
  readonly key: string;
}

/** A command of `ip`. */
export interface IpStep extends OfEntry {
  readonly on: "ip";
  /** Undefined for what has none. */
  readonly family: Family | undefined;
  readonly words: readonly string[];
  readonly onlyIf?: Shown;
}

/** What this command of `ip` prints, of the same family: anything, or this text somewhere in it. */
export interface Shown {
  readonly words: readonly string[];
  readonly text?: string;
}

/** The file of ours for a table's name. It holds its owner too: unlike /run it outlives a reboot. */
export interface TableNameStep extends OfEntry {
  readonly on: "tableName";
  readonly tableId: number;
  /** Undefined where it is erased. */
  readonly written: { readonly name: string; readonly owner: Entry } | undefined;
}

/** A number under /proc/sys/net: of a device, or of the host. */
export interface SettingStep extends OfEntry, Sysctl {
  readonly on: "setting";
}

export const ipStep = (key: string, family: Family | undefined, words: readonly string[]): IpStep => ({ on: "ip", key, family, words });
export const tableName = (tableId: number, written?: TableNameStep["written"]): TableNameStep => ({
  on: "tableName",
  key: tableKey(tableId),
  tableId,
  written,
});
export const setting = (sysctl: Sysctl): SettingStep => ({ on: "setting", key: sysctlKey(sysctl), ...sysctl });

/** The option by which `ip` is told the family: `-N`, which says numbers, where there is none. */
export const channelOf = (family: Family | undefined): "4" | "6" | "N" => (family === undefined ? "N" : family === "inet" ? "4" : "6");

/** For messages: what was run, or what was to be. */
export function printStep(step: Step): string {
  if (step.on === "ip") return `ip -${channelOf(step.family)} ${step.words.join(" ")}`;
  return step.on === "setting"
    ? `set ${sysctlName(step)} = ${step.value}`
    : `${step.written === undefined ? "remove" : "write"} /etc/iproute2/rt_tables.d/policy-routing-${step.tableId}.conf`;
}

/** In the words of a shell, as a person could type it. */
export function commandOf(step: Step): string {
  if (step.on === "setting") return `echo ${step.value} > /proc/sys/${sysctlPath(step)}`;
  if (step.on === "tableName")
    return `# ${step.written === undefined ? "erase" : "write"} the name of table ${step.tableId}${step.written === undefined ? "" : `: ${step.written.name}`}`;
  const { family, onlyIf } = step;
  if (onlyIf === undefined) return printStep(step);
  const sought = onlyIf.text === undefined ? " ." : `F '${onlyIf.text}'`;
  return `ip -${channelOf(family)} ${onlyIf.words.join(" ")} | grep -q${sought} && ${printStep(step)}`;
}
