import { escapeLine } from "../../errors";
import type { Declared, Refused } from "../../kernel/takeover/declare";
import type { Place, Told } from "../../kernel/takeover/reading";

/** Lines that are to go once `pulumi up` has taken over, and what reads their file again. */
export interface Removal {
  readonly places: readonly Place[];
  readonly again: string;
}

/** `interfaces:1-5, 8`; of what stands on the host, the entries. */
function placesOf(all: readonly Told[]): string {
  const files = new Map<string, Range[]>();
  const entries: string[] = [];
  for (const { place, entry } of all) {
    if (entry !== undefined) entries.push(entry);
    else if (place.line === 0) files.set(place.file, []);
    else files.set(place.file, [...(files.get(place.file) ?? []), [place.line, place.to ?? place.line]]);
  }
  const most = 5;
  const shown = entries.length > most ? [...entries.slice(0, most), `and ${entries.length - most} more`] : entries;
  return [...shown, ...[...files].map(([file, lines]) => (lines.length === 0 ? file : `${file}:${ranges(lines)}`))].join("; ");
}

type Range = readonly [from: number, to: number];

function ranges(lines: readonly Range[]): string {
  const found: Range[] = [];
  for (const [from, to] of [...lines].sort(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && from <= last[1] + 1) found[found.length - 1] = [last[0], Math.max(to, last[1])];
    else found.push([from, to]);
  }
  return found.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
}

function grouped<One extends Told>(all: readonly One[]): [what: string, of: One[]][] {
  const groups = new Map<string, One[]>();
  for (const one of all) groups.set(one.what, [...(groups.get(one.what) ?? []), one]);
  return [...groups];
}

const nextOf = (all: readonly Refused[]): string[] => all.flatMap(({ next }) => (next === undefined ? [] : [`- ${next}`]));

/** Four lists, always: what is not in the program above, and what a person does then. */
export function printTold({ leftOut, refused, notes }: Declared, removals: readonly Removal[], mark: string): string {
  const lists: [string, string[]][] = [
    ["left out", grouped(leftOut).map(([what, of]) => `${placesOf(of)} (${what})`)],
    ["cannot be declared", grouped(refused).flatMap(([what, of]) => [`${placesOf(of)} (${what})`, ...nextOf(of)])],
    [
      "remove there, once pulumi up has taken over",
      grouped(removals.flatMap(({ places, again }) => places.map((place) => ({ place, what: again })))).map(
        ([again, of]) => `${placesOf(of)} (${again})`,
      ),
    ],
    ["notes", [...notes]],
  ];
  return lists
    .flatMap(([heading, lines]) => [
      `${mark} ${heading}:${lines.length === 0 ? " nothing" : ""}`,
      ...lines.map((line) => `${mark}   ${escapeLine(line)}`),
    ])
    .join("\n");
}
