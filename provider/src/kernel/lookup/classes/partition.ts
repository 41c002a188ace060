import { everythingOf } from "../../../declaration/address";
import { addressOf, type Bits, bitAt, holdsBits, type PrefixBits, prefixBitsOf } from "../../../declaration/bits";
import type { Family } from "../../../declaration/family";

/** The addresses of a prefix that no longer prefix among those that matter has: all of them fare alike, as far as prefixes go. */
export interface Part extends PrefixBits {
  readonly prefix: string;
  readonly within: Part | undefined;
  readonly parts: readonly Part[];
  /** One of them; undefined where longer prefixes leave none. */
  readonly address: string | undefined;
}

interface Growing extends PrefixBits {
  readonly prefix: string;
  readonly within: Growing | undefined;
  readonly parts: Growing[];
  address: string | undefined;
}

/** All addresses of a family, cut at prefixes: the shorter ones before what is in them. */
export function partsOf(prefixes: Iterable<string>, family: Family): readonly Part[] {
  const whole = everythingOf(family);
  const sorted = [...new Set([whole, ...prefixes])].map((prefix) => ({ prefix, ...prefixBitsOf(prefix) })).sort(byPlace);
  const all: Growing[] = [];
  let inside: Growing | undefined;
  for (const one of sorted) {
    while (inside !== undefined && !holdsBits(inside, one.bits)) inside = inside.within;
    const part: Growing = { ...one, within: inside, parts: [], address: undefined };
    inside?.parts.push(part);
    all.push(part);
    inside = part;
  }
  for (const part of all) {
    const free = freeIn(part, part.parts);
    part.address = free === undefined ? undefined : addressOf(free, family);
  }
  return all;
}

function byPlace(a: PrefixBits, b: PrefixBits): number {
  for (let word = 0; word < a.bits.length; word++) if (a.bits[word] !== b.bits[word]) return (a.bits[word] ?? 0) - (b.bits[word] ?? 0);
  return a.length - b.length;
}

/** An address of a prefix that is in none of these, all of which lie in it. */
function freeIn({ bits, length }: PrefixBits, taken: readonly PrefixBits[]): Bits | undefined {
  if (taken.length === 0) return bits;
  if (taken.some((one) => one.length <= length)) return undefined;
  for (const half of [0, 1]) {
    const at = half === 0 ? bits : withBit(bits, length);
    const free = freeIn(
      { bits: at, length: length + 1 },
      taken.filter((one) => bitAt(one.bits, length) === half),
    );
    if (free !== undefined) return free;
  }
  return undefined;
}

const withBit = (bits: Bits, at: number): Bits =>
  bits.map((word, index) => (index === at >>> 5 ? (word | (1 << (31 - (at & 31)))) >>> 0 : word));

/** For a person: prefixes, each without those in it that are not meant. `undefined`: all there are. */
export function printParts(meant: ReadonlySet<Part>, all: readonly Part[]): string | undefined {
  const there = all.filter(({ address }) => address !== undefined);
  if (there.every((part) => meant.has(part))) return undefined;
  const isMeant = (part: Part): boolean =>
    part.address === undefined ? part.parts.length > 0 && part.parts.every(isMeant) : meant.has(part);
  const tops = all.filter((part) => isMeant(part) && (part.within === undefined || !isMeant(part.within)));
  const shown = tops.length > most + 1 ? tops.slice(0, most) : tops;
  const more = tops.length - shown.length;
  return [...shown.map((part) => `${part.prefix}${but(exceptions(part, isMeant))}`), ...(more === 0 ? [] : [`${more} more prefixes`])].join(
    ", ",
  );
}

/** The outermost prefixes in it that are not meant. */
const exceptions = (part: Part, isMeant: (part: Part) => boolean): Part[] =>
  part.parts.flatMap((one) => (isMeant(one) ? exceptions(one, isMeant) : [one]));

const most = 3;
function but(parts: readonly Part[]): string {
  if (parts.length === 0) return "";
  const named = parts.length > most ? `${parts.length} longer prefixes` : parts.map(({ prefix }) => prefix).join(", ");
  return ` but not ${named}`;
}
