import type { Attribute } from "../../declaration/attribute";
import type { Matcher, Packet } from "../../declaration/flow";
import { ruleAttributes } from "../../declaration/rule/rule";

/** What a rule or a route asks of a packet. */
export interface Question {
  /** In the words of `ip`; undefined for what is not understood, which cannot be taken one way or the other. */
  readonly asks: string | undefined;
  readonly matches: Matcher;
  /** The selector of rules that asks, and for what; undefined for what only a route asks. */
  readonly selector?: { readonly name: string; readonly value: unknown };
}

/** A lookup came upon a question that the packet does not answer. */
export interface Open {
  readonly kind: "open";
  readonly question: Question;
  readonly why: string;
}

/** What becomes of a packet in one of the cases that may occur. */
export interface Case<Answer> {
  readonly packet: Packet;
  readonly answer: Answer;
}

/** At least one. */
export interface Cases<Answer> {
  readonly kind: "cases";
  readonly cases: readonly Case<Answer>[];
}

/** Of more cases than this it is not told what becomes of them. */
const most = 64;

/**
 * All that may become of a packet of which something is open: each question is followed both ways, the way of those that it does not fit
 * first. Where that is too much, or a question is not understood, what is open.
 */
export function casesOf<Answer extends { readonly kind: unknown }>(
  packet: Packet,
  ask: (packet: Packet) => Answer | Open,
): Cases<Answer> | Open {
  const told: Case<Answer>[] = [];
  const left = [packet];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const answer = ask(next);
    if (!isOpen(answer)) told.push({ packet: next, answer });
    else {
      const parted = partedBy(answer.question, next);
      if (parted.length === 0 || told.length + left.length + parted.length > most) return answer;
      left.push(...parted);
    }
  }
  return { kind: "cases", cases: told };
}

export const isOpen = <Answer extends { readonly kind: unknown }>(answer: Answer | Open): answer is Open => answer.kind === "open";

/** The packets that it fits, and those that it does not. */
function partedBy({ asks, matches, selector }: Question, packet: Packet): Packet[] {
  if (asks === undefined) return [];
  const byTos = packet.tos.map((tos) => ({ tos, fits: matches({ ...packet, tos: [tos] }) }));
  const having = (fits: boolean): Packet => ({ ...packet, tos: byTos.filter((one) => one.fits === fits).map(({ tos }) => tos) });
  if (byTos.length > 1 && byTos.every(({ fits }) => fits !== "unknown")) return [having(true), having(false)];
  const { name, value } = selector ?? { name: asks, value: undefined };
  const assuming = (fits: boolean): Packet => ({
    ...packet,
    assumed: new Map([...packet.assumed, [asks, { selector: name, value, fits }]]),
  });
  return [assuming(true), assuming(false)].filter((one) => mayOccur(one, name));
}

/** Whether there is a packet of which all is so that is taken to be so in one selector: no packet has two marks. */
function mayOccur(packet: Packet, selector: string): boolean {
  const assumed = [...packet.assumed.values()].filter((one) => one.selector === selector);
  const values = (fits: boolean): unknown[] => assumed.flatMap((one) => (one.fits === fits ? [one.value] : []));
  return selectors.get(selector)?.occurs?.(values(true), values(false), packet) ?? true;
}

const selectors: ReadonlyMap<string, Attribute> = new Map(Object.entries<Attribute>(ruleAttributes));

/** For a person: what sets this case apart. */
export function circumstances({ assumed, tos }: Packet, of: Packet): string {
  const taken = [...assumed].map(([asks, { fits }]) => (fits ? asks : `not ${asks}`));
  const types = tos.length === of.tos.length ? [] : [`type of service ${tos.map((one) => `0x${one.toString(16)}`).join(" or ")}`];
  return [...types, ...taken].join(", ");
}
