import type { Host } from "../lab/lab";

/** What lies in the product's folders on a host. */
export interface Standing {
  /** Owner of each slot, by the register. */
  readonly register: ReadonlyMap<string, string>;
  /** Owner and line of each slot, by what is persisted. */
  readonly store: ReadonlyMap<string, Stored>;
  /** Owner of each table's name, by the files. */
  readonly names: ReadonlyMap<string, string>;
  /** Transactions whose guard is armed or at work. */
  readonly open: readonly string[];
  /** Those that were undone, and of which nobody was told yet. */
  readonly untold: readonly string[];
  readonly lock: string;
  /** Undone transactions in the audit. */
  readonly undone: number;
  /** Everything, for a person. */
  readonly text: string;
}

export interface Stored {
  readonly id: string;
  readonly line: string;
}

const mark = "==";
const look = `
cd /run/policy-routing 2>/dev/null && {
  ls -d t-*/armed t-*/firing* 2>/dev/null
  echo ${mark}
  for t in t-*; do [ ! -e $t/fired ] || [ -e $t/told ] || echo $t; done
  echo ${mark}
  cat register 2>/dev/null
  echo ${mark}
  cat $(ls -d lock.* 2>/dev/null | sort -t. -k2n | tail -n 1) /dev/null
} || printf '%s\\n%s\\n%s\\n' ${mark} ${mark} ${mark}
echo ${mark}
cat /etc/policy-routing/objects/* 2>/dev/null
echo ${mark}
grep -H '^#' /etc/iproute2/rt_tables.d/policy-routing-*.conf 2>/dev/null
echo ${mark}
audit() { if [ -S /dev/log ]; then journalctl --quiet --output=cat --identifier=policy-routing; else cat /var/log/policy-routing.log 2>/dev/null; fi; }
audit | grep -c ': undo'
echo ${mark}
cut -d. -f1 /proc/uptime
cd /run/policy-routing 2>/dev/null && for t in t-*; do [ ! -d "$t" ] || { echo "$t:" $(ls "$t"); cat "$t/result" 2>/dev/null; }; done
audit | tail -n 5
:`;

export async function standingOf(host: Host): Promise<Standing> {
  const parts = (await host.exec(look)).split(new RegExp(`^${mark}\\n`, "m"));
  const lines = (index: number): string[] => (parts[index] ?? "").split("\n").filter((line) => line !== "");
  const register = new Map<string, string>();
  for (const line of lines(2)) {
    const [slot = "", id] = line.split("\t");
    if (id === undefined) register.delete(slot);
    else register.set(slot, id);
  }
  return {
    register,
    store: storeOf(lines(4)),
    names: namesOf(lines(5)),
    open: lines(0),
    untold: lines(1),
    lock: (parts[3] ?? "").trim(),
    undone: Number(lines(6)[0] ?? 0),
    text: `${parts[3] ?? ""}${parts[7] ?? ""}`,
  };
}

/** A comment with form, file, channel, slot and id, then the line. */
function storeOf(lines: readonly string[]): Map<string, Stored> {
  const store = new Map<string, Stored>();
  for (const [index, line] of lines.entries()) {
    const [, , , slot, id] = line.split("\t");
    if (line.startsWith("# ") && slot !== undefined && id !== undefined) store.set(slot, { id, line: lines[index + 1] ?? "" });
  }
  return store;
}

function namesOf(lines: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const line of lines) {
    const [, number, id] = /policy-routing-(\d+)\.conf:# pulumi-policy-routing\t(\S+)\t/.exec(line) ?? [];
    if (number !== undefined && id !== undefined) names.set(`table ${number}`, id);
  }
  return names;
}
