import { sysctlPath } from "../../declaration/sysctl/sysctl";
import { observedKinds } from "../../kernel/observed/kinds";
import type { Look } from "../../kernel/observed/look";
import type { TableLook } from "../../kernel/observed/tableLook";
import { printLine, type RegisterLine } from "../../kernel/plan/register";
import { channelOf, type SettingStep, type Step, type TableNameStep } from "../../kernel/plan/step";
import { printTime } from "../printTime";
import { quoted } from "./quoted";

/**
 * The texts that are sent to the shell on the host: calls of the functions in sh/, with everything that varies in quoted here-documents or words.
 * A line of a here-document begins with a word of ours (`rule`, `route`, a key of the register), so it can never be its end.
 */
const end = "END_OF_LINES";

export function call(words: string, lines: readonly string[], last = end): string {
  return `${words} <<'${last}'\n${lines.join("\n")}\n${last}`;
}

/** The same as one word, for what is sent with each change: to read a here-document whole takes a process. */
const withWord = (words: string, lines: readonly string[]): string => `${words} ${quoted(lines.join("\n"))}`;

/** A routing table as the functions in sh/observe.sh are given it, and as they name it in their answers. */
export const tableWords = ({ family, table }: Pick<TableLook, "family" | "table">): string => `${channelOf(family)} ${table}`;

/** The whole of an observation, or only the entries that a transaction reads back. */
export function observeText(look: Look, extent: "whole" | "entries"): string {
  const { rules, routes, ours, locks, tagged, all, uplinks, ways, paths, probes } = look;
  return [
    ...(extent === "whole" ? ['facts "$session"', "standing", "neighbours", "persistence", ...(paths ? ['paths "$session"'] : [])] : []),
    "register",
    ...[...rules].map((family) => `rules ${channelOf(family)}`),
    ...[...routes.values()].map((one) =>
      one.destinations === "all"
        ? `routes ${tableWords(one)}`
        : call(["routes_to", tableWords(one), ...ours].join(" "), [...one.destinations]),
    ),
    ...[...locks.values()].map((one) =>
      one.destinations === "all" ? `locks ${tableWords(one)}` : call(`locks_to ${tableWords(one)}`, [...one.destinations]),
    ),
    ...observedKinds.flatMap(({ word, whole }) => (whole === undefined || !all.has(word) ? [] : [whole.call(look)])),
    ...[...tagged].flatMap((tag) => [`tagged 4 ${tag}`, `tagged 6 ${tag}`]),
    ...(uplinks ? ["uplinks"] : []),
    ...[...ways].map((family) => `ways ${channelOf(family)}`),
    ...(probes.length === 0 ? [] : [call("probes", probes)]),
  ].join("\n");
}

/** Steps that the host makes at once: of one family by one `ip`, any other by itself. */
interface Run {
  /** By which the host names it; a condition, which is one more thing to do, has the number before. */
  readonly at: number;
  readonly steps: readonly [Step, ...Step[]];
}

function runsOf(steps: readonly Step[]): Run[] {
  const runs: { at: number; steps: [Step, ...Step[]] }[] = [];
  let at = 0;
  for (const step of steps) {
    const last = runs.at(-1)?.steps;
    if (last !== undefined && isOneBatch(last[0], step)) last.push(step);
    else {
      if (isConditional(step)) at++;
      runs.push({ at: at++, steps: [step] });
    }
  }
  return runs;
}

const isConditional = (step: Step): boolean => step.on === "ip" && step.onlyIf !== undefined;
const isOneBatch = (a: Step, b: Step): boolean =>
  a.on === "ip" && b.on === "ip" && a.family === b.family && a.onlyIf === undefined && b.onlyIf === undefined;

/** The text that makes the steps, or that undoes them. */
export const stepsText = (steps: readonly Step[], purpose: "change" | "undo"): string =>
  runsOf(steps)
    .map((run) => runText(run, purpose))
    .join("\n");

function runText({ at, steps }: Run, purpose: "change" | "undo"): string {
  const [first] = steps;
  if (first.on !== "ip") return `${purpose === "change" ? `${comesTo(at)}\n` : ""}${writing(first)}`;
  const channel = channelOf(first.family);
  const lines = steps.flatMap((step) => (step.on === "ip" ? [step.words.join(" ")] : []));
  const text = purpose === "change" ? withWord(`batch ${channel} ${at}`, lines) : call(`batch_undo ${channel}`, lines);
  if (first.onlyIf === undefined) return text;
  const { words, text: sought } = first.onlyIf;
  return `${call(`if shown ${channel}${sought === undefined ? "" : ` '${sought}'`}`, [words.join(" ")])}\nthen\n${text}\nfi`;
}

/** The function that makes what is no line of `ip`. */
function writing(step: TableNameStep | SettingStep): string {
  if (step.on === "setting") return call("write_sysctl", [`${sysctlPath(step)} ${step.value}`]);
  if (step.written === undefined) return call("unname_table", [String(step.tableId)]);
  const { name, owner } = step.written;
  return call("name_table", [`${step.tableId} ${name} ${owner.id} ${owner.stack}`]);
}

/** Remembers, for `refused`, how far a change came: until something of it failed. */
const comesTo = (at: number | "register"): string => `[ -n "$failed" ] || at=${at}`;

/** The step that was refused: the host says in which run of steps, `ip` at which line of it. */
export function refusedAt(steps: readonly Step[], at: string | undefined, said: string): Step | undefined {
  const found = runsOf(steps).find((run) => String(run.at) === at)?.steps;
  if (found === undefined || found[0].on !== "ip") return found?.[0];
  const [, line] = /^Command failed -:([0-9]+)$/m.exec(said) ?? [];
  return found[Number(line) - 1];
}

export interface ChangeText {
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
  readonly register: readonly RegisterLine[];
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
    withWord(`put ${Buffer.byteLength(`${undo}\n`)}`, [undo]),
    begin.guard === undefined ? "unguard" : `arm ${begin.guard}`,
    ...changes.flatMap(({ steps, register }, index) => [
      "change",
      stepsText(steps, "change"),
      ...(register.length === 0 ? [] : [comesTo("register"), withWord("own", register.map(printLine))]),
      `changed ${index + 1}`,
    ]),
    "applied",
    readBack,
    ...(begin.guard === undefined ? [] : ["say_time"]),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** The guard of a change that stands gets more time, for a hold of so many seconds more. */
export const prolongText = (txn: string, guard: number, left: number, by: "controller" | "person"): string =>
  `prolong ${txn} ${guard} ${guard + grace} ${Math.ceil(left)} ${by} || exit 0`;

/** What each way of the confirming connection carries: more than one packet of any link. */
export const proof = 8192;

/** Sent and answered in full, it shows that packets of any size pass both ways. */
export const proofText = `: ${"x".repeat(proof)}\nsay proof; printf '%${proof}s\\n' ''`;

/** What the history has of it: on the disk before the confirm, and kept behind it. */
interface Recording {
  readonly stage: string;
  readonly keep: string;
}
const unrecorded: Recording = { stage: "", keep: "" };

/** Disarms, persists, keeps what the history has of it, writes the audit line, releases the lock. */
export function confirmText(
  txn: string,
  guarded: boolean,
  persist: string | undefined,
  audit: string,
  { stage, keep }: Recording = unrecorded,
): string {
  return [
    proofText,
    ...(stage === "" ? [] : [stage]),
    `if ${guarded ? `confirm ${txn}` : "say confirmed"}; then`,
    ...(persist === undefined ? [] : [persist]),
    ...(keep === "" ? [] : [keep]),
    call(`when=${printTime(new Date())}; audit`, [audit]),
    `finish ${txn}`,
    "fi",
  ].join("\n");
}
