import { parseArgs } from "node:util";
import { escapeOutput } from "../errors";
import { planOn } from "../host/proposal";
import type { Step } from "../kernel/change";
import { chosen } from "./preview/chosen";
import { hostsOf } from "./preview/hosts";
import { holdingAdvice, printHolding, unknownTo } from "./preview/known";
import { parsePreview } from "./preview/previewJson";
import { loginOf, loginOptions, readText } from "./source";
import { type Exit, exits, WrongUse } from "./usage";

/** Prints what `up` would run on one host, and its undo, as commands that a person could type. Changes nothing. */
export async function plan(args: string[]): Promise<Exit> {
  const { values, positionals } = parseArgs({ args, options: loginOptions, allowPositionals: true });
  const [name, path, ...more] = positionals;
  if (name === undefined || path === undefined || more.length > 0)
    throw new WrongUse("give one HOST, as the program names it, and a plan.json");
  const { hosts, unsure, known } = hostsOf(parsePreview(await readText(path), path));
  const host = chosen(hosts, name);
  const open = [...new Set([...unsure, ...host.unsure])];
  const intended = host.resources.flatMap((one) => one.intended ?? []);
  const { planned, refused, management, holdings } = await planOn({ ...host.connection, ...loginOf(values) }, intended);
  const lines = [
    ...planned.flatMap(({ of, plan: { steps, notes } }) => [
      `# ${of.name}${steps.length === 0 ? ": nothing to do" : ""}`,
      ...notes.map(({ will }) => `#   ${will}`),
      ...commandsOf(steps),
    ]),
    ...[...planned].reverse().flatMap(({ of, plan: { undo } }) => (undo.length === 0 ? [] : [`# undo of ${of.name}`, ...commandsOf(undo)])),
    ...(planned.length + refused.length === 0 ? ["# up asks nothing of this host"] : []),
    ...(known === undefined ? [] : unknownTo(known, holdings)).flatMap((one) => [`# ${printHolding(one)}`, `#   ${holdingAdvice}`]),
  ];
  process.stdout.write(lines.map((line) => `${line.replaceAll("\n", " ")}\n`).join(""));
  const troubles = [
    ...open.map((one) => `cannot tell: ${one}`),
    ...refused.map(({ of, error }) => `${of.name} will be refused: ${error.message}`),
    ...(management === undefined ? [] : [management.message]),
  ];
  for (const trouble of troubles) process.stderr.write(`policy-routing plan: ${escapeOutput(trouble)}\n`);
  return troubles.length === 0 ? exits.done : exits.found;
}

/** Steps in the words of a shell. A condition is about the step behind it. */
function commandsOf(steps: readonly Step[]): string[] {
  let condition = "";
  return steps.flatMap((step) => {
    const [, channel = "", words = ""] = /^(\S) (.*)$/.exec(step) ?? [];
    const [, asked, shown] = /^when (.*?)(?: \| (.*))?$/.exec(words) ?? [];
    if (asked !== undefined) {
      condition = `ip -${channel} ${asked} | grep -q${shown === undefined ? " ." : `F '${shown}'`} && `;
      return [];
    }
    const command = `${condition}${commandOf(channel, words)}`;
    condition = "";
    return [command];
  });
}

function commandOf(channel: string, words: string): string {
  if (channel === "s") {
    const [file, device, value] = words.split(" ");
    return `echo ${value} > /proc/sys/net/ipv4/conf/${device}/${file}`;
  }
  if (channel !== "t") return `ip -${channel} ${words}`;
  const [verb, tableId, name = ""] = words.split(" ");
  return `# ${verb === "erase" ? "erase" : "write"} the name of table ${tableId}${verb === "erase" ? "" : `: ${name}`}`;
}
