import { canonicalAddress, familyOf, parsePrefix } from "./address";
import type { Family } from "./family";

/** An address as words of 32 bits, the first first: one for IPv4, four for IPv6. What is compared for every packet is compared as numbers. */
export type Bits = readonly number[];

export interface PrefixBits {
  readonly bits: Bits;
  readonly length: number;
}

/** The bits of a canonical address. */
export function bitsOf(address: string): Bits {
  return familyOf(address) === "inet" ? [word4(address)] : words6(address);
}

function word4(address: string): number {
  let word = 0;
  let part = 0;
  for (let index = 0; index < address.length; index++) {
    const code = address.charCodeAt(index);
    if (code === 46) {
      word = (word << 8) | part;
      part = 0;
    } else part = part * 10 + code - 48;
  }
  return ((word << 8) | part) >>> 0;
}

function words6(address: string): Bits {
  // The last two groups may be written as an IPv4 address.
  const dotted = address.lastIndexOf(":") + 1;
  const low = address.includes(".") ? word4(address.slice(dotted)) : undefined;
  const text = low === undefined ? address : `${address.slice(0, dotted)}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`;
  const [head = "", tail] = text.split("::");
  const groups = (part: string): number[] => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return [0, 2, 4, 6].map((at) => (((all[at] ?? 0) << 16) | (all[at + 1] ?? 0)) >>> 0);
}

/** The bits of a canonical prefix or address. */
export function prefixBitsOf(text: string): PrefixBits {
  const prefix = parsePrefix(text);
  return prefix === undefined ? { bits: [], length: 0 } : { bits: bitsOf(prefix.address), length: prefix.length };
}

/** Bit `at` of an address, the first being 0. */
export const bitAt = (bits: Bits, at: number): number => ((bits[at >>> 5] ?? 0) >>> (31 - (at & 31))) & 1;

/** How many bits two addresses have in common from the first on. */
export function commonBits(a: Bits, b: Bits): number {
  for (let word = 0; word < a.length; word++) {
    const difference = ((a[word] ?? 0) ^ (b[word] ?? 0)) >>> 0;
    if (difference !== 0) return 32 * word + Math.clz32(difference);
  }
  return 32 * a.length;
}

export const holdsBits = ({ bits, length }: PrefixBits, address: Bits): boolean => commonBits(bits, address) >= length;

/** The address of these bits, as `ip` prints it. */
export function addressOf(bits: Bits, family: Family): string {
  if (family === "inet") return [24, 16, 8, 0].map((shift) => ((bits[0] ?? 0) >>> shift) & 255).join(".");
  const groups = bits.flatMap((word) => [word >>> 16, word & 0xffff]).map((group) => group.toString(16));
  return canonicalAddress(groups.join(":")) ?? groups.join(":");
}
