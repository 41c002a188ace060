import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { z } from "zod";
import type { Host } from "../lab/lab";
import { must } from "../lab/run";
import { Recorded } from "./recorded";

/** What of a host carries our tag, in the kernel's words: equal texts mean that nothing of ours is missing and nothing is too much. */
export async function ours(host: Pick<Host, "namespace">): Promise<string> {
  return (await entries(host)).filter((line) => isOurs.test(line)).join("\n");
}

/** What carries no tag of ours. */
export async function others(host: Pick<Host, "namespace">): Promise<string> {
  return (await entries(host)).filter((line) => !isOurs.test(line)).join("\n");
}

const isOurs = / proto 21[45]\b/;

async function entries({ namespace }: Pick<Host, "namespace">): Promise<string[]> {
  const show = async (...words: string[]): Promise<string[]> => {
    const lines = (await must(["ip", "-n", namespace, "-N", "-o", ...words])).split("\n");
    return lines.map((line) => line.replace(/ (linkdown|dead)\b/g, "").trim()).filter((line) => line !== "");
  };
  const parts = await Promise.all([
    show("-4", "rule", "show"),
    show("-6", "rule", "show"),
    show("-4", "route", "show", "table", "all"),
    show("-6", "route", "show", "table", "all"),
    show("nexthop", "show"),
  ]);
  return parts.flatMap((lines) => lines.sort());
}

const rowSchema = z.object({
  suite: z.string(),
  backend: z.string(),
  manager: z.string(),
  event: z.string(),
  held: z.number(),
  of: z.number(),
  /** The longest time that it took. */
  seconds: z.number(),
});
type Row = z.infer<typeof rowSchema>;

const rows: Row[] = [];
export const held = new Recorded(join(__dirname, "held.json"), rowSchema, ({ suite, backend, manager, event }) => [
  suite,
  backend,
  manager,
  event,
]);

/** What is recorded goes to docs/compatibility.md. */
export function note(row: Row): void {
  rows.push(row);
  held.note(row);
}

export const printHeld = (): string => heldTable(rows);

/** A line for every event that a backend hears of: what it does not hear of it does not put back. */
export function heldTable(all: readonly Row[]): string {
  const suites = [...new Set(all.map(({ suite }) => suite))];
  const lines = [...new Set(all.map(({ backend, manager, event }) => [backend, manager, event].join("\t")))];
  const cell = (row: Row | undefined): string => (row === undefined ? "" : `${row.held} of ${row.of}, ${row.seconds.toFixed(1)} s`);
  const table = [
    ["backend", "links managed by", "what happens", ...suites],
    ...lines.map((line) => {
      const [backend = "", manager = "", event = ""] = line.split("\t");
      const found = (suite: string) =>
        all.find((row) => row.suite === suite && row.backend === backend && row.manager === manager && row.event === event);
      return [backend, manager, event, ...suites.map((suite) => cell(found(suite)))];
    }),
  ];
  return markdownTable(table, { alignDelimiters: false });
}
