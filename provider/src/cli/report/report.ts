import { stat, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Connection } from "../../declaration/connection";
import type { Flow } from "../../declaration/flow";
import { escapeOutput, PolicyRoutingError } from "../../errors";
import { propose } from "../../host/transaction/proposal";
import { type Exit, exits, WrongUse } from "../exit";
import { flowsOf } from "../flow";
import type { PlannedHost } from "../preview/gathering";
import { hostsOf } from "../preview/hosts";
import { parsePreview } from "../preview/previewJson";
import { honourDefaults } from "../preview/stackDefaults";
import { loginOf, loginOptions, readText } from "../source";
import { aboutOf } from "./about";
import { withBothWays } from "./bothWays";
import { commitHere } from "./commit";
import { declaredReport, type HostReport } from "./hostReport";
import { htmlOf } from "./html";
import { lookedReport, unreadReport } from "./looked";
import { markdownOf } from "./markdown";
import { isRisky, reportOf, summaryOf } from "./summary";
import { wavesIn } from "./waves";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

export async function report(args: string[]): Promise<Exit> {
  const options = { ...loginOptions, live: flag, flows: text, commit: text, markdown: text, html: text, "fail-on": text } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new WrongUse("give one plan.json");
  const failOn = values["fail-on"];
  if (failOn !== undefined && failOn !== "risk") throw new WrongUse("--fail-on wants risk");
  if (values.flows !== undefined && values.live !== true) throw new WrongUse("--flows are looked up on the hosts: give --live too");
  const flows = values.flows === undefined ? [] : flowsOf(await readText(values.flows), values.flows);
  const preview = parsePreview(await readText(path), path);
  const { hosts, unsure } = hostsOf(preview);
  const live = values.live === true;
  if (live) honourDefaults(preview, "report");
  const commit = values.commit === undefined ? await commitHere() : escapeOutput(values.commit);
  const about = aboutOf(preview, { commit, previewed: await writtenAt(path), written: new Date() });
  const read = live ? withBothWays(hosts, await readAll(hosts, loginOf(values), flows), flows) : hosts.map(declaredReport);
  const whole = reportOf({ about, hosts: read, unsure, waves: wavesIn(preview, hosts), live });
  if (values.markdown !== undefined) await write(values.markdown, markdownOf(whole));
  if (values.html !== undefined) await write(values.html, htmlOf(whole));
  process.stdout.write(values.markdown === undefined && values.html === undefined ? markdownOf(whole) : `${summaryOf(whole)}\n`);
  return failOn === "risk" && isRisky(whole) ? exits.found : exits.done;
}

/** All hosts at once; one that does not answer is said in its own report. */
function readAll(hosts: readonly PlannedHost[], login: Partial<Connection>, flows: readonly Flow[]): Promise<HostReport[]> {
  let read = 0;
  const looked = hosts.map(async (host) => {
    const one = await readHost(host, login, flows);
    read++;
    if (process.stderr.isTTY) process.stderr.write(`\r${read} of ${hosts.length} hosts${read === hosts.length ? "\n" : ""}`);
    return one;
  });
  return Promise.all(looked);
}

async function readHost(host: PlannedHost, login: Partial<Connection>, flows: readonly Flow[]): Promise<HostReport> {
  const intended = host.resources.flatMap((one) => one.intended ?? []);
  try {
    // A report waits for no host: one dial tells whether it answers.
    return lookedReport(host, await propose({ ...host.connection, ...login, dialErrorLimit: 0 }, intended), flows);
  } catch (error) {
    return unreadReport(host, error);
  }
}

/** When the preview was written, where it is a file. */
async function writtenAt(path: string): Promise<Date | undefined> {
  if (path === "-") return undefined;
  return stat(path).then(
    ({ mtime }) => mtime,
    () => undefined,
  );
}

async function write(path: string, what: string): Promise<void> {
  try {
    await writeFile(path, what);
  } catch (error) {
    throw new PolicyRoutingError("invalid", { topic: "file", what: `${path} cannot be written`, cause: error, next: "check the path" });
  }
}
