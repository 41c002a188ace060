import type { Answered } from "./controller";
import type { Fault } from "./faults/fault";
import type { Report } from "./steps";
import { type Seen, survives, type Truth, truthOf, untouchedProblems } from "./truth";
import { at, changes, isEqual, isReordered } from "./view";

/** `lost`: the host cannot be reached. `wrong`: it is as nobody wanted it. `misreported`: what was told is not so. */
export type FailingKind = "lost" | "wrong" | "misreported";
export interface Failing {
  readonly kind: FailingKind;
  readonly text: string;
}

export type Outcome = "applied" | "reverted" | "differs" | "unknown" | "halfway" | "unchanged" | "unreported";

/** A person sees the message: its words decide. */
const endings: readonly (readonly [Outcome, RegExp])[] = [
  ["reverted", /reverted \(verified\)/],
  ["differs", /reverted, but differs: \S/],
  ["unknown", /unknown: .* since \S+Z; (its guard fires at \S+Z|nothing guards it): /],
  ["halfway", /gone until the next boot only: /],
];

const endingsIn = (message: string): Outcome[] => endings.filter(([, words]) => words.test(message)).map(([name]) => name);

export function outcomeOf({ reply }: Answered): Outcome {
  if (reply === undefined) return "unreported";
  if (reply.failed === undefined) return "applied";
  return endingsIn(reply.failed.message)[0] ?? "unchanged";
}

export interface Case extends Seen {
  readonly fault: Fault;
  /** performance.now() when the fault was healed. */
  readonly healedAt: number;
  /** Whether the fault found something to strike. */
  readonly isStruck: boolean;
  /** How many transactions were undone on the host meanwhile, by its audit. */
  readonly undone: number;
}

/** Is the state one of those that are allowed, and does each report say which? */
export function judge(one: Case): Failing[] {
  const { reports, undone } = one;
  const failings: Failing[] = untouchedProblems(one).map((text) => ({ kind: "wrong", text }));
  for (const report of reports) {
    const { step, answered } = report;
    const truth = truthOf(one, step);
    const name = `${step.call.method} ${step.name}`;
    // A move between two hosts has a middle, a boot leaves the files of names as they are, and an undo that fails or cannot look leaves anything.
    const mayBeBetween =
      one.fault.jams === true ||
      one.fault.blinds === true ||
      (truth.each && (step.wanted?.door === "spare" || one.damage.rebooted !== undefined));
    if (!truth.before && !truth.after && !mayBeBetween)
      failings.push({ kind: "wrong", text: `${name}: neither before nor after: ${slotsText(one, report)}` });
    const problem =
      answered === undefined
        ? truth.before
          ? undefined
          : "was not asked for, and it is changed"
        : problemOf(one, report, answered, truth);
    if (problem !== undefined)
      failings.push({
        kind: "misreported",
        text: `${name}: ${problem}: ${answered?.reply?.failed?.message ?? "no error"}\n      ${slotsText(one, report)}`,
      });
  }
  const told = reports.flatMap(({ answered }) => (answered === undefined ? [] : [outcomeOf(answered)]));
  if (undone > 0 && !told.some((outcome) => ["reverted", "differs", "unknown", "unreported"].includes(outcome)))
    failings.push({ kind: "misreported", text: `the host undid a transaction, and what was told is: ${told.join(", ")}` });
  // A removal has the guard that was declared, which may be too short.
  const isUndone = ({ step, answered }: Report): boolean =>
    step.wanted !== undefined && answered !== undefined && ["reverted", "differs", "unknown"].includes(outcomeOf(answered));
  if (one.fault.bears === true && reports.some(isUndone))
    failings.push({ kind: "misreported", text: "undone for nothing: such a fault must not stop a change" });
  return failings;
}

/** A host may have come back this long before a report says that it did not: the last dial was under way. */
const dialTime = 12_000;

function problemOf(one: Case, { step }: Report, answered: Answered, truth: Truth): string | undefined {
  const { fault, before, after, damage, healedAt, isStruck } = one;
  const { failed } = answered.reply ?? {};
  const message = failed?.message ?? "";
  const outcome = outcomeOf(answered);
  if (endingsIn(message).length > 1) return "more than one ending";
  // Where the life cycle depends on it, the error says the same to the engine.
  const told = failed?.outcome;
  if (told !== undefined && told !== outcome) return `${told} to the engine, and another word to the person`;
  if (failed?.kind === "bug" || failed?.kind === "protocol") return `a ${failed.kind}`;
  const slots = [...step.after.keys()];
  switch (outcome) {
    case "unreported":
      return undefined;
    case "applied":
      // A removal demands nothing.
      if (fault.forbids === true && !truth.before && step.wanted !== undefined) return "applied, and it must not be";
      return truth.after ? undefined : "said to be applied, and it is not";
    case "halfway":
      return truth.after ? undefined : "said to be gone for now, and it is not";
    case "reverted": {
      if (fault.jams === true && isStruck && answered.at < healedAt) return "said to be as before, while nothing could be undone";
      // What a reboot or a removed device took is not as it was before, and that must be said.
      const isTaken = (slot: string): boolean =>
        damage.early === true && damage.gone !== undefined && isEqual(at(after, slot), survives(one, slot, at(before, slot)));
      const isAsBefore = (slot: string): boolean =>
        (isEqual(at(after, slot), at(before, slot)) || isTaken(slot)) && !isReordered(before, after, slot);
      return slots.filter(isHere).every(isAsBefore) ? undefined : "said to be as before, and it is not";
    }
    case "differs": {
      if (doubts.test(message) && (fault.jams === true || fault.blinds === true)) return undefined;
      const changed = changes(before, after);
      // What it stood on was gone: that it could not be put back is true. A service may have put it back since.
      const isTaken = (slot: string): boolean =>
        isIn(message, slot) &&
        (at(after, slot).length === 0 || isEqual(at(after, slot), at(before, slot))) &&
        at(before, slot).some((text) => damage.gone?.(slot, text) === true);
      if (doubts.test(message) && (unread.test(message) || ![...before.ours.keys()].some(isTaken))) return "doubts what can be seen";
      const unsaid = changed.filter((slot) => step.after.has(slot) && isHere(slot) && !isIn(message, slot));
      if (unsaid.length > 0 && !cut.test(message)) return `does not say that ${unsaid.join(", ")} differs`;
      const isSo = (slot: string): boolean => isIn(message, slot) && (changed.includes(slot) || isReordered(before, after, slot));
      const mayBeMended = damage.gone !== undefined || damage.rebooted !== undefined || fault.jams === true;
      return mayBeMended || [...new Set([...before.ours.keys(), ...changed])].some(isSo) ? undefined : "said to differ, and it does not";
    }
    case "unknown":
      return fault.blinds !== true && fault.jams !== true && answered.at > healedAt + dialTime ? "the host could be reached" : undefined;
    case "unchanged": {
      // A move is made there before it is taken away here, and the message names the host that it is about.
      const isUnchangedHere = truth.each && slots.filter(isHere).every((slot) => isEqual(at(after, slot), at(before, slot)));
      const isMove = step.wanted?.door === "spare";
      return truth.before || (isMove && isUnchangedHere) ? undefined : "said to be unchanged, and it is not";
    }
  }
}

/** Where the host itself says that it cannot tell what is there, or that its undo failed. */
const doubts = /could not be read|undo/i;
const unread = /could not be read/;
/** A list of hundreds is cut off. */
const cut = /\.\.\. \(\d+ more characters\)/;
/** What is said of one host says nothing of the spare one. */
const isHere = (slot: string): boolean => !slot.startsWith("spare: ");
const isIn = (message: string, slot: string): boolean => message.includes(`${slot.replace(/ proto \d+$/, "")}: was `);

function slotsText({ before, after }: Case, { step }: Report): string {
  const print = (texts: readonly string[]): string => texts.join("; ") || "nothing";
  return [...step.after]
    .filter(([slot, wanted]) => !isEqual(at(after, slot), wanted) || !isEqual(at(after, slot), at(before, slot)))
    .slice(0, 6)
    .map(([slot, wanted]) => `${slot}: was ${print(at(before, slot))}, wanted ${print(wanted)}, is ${print(at(after, slot))}`)
    .join(", ");
}
