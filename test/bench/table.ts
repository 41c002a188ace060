// The table of docs/figures.md, from the file of a run: `tsx test/bench/table.ts FILE`.
import { readFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { type Row, readRows } from "./rows";

const time = (seconds: number): string => (seconds < 0.1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`);

function figure({ figures = [] }: Row): string {
  return figures
    .map(({ figure: says, ratio, limit }) => `${says} = ${ratio.toFixed(2)} (at most ${limit})${ratio > limit ? " **missed**" : ""}`)
    .join("; ");
}

export function tableOf(rows: readonly Row[]): string {
  const head = ["case", "hosts", "objects a host", "median", "figure", "logins", "MiB"];
  const lines = rows.map((row) => [
    `\`${row.case}\``,
    String(row.hosts),
    String(row.objectsPerHost),
    time(row.seconds),
    figure(row),
    row.logins === undefined ? "" : String(row.logins),
    row.memory === undefined ? "" : String(row.memory),
  ]);
  return markdownTable([head, ...lines], { align: ["l", "r", "r", "r", "l", "r", "r"], alignDelimiters: false });
}

const bytes = (size: number | undefined, limit: number): string =>
  `${size} bytes (at most ${limit})${size !== undefined && size > limit ? " **missed**" : ""}`;

/** What the state holds of compact JSON, as a sentence. */
export function sizesOf(rows: readonly Row[]): string {
  const sizes = rows.find((row) => row.case === "granular-up" && row.providerBytes !== undefined);
  const whole = rows.find((row) => row.case === "host-routing-up" && row.objectsPerHost === 22 && row.entryBytes !== undefined);
  return [
    ...(sizes === undefined
      ? []
      : [`State: \`__provider\` ${bytes(sizes.providerBytes, 150)}, the largest resource of one entry ${bytes(sizes.entryBytes, 1638)}.`]),
    ...(whole === undefined ? [] : [`A HostRouting of 22 entries: ${bytes(whole.entryBytes, 3584)}.`]),
  ].join(" ");
}

if (require.main === module) {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error("usage: tsx test/bench/table.ts FILE");
  const rows = readRows(readFileSync(file, "utf8"));
  console.log([tableOf(rows), sizesOf(rows)].join("\n\n").trimEnd());
}
