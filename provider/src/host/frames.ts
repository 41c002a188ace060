import type { Step } from "../kernel/change";
import { byTable, isTable, type Look } from "./look";

/**
 * The texts that are sent to the shell on the host: calls of the functions in sh/, with everything that varies in quoted here-documents.
 * A line of a here-document begins with a word of ours (`rule`, `route`, a key of the register), so it can never be its end.
 */
const end = "END_OF_LINES";
/** An undo holds here-documents of its own. */
const endOfUndo = "END_OF_UNDO";

export function call(words: string, lines: readonly string[], last = end): string {
  return `${words} <<'${last}'\n${lines.join("\n")}\n${last}`;
}

const channel = { inet: 4, inet6: 6 } as const;

/** `inet 100` as the arguments of the functions in sh/observe.sh. */
function familyAndNumber(table: string): string {
  const [family, number] = table.split(" ");
  return `${family === "inet6" ? channel.inet6 : channel.inet} ${Number(number)}`;
}

/** The whole of an observation, or only the entries that a transaction reads back. */
export function observeText(
  { rules, routes, ours, tables, locks, tagged, names, nexthops, users, sysctls, paths, probes }: Look,
  extent: "whole" | "entries",
): string {
  return [
    ...(extent === "whole" ? ['facts "$session"', "standing", "neighbours", "persistence", ...(paths ? ['paths "$session"'] : [])] : []),
    "register",
    ...[...rules].map((family) => `rules ${channel[family]}`),
    ...[...tables].map((table) => `routes ${familyAndNumber(table)}`),
    ...[...byTable(routes, tables)].map(([table, destinations]) =>
      call(["routes_to", familyAndNumber(table), ...ours].join(" "), destinations),
    ),
    ...[...locks].filter(isTable).map((table) => `locks ${familyAndNumber(table)}`),
    ...[...byTable(locks, locks)].map(([table, destinations]) => call(`locks_to ${familyAndNumber(table)}`, destinations)),
    ...(nexthops ? [["nexthops", ...users].join(" ")] : []),
    ...[...tagged].flatMap((tag) => [`tagged 4 ${tag}`, `tagged 6 ${tag}`]),
    ...(sysctls ? ["sysctls"] : []),
    ...(names ? ["table_names"] : []),
    ...(probes.length === 0 ? [] : [call("probes", probes)]),
  ].join("\n");
}

/** Steps that are not lines of `ip`, and the functions that make them: each is written by itself. */
const writers: Readonly<Record<string, (line: string) => string>> = {
  t: (line) => (line.startsWith("erase ") ? "unname_table" : "name_table"),
  s: () => "write_sysctl",
};

/** Consecutive steps of one family go to `ip` in one batch. */
function runs(steps: readonly Step[]): { channel: string; lines: string[] }[] {
  const result: { channel: string; lines: string[] }[] = [];
  const isCondition = (line: string | undefined): boolean => line?.startsWith("when ") === true;
  let alone = false; // a condition, and the one line that it is about
  for (const step of steps) {
    const channelName = step.slice(0, 1);
    const line = step.slice(2);
    const last = result.at(-1);
    const begins = isCondition(line) || alone || isCondition(last?.lines[0]) || channelName in writers || last?.channel !== channelName;
    alone = isCondition(last?.lines[0]);
    if (begins) result.push({ channel: channelName, lines: [line] });
    else last.lines.push(line);
  }
  return result;
}

/** The text that makes the steps, or that undoes them. */
export function stepsText(steps: readonly Step[], purpose: "change" | "undo"): string {
  const texts: string[] = [];
  let condition: string | undefined;
  for (const [index, { channel: name, lines }] of runs(steps).entries()) {
    const [first = ""] = lines;
    if (first.startsWith("when ")) {
      const [words = "", shown] = first.slice("when ".length).split(" | ");
      condition = call(`if shown ${name}${shown === undefined ? "" : ` '${shown}'`}`, [words]);
      continue;
    }
    const writer = writers[name];
    const text =
      writer !== undefined
        ? `${purpose === "change" ? `${comesTo(index)}\n` : ""}${call(writer(first), [first.replace(/^(write|erase) /, "")])}`
        : call(purpose === "change" ? `batch ${name} ${index}` : `batch_undo ${name}`, lines);
    texts.push(condition === undefined ? text : `${condition}\nthen\n${text}\nfi`);
    condition = undefined;
  }
  return texts.join("\n");
}

/** Remembers, for `refused`, how far a change came: until something of it failed. */
const comesTo = (at: number | "register"): string => `[ -n "$failed" ] || at=${at}`;

/** The step that was refused: the host says in which run of steps, `ip` at which line of it. */
export function refusedAt(steps: readonly Step[], at: string | undefined, said: string): Step | undefined {
  const found = at === undefined ? undefined : runs(steps)[Number(at)];
  if (found === undefined) return undefined;
  const [, line] = found.channel in writers ? ["", "1"] : (/^Command failed -:([0-9]+)$/m.exec(said) ?? []);
  const words = line === undefined ? undefined : found.lines[Number(line) - 1];
  return words === undefined ? undefined : `${found.channel} ${words}`;
}

export interface ChangeText {
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
  readonly register: readonly string[];
}

export interface Begin {
  readonly txn: string;
  /** The number of the newest lock that was seen: the transaction begins only if nothing happened since. */
  readonly lock: number;
  readonly holder: string;
  /** Seconds until the guard fires; undefined where nothing is to be guarded. */
  readonly guard: number | undefined;
  /** Finished transactions whose results have been read. */
  readonly forget: readonly string[];
  readonly compacted: readonly string[] | undefined;
}

/** A function for each change, so that one can be undone alone. */
function undoText(undos: readonly (readonly Step[])[]): string {
  return [...undos.map((steps, index) => `undo_${index + 1}() {\n${stepsText(steps, "undo") || ":"}\n}`), `changes=${undos.length}`].join(
    "\n",
  );
}

/** Seconds that the lock outlives the guard: it may still be undoing. */
const grace = 5;
const unguardedLease = 30;

/** Lock, undo, guard, changes and the reading back: one frame. */
export function transactText(begin: Begin, changes: readonly ChangeText[], readBack: string): string {
  const undo = undoText(changes.map((change) => change.undo));
  return [
    call("read -r holder", [begin.holder]),
    `begin ${begin.txn} ${begin.lock} ${begin.guard === undefined ? unguardedLease : begin.guard + grace} "$holder"`,
    ...(begin.forget.length === 0 ? [] : [`forget ${begin.forget.join(" ")}`]),
    ...(begin.compacted === undefined ? [] : [call(`compact ${Buffer.byteLength(`${begin.compacted.join("\n")}\n`)}`, begin.compacted)]),
    call(`put ${Buffer.byteLength(`${undo}\n`)}`, [undo], endOfUndo),
    begin.guard === undefined ? "unguard" : `arm ${begin.guard}`,
    ...changes.flatMap(({ steps, register }, index) => [
      "change",
      stepsText(steps, "change"),
      ...(register.length === 0 ? [] : [comesTo("register"), call("own", register)]),
      `changed ${index + 1}`,
    ]),
    "applied",
    readBack,
    ...(begin.guard === undefined ? [] : ["say_time"]),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** What each way of the confirming connection carries: more than one packet of any link. */
export const proof = 8192;

/** Sent and answered in full, it shows that packets of any size pass both ways. */
export const proofText = `: ${"x".repeat(proof)}\nsay proof; printf '%${proof}s\\n' ''`;

/** Disarms, persists, writes the audit line, releases the lock. */
export function confirmText(txn: string, guarded: boolean, persist: string | undefined, audit: string): string {
  return [
    proofText,
    `if ${guarded ? `confirm ${txn}` : "say confirmed"}; then`,
    ...(persist === undefined ? [] : [persist]),
    call(`when=${new Date().toISOString().replace(/\.[0-9]+/, "")}; audit`, [audit]),
    `finish ${txn}`,
    "fi",
  ].join("\n");
}
