import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { PolicyRoutingError } from "../../errors";
import { flowsOf } from "../flow";
import { hostsOf } from "../preview/hosts";
import { parsePreview } from "../preview/previewJson";
import { loginOf, loginOptions, readText } from "../source";
import { type Exit, exits, WrongUse } from "../usage";
import { reportOn } from "./hostReport";
import { htmlOf } from "./html";
import { markdownOf } from "./markdown";
import { isRisky, reportOf, summaryOf } from "./summary";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

export async function report(args: string[]): Promise<Exit> {
  const options = { ...loginOptions, live: flag, flows: text, markdown: text, html: text, "fail-on": text } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new WrongUse("give one plan.json");
  const failOn = values["fail-on"];
  if (failOn !== undefined && failOn !== "risk") throw new WrongUse("--fail-on wants risk");
  if (values.flows !== undefined && values.live !== true) throw new WrongUse("--flows are looked up on the hosts: give --live too");
  const flows = values.flows === undefined ? [] : flowsOf(await readText(values.flows), values.flows);
  const { hosts, unsure } = hostsOf(parsePreview(await readText(path), path));
  const wishes = { live: values.live === true, flows, login: loginOf(values) };
  let read = 0;
  const looked = hosts.map(async (host) => {
    const one = await reportOn(host, wishes);
    read++;
    if (wishes.live && process.stderr.isTTY) process.stderr.write(`\r${read} of ${hosts.length} hosts${read === hosts.length ? "\n" : ""}`);
    return one;
  });
  const whole = reportOf(await Promise.all(looked), unsure, wishes.live);
  if (values.markdown !== undefined) await write(values.markdown, markdownOf(whole));
  if (values.html !== undefined) await write(values.html, htmlOf(whole));
  process.stdout.write(values.markdown === undefined && values.html === undefined ? markdownOf(whole) : `${summaryOf(whole)}\n`);
  return failOn === "risk" && isRisky(whole) ? exits.found : exits.done;
}

async function write(path: string, what: string): Promise<void> {
  try {
    await writeFile(path, what);
  } catch (error) {
    throw new PolicyRoutingError("invalid", { topic: "file", what: `${path} cannot be written`, cause: error, next: "check the path" });
  }
}
