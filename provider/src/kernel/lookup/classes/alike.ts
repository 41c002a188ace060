import { type Bits, bitsOf, holdsBits, type PrefixBits, prefixBitsOf } from "../../../declaration/bits";
import type { Family } from "../../../declaration/family";
import { readyFor } from "../compile";
import type { Network } from "../network";
import { Effects } from "./effects";
import { type Part, partsOf } from "./partition";

/** Addresses that no rule and no table tells apart: as source, as destination, and on the way back. */
export interface Alike {
  readonly parts: readonly Part[];
  readonly address: string;
  readonly bits: Bits;
  /** The change gives tables other routes for them. */
  readonly isTouched: boolean;
}

/** All addresses of a family, by how two networks treat them. */
export interface Addresses {
  readonly parts: readonly Part[];
  readonly alike: readonly Alike[];
}

/** Addresses that the kernel treats on their own, whatever rules say. */
const special: Readonly<Record<Family, readonly string[]>> = {
  inet: ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255"],
  inet6: ["::", "::1", "fe80::/10", "ff00::/8"],
};

export function addressesOf(before: Network, after: Network, family: Family): Addresses {
  const selecting = new Set([...special[family], ...prefixesIn(before, family), ...prefixesIn(after, family)]);
  const routed = [before, after].flatMap(({ routes }) =>
    routes.flatMap(({ route }) => (route.family === family ? [route.destination] : [])),
  );
  const parts = partsOf([...selecting, ...routed.filter((destination) => destination !== "default")], family);
  const effects = new Effects([before, after].flatMap(({ rules }) => rules.flatMap(({ rule }) => rule.suppressPrefixlength ?? [])));
  const [was, is] = [readyFor(before, family), readyFor(after, family)];
  const tables = [...new Set([...was.tables.numbers, ...is.tables.numbers])];
  // Most tables have a default alone, and so the same for every address: what it is, is found once.
  const isParted = (table: number): boolean => was.tables.parts(table) || is.tables.parts(table);
  const [parted, whole] = [tables.filter(isParted), tables.filter((table) => !isParted(table))];
  const allTouched = parts.slice(0, 1).some(({ bits }) => effects.of(was, whole, bits) !== effects.of(is, whole, bits));
  const found = new Map<string, Alike & { readonly parts: Part[] }>();
  for (const part of parts) {
    if (part.address === undefined) continue;
    const bits = bitsOf(part.address);
    const [now, then] = [effects.of(was, parted, bits), effects.of(is, parted, bits)];
    const key = [selectorOf(part, selecting), now, then].join("\n");
    const known = found.get(key);
    if (known === undefined) found.set(key, { parts: [part], address: part.address, bits, isTouched: allTouched || now !== then });
    else known.parts.push(part);
  }
  return { parts, alike: [...found.values()] };
}

/** Prefixes by which a network tells packets apart other than by the way that it has for them; sources and destinations change places on the way back. */
const prefixesIn = ({ rules, routes, addresses }: Network, family: Family): string[] => [
  ...rules.flatMap(({ rule }) => (rule.family === family ? [rule.from, rule.to].filter((prefix) => prefix !== undefined) : [])),
  ...routes.flatMap(({ route }) => (route.family === family && route.from !== undefined ? [route.from] : [])),
  ...(addresses ?? []).flatMap((one) => (one.family === family ? [one.address] : [])),
];

/** Selecting prefixes that hold an address are a chain: the longest of them says which. */
function selectorOf(part: Part, selecting: ReadonlySet<string>): string {
  let one: Part | undefined = part;
  while (one !== undefined && !selecting.has(one.prefix)) one = one.within;
  return one?.prefix ?? "";
}

/** Where a rule may ask for an address. */
export const prefixAsked = (prefix: string | undefined): PrefixBits | undefined =>
  prefix === undefined ? undefined : prefixBitsOf(prefix);
export const isAsked = (prefix: PrefixBits | undefined, bits: Bits | undefined): boolean =>
  prefix === undefined || (bits !== undefined && holdsBits(prefix, bits));
