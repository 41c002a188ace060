// The report of a preview that makes all objects on each host, as a person calls it: from the file alone, and with a look at the hosts.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionOf, previewOf } from "../host/preview";
import { run } from "../lab/run";
import type { Fleet } from "./fleet";
import { objectsOf } from "./objects";
import type { Sample } from "./rows";

const main = join(__dirname, "../../provider/dist/cli/main.js");

export const report =
  (...args: readonly string[]) =>
  async (fleet: Fleet, count: number): Promise<Sample> => {
    const { tableId: table, routes, rules } = objectsOf(count);
    const entries = (all: readonly object[]) => Object.fromEntries(all.map((one, index) => [`entry ${index}`, { ...one, table }]));
    const resources = fleet.hosts.map((host) => ({
      kind: "HostRouting",
      name: host.name,
      after: { connection: connectionOf(host), routes: entries(routes), rules: entries(rules) },
    }));
    await fleet.clear();
    const folder = await mkdtemp(join(tmpdir(), "policy-routing-report-"));
    try {
      const [plan, markdown, html] = [join(folder, "plan.json"), join(folder, "report.md"), join(folder, "report.html")];
      await writeFile(plan, previewOf(resources));
      const began = performance.now();
      const { code, stdout, stderr } = await run(
        [process.execPath, main, "report", plan, ...args, "--markdown", markdown, "--html", html],
        { timeoutMs: 120_000 },
      );
      const seconds = (performance.now() - began) / 1000;
      if (code !== 0 || /cannot tell/.test(await readFile(markdown, "utf8")))
        throw new Error(`the report ended with ${code}: ${stdout}${stderr}`);
      return { seconds };
    } finally {
      await rm(folder, { recursive: true });
    }
  };
