// What released versions answered, a file a version. One that is there is never written again; every later version reads them all.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { version } from "../../../provider/src/runtime/version";

export const properties = z.record(z.string(), z.json());

/** `UPDATE=1` records what this version answers, once a release. */
export const isRecording = process.env["UPDATE"] !== undefined;

export interface Recording<Call> {
  readonly version: string;
  readonly calls: readonly Call[];
}

export const recordingsIn = <Call>(folder: string, call: z.ZodType<Call>): Recording<Call>[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({
      version: basename(name, ".json"),
      calls: z.array(call).parse(JSON.parse(readFileSync(join(folder, name), "utf8"))),
    }));

export const keep = (folder: string, calls: readonly unknown[]): void =>
  writeFileSync(join(folder, `${version()}.json`), `${JSON.stringify(calls, undefined, 1)}\n`, { flag: "wx" });

/** What `plugin/recorded.test.ts` keeps of a resource: calls that ask no host. */
export const quietFolder = join(__dirname, "recorded");
export const quiet = z.object({
  kind: z.string(),
  /** What the program said. */
  news: properties,
  inputs: properties,
  /** States that hold it: as the first version kept it, and without what the inputs say. */
  states: z.array(z.object({ outputs: properties, inputs: properties })),
  /** What becomes of both where the login alone is another. */
  updated: properties,
});
