import { parseArgs } from "node:util";
import { suiteOf } from "../booted/suites";
import { release } from "../lab/booted/rootfs";
import { exercise } from "./exercise";
import { printReport } from "./report";

/** `npm run test:kernel -- --runs N [--seed S] [--releases "bullseye trixie"]`: objects of each family, on the real kernel. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "5000" }, seed: { type: "string" }, releases: { type: "string", default: "" } },
  });
  const runs = Number(values.runs);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
  if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) throw new Error("--runs and --seed take whole numbers");
  const releases = values.releases.split(/[\s,]+/).filter((name) => name !== "");
  const roots = releases.length === 0 ? ["/"] : await Promise.all(releases.map((name) => release(suiteOf(name))));
  for (const root of roots) {
    const started = Date.now();
    const report = await exercise({
      runs,
      seed,
      root,
      progress: (text) => process.stderr.isTTY && process.stderr.write(`\r${text}          `),
    });
    console.log(printReport(report, seed, (Date.now() - started) / 1000));
  }
}

void main();
