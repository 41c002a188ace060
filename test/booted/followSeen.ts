// How soon a host follows its uplink: a row for each event, client and release, printed by `npm run test:uplinks` and kept for the documents.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { z } from "zod";
import { Recorded } from "./recorded";

/** Seconds from what the kernel says of the device until the host follows. */
export const promised = 2;

const rowSchema = z.object({
  client: z.string(),
  event: z.string(),
  /** The release, or the kernel. */
  suite: z.string(),
  times: z.number(),
  median: z.number(),
  longest: z.number(),
  /** How many took longer. */
  late: z.number(),
});
type Row = z.infer<typeof rowSchema>;

export const followed = new Recorded(join(__dirname, "followed.json"), rowSchema, ({ client, event, suite }) => [client, event, suite]);
const rows: Row[] = [];

/** Lets something happen so many times, `once` tells how many seconds it took, and all have to be in time. */
export async function row(
  where: Pick<Row, "client" | "event" | "suite">,
  times: number,
  once: (time: number) => Promise<number>,
  within = promised,
): Promise<void> {
  const all: number[] = [];
  for (let time = 0; time < times; time++) {
    const seconds = await once(time);
    all.push(seconds);
    if (times > 5) console.log(`      ${where.event} ${time + 1}: ${seconds.toFixed(2)} s`);
  }
  all.sort((a, b) => a - b);
  const late = all.filter((one) => one > within);
  const hundredths = (seconds = 0): number => Math.round(100 * seconds) / 100;
  const [median, longest] = [hundredths(all[Math.floor(all.length / 2)]), hundredths(all.at(-1))];
  const one = { ...where, times, median, longest, late: late.length };
  rows.push(one);
  followed.note(one);
  console.log(`      ${where.event}: ${times} times, ${longest.toFixed(2)} s at most`);
  assert.deepEqual(late, []);
}

/** For who ran the whole of it; once. */
export function printFollowed(): void {
  const all = rows.splice(0);
  if (all.length > 0) console.log(`\n${followedTable(all).replaceAll(/^/gm, "      ")}`);
}

const cell = (one: Row | undefined): string =>
  one === undefined ? "" : `${one.times - one.late} of ${one.times}, ${one.longest.toFixed(1)} s`;

/** A line for each client and event, a column for each release. */
export function followedTable(all: readonly Row[]): string {
  const known = ["bullseye", "bookworm", "trixie"];
  const suites = [...known.filter((suite) => all.some((one) => one.suite === suite)), ...new Set(all.map(({ suite }) => suite))];
  const columns = [...new Set(suites)];
  const clients = [...new Set(all.map(({ client }) => client))];
  const lines = clients.flatMap((client) => {
    const own = all.filter((one) => one.client === client);
    return [...new Set(own.map(({ event }) => event))].map((event) => ({ client, event }));
  });
  return markdownTable(
    [
      ["leased or announced by", "what happens", ...columns],
      ...lines.map(({ client, event }) => [
        client,
        event,
        ...columns.map((suite) => cell(all.find((one) => one.client === client && one.event === event && one.suite === suite))),
      ]),
    ],
    { alignDelimiters: false },
  );
}
