import { type Bits, bitsOf } from "../../../declaration/bits";
import type { Family } from "../../../declaration/family";
import type { Flow, Packet } from "../../../declaration/flow";
import type { ObservedRule } from "../../observed/state";
import { circumstances, isOpen } from "../cases";
import { readyFor } from "../compile";
import { lookupCase, packetIn } from "../lookup";
import type { Network } from "../network";
import { pairsOf } from "../pairs";
import { hasOwnRulesOnly } from "../reversePath";
import { printWay, sameWay, type Verdict } from "../verdict";
import { type Addresses, type Alike, addressesOf, isAsked, prefixAsked } from "./alike";
import { changedRules } from "./changed";
import { type MarkClass, marksOf } from "./marks";

/** By which device a packet came in, or to which its socket is bound: of what the host itself sends, one of them at most. */
export interface Door {
  readonly iif?: string;
  readonly oif?: string;
}

/** Packets that go another way after a change, or of which that cannot be told: all with these addresses, mark and door fare alike. */
export interface Moved {
  readonly door: Door;
  readonly mark: MarkClass;
  /** Undefined: a source is not chosen yet. */
  readonly from: Alike | undefined;
  readonly to: readonly Alike[];
  /** What else sets them apart, such as `ipproto 6`; empty where nothing does. */
  readonly only: string;
  /** The way before and after. */
  readonly was: string;
  readonly is: string;
  /** That of them which cannot be told. */
  readonly unsure: string | undefined;
}

type Ways = Pick<Moved, "only" | "was" | "is" | "unsure">;

interface Growing extends Moved {
  readonly to: Alike[];
}

export interface Movement {
  readonly addresses: Addresses;
  readonly marks: readonly MarkClass[];
  readonly moved: readonly Moved[];
  /** Why nothing is said: there are too many kinds of packets. */
  readonly tooMany: boolean;
}

/** Lookups that are made at most: some seconds. */
const most = 1_000_000;

/**
 * Every kind of packet of one family that goes another way in `after` than in `before`: by source, destination, mark and door, cut where
 * rules and routes cut them. What else rules ask for (ports, protocols, users, types of service) is followed both ways.
 */
export function movedBetween(before: Network, after: Network, family: Family): Movement {
  const addresses = addressesOf(before, after, family);
  const rules = [...before.rules, ...after.rules].filter(({ rule }) => rule.family === family);
  const isChanged = changesAt(changedRules(before, after, family), unchosen[family]);
  // With the first rule that is not the kernel's own, the source of all that comes in is looked up.
  const looksBack = family === "inet" && hasOwnRulesOnly(readyFor(before, family)) !== hasOwnRulesOnly(readyFor(after, family));
  const marks = marksOf(rules);
  const open = openIn(rules, before, after, family);
  const moved: Moved[] = [];
  let left = most;
  for (const door of doorsOf(before, rules)) {
    // Made once: to read addresses takes as long as to look them up.
    const base = packetIn(before, { family, ...door, ...open, to: nobody[family], mark: 0 });
    const sources = sourcesBy(door, before, addresses, family);
    for (const from of sources) {
      const together = new Map<string, Growing>();
      const sent = from === undefined ? base : { ...base, from: from.address, fromBits: from.bits };
      for (const to of addresses.alike) {
        const isReversed = door.iif !== undefined && from !== undefined;
        const mayMove = to.isTouched || isChanged(from, to) || (isReversed && (looksBack || from.isTouched || isChanged(to, from)));
        if (!mayMove) continue;
        for (const mark of marks) {
          if (--left < 0) return { addresses, marks, moved: [], tooMany: true };
          const packet = { ...sent, to: to.address, toBits: to.bits, mark: mark.mark };
          // Tens of thousands may move: what fares alike is one at once.
          for (const one of ways(before, after, packet)) {
            const key = `${mark.says} ${one.only}\n${one.was}\n${one.is}`;
            const known = together.get(key);
            if (known !== undefined) known.to.push(to);
            else together.set(key, { ...one, door, mark, from, to: [to] });
          }
        }
      }
      moved.push(...together.values());
    }
  }
  return { addresses, marks, moved, tooMany: false };
}

const nobody: Readonly<Record<Family, string>> = { inet: "0.0.0.0", inet6: "::" };
/** IPv4 compares a source that is not chosen yet as this; IPv6 compares it with nothing. */
const unchosen: Readonly<Record<Family, Bits | undefined>> = { inet: bitsOf(nobody.inet), inet6: undefined };

/** Whether one of these rules may ask for a packet with these addresses. */
function changesAt(rules: readonly ObservedRule[], notChosen: Bits | undefined): (from: Alike | undefined, to: Alike) => boolean {
  const asked = rules.map(({ rule: { not, from, to } }) => (not === true ? {} : { from, to }));
  const table = (name: "from" | "to") => {
    const known = new Map<Alike | undefined, readonly boolean[]>();
    return (one: Alike | undefined): readonly boolean[] => {
      const told = known.get(one) ?? asked.map(({ [name]: prefix }) => isAsked(prefixAsked(prefix), one?.bits ?? notChosen));
      known.set(one, told);
      return told;
    };
  };
  const [byFrom, byTo] = [table("from"), table("to")];
  return (from, to) => {
    const [sources, destinations] = [byFrom(from), byTo(to)];
    return sources.some((isSource, index) => isSource && destinations[index] === true);
  };
}

function ways(before: Network, after: Network, packet: Packet): Ways[] {
  const [now, then] = [lookupCase(before, packet), lookupCase(after, packet)];
  // As a rule nothing is open.
  if (!isOpen(now) && !isOpen(then)) return difference(now, then, "");
  const told = pairsOf(before, after, packet);
  if (!isOpen(told))
    return told.cases.flatMap(({ packet: one, answer }) => difference(answer.now, answer.then, circumstances(one, packet)));
  const unsure = printWay({ kind: "unsure", why: told.why, path: [] });
  return [{ only: "", was: unsure, is: unsure, unsure }];
}

function difference(was: Verdict, is: Verdict, only: string): Ways[] {
  const unsure = [was, is].find(({ kind }) => kind === "unsure");
  if (unsure === undefined && sameWay(was, is)) return [];
  return [{ only, was: printWay(was), is: printWay(is), unsure: unsure && printWay(unsure) }];
}

/** What a packet says beside addresses, mark and door: open where a rule or a route asks for it. */
function openIn(rules: readonly ObservedRule[], before: Network, after: Network, family: Family): Omit<Flow, "family" | "to" | "mark"> {
  const asksTos =
    rules.some(({ rule }) => (rule.tos ?? rule.dscp) !== undefined) ||
    [before, after].some(({ routes }) => routes.some(({ route }) => route.family === family && route.tos !== undefined));
  return {
    uid: rules.some(({ rule }) => rule.uidrange !== undefined) ? undefined : 0,
    ipproto: undefined,
    sport: undefined,
    dport: undefined,
    tos: asksTos ? Array.from({ length: 64 }, (_, dscp) => 4 * dscp) : [0],
  };
}

/** The host itself, its sockets bound to a device where a rule asks for one, and each device by which packets come in. */
function doorsOf({ links }: Network, rules: readonly ObservedRule[]): Door[] {
  const named = (name: "iif" | "oif"): string[] => [...new Set(rules.flatMap(({ rule }) => rule[name] ?? []))];
  const coming = links === undefined ? named("iif") : links.flatMap(({ name, up }) => (up ? [name] : []));
  return [{}, ...named("oif").map((oif) => ({ oif })), ...coming.flatMap((iif) => (iif === "lo" ? [] : [{ iif }]))];
}

/** A host sends from its own addresses, or has not chosen yet. */
function sourcesBy({ iif }: Door, { addresses: own }: Network, { alike }: Addresses, family: Family): (Alike | undefined)[] {
  if (iif !== undefined) return [...alike];
  if (own === undefined) return [undefined, ...alike];
  const mine = new Set(own.flatMap((one) => (one.family === family ? [one.address] : [])));
  return [undefined, ...alike.filter(({ parts }) => parts.some(({ prefix }) => mine.has(prefix)))];
}
