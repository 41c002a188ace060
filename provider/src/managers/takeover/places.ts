import type { Told } from "./reading";

/** `interfaces:1-5, 8`; of what stands on the host, the entries. */
export function placesOf(all: readonly Told[]): string {
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

/** By what is told of them. */
export const grouped = <One extends Told>(all: readonly One[]): [what: string, of: One[]][] => [...Map.groupBy(all, ({ what }) => what)];
