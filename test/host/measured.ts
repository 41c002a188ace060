// A controller of its own, so that its memory can be told: makes, changes, reads and removes one resource, and prints what each took.
import { closeHosts } from "../../provider/src/host/host";
import { create, type Fields, type Made, read, remove, update } from "./resource";

/** Seconds that it took, and the most memory that the process had until then. */
export interface Took {
  readonly what: string;
  readonly seconds: number;
  readonly mebibytes: number;
}

async function main(): Promise<void> {
  const [kind = "", fields = "{}", change = "{}"] = process.argv.slice(2);
  const took: Took[] = [];
  const measure = async <Result>(what: string, action: () => Promise<Result>): Promise<Result> => {
    const began = performance.now();
    const result = await action();
    took.push({ what, seconds: (performance.now() - began) / 1000, mebibytes: process.resourceUsage().maxRSS / 1024 });
    return result;
  };
  const [declared, changed]: Fields[] = [JSON.parse(fields), JSON.parse(change)];
  const connection = declared?.["connection"];
  // The first login reads the keys, and loads what is loaded late.
  const first = await create("PolicyRule", { connection, priority: 999, from: "198.51.100.99", table: 100 });
  await measure("beginning", () => remove(first));
  let made: Made = await measure("create", () => create(kind, { ...declared }));
  made = await measure("update", () => update(made, { ...changed }));
  closeHosts(); // what was read is remembered for a moment
  await measure("read", () => read(made));
  await measure("remove", () => remove(made));
  process.stdout.write(JSON.stringify(took));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
