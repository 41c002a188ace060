// The README's table, from the file of a run: `tsx test/bench/table.ts FILE`.
import { readFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { type Row, readRows } from "./rows";

const time = (seconds: number): string => (seconds < 0.1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`);

function figure({ figure: says, ratio, limit }: Row): string {
  if (says === undefined || ratio === undefined || limit === undefined) return "";
  return `${says} = ${ratio.toFixed(2)} (at most ${limit})${ratio > limit ? " **missed**" : ""}`;
}

export function tableOf(rows: readonly Row[]): string {
  const head = ["case", "hosts", "objects a host", "median", "figure", "logins"];
  const lines = rows.map((row) => [
    `\`${row.case}\``,
    String(row.hosts),
    String(row.objectsPerHost),
    time(row.seconds),
    figure(row),
    row.logins === undefined ? "" : String(row.logins),
  ]);
  return markdownTable([head, ...lines], { align: ["l", "r", "r", "r", "l", "r"] });
}

/** What the state holds, as a sentence. */
export function sizesOf(rows: readonly Row[]): string {
  const sizes = rows.find(({ providerBytes }) => providerBytes !== undefined);
  return sizes === undefined
    ? ""
    : `State: \`__provider\` ${sizes.providerBytes} bytes (at most 150), the largest resource ${sizes.entryBytes} bytes of compact JSON (at most 2048).`;
}

if (require.main === module) {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error("usage: tsx test/bench/table.ts FILE");
  const rows = readRows(readFileSync(file, "utf8"));
  console.log([tableOf(rows), sizesOf(rows)].join("\n\n").trimEnd());
}
