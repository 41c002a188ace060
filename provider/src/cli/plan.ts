import { parseArgs } from "node:util";
import { escapeOutput } from "../errors";
import { planOn } from "../host/transaction/proposal";
import { followedNow } from "../kernel/plan/followed";
import { commandOf } from "../kernel/plan/step";
import { type Exit, exits, WrongUse } from "./exit";
import { chosen } from "./preview/chosen";
import { hostsOf } from "./preview/hosts";
import { holdingAdvice, printHolding, unknownTo } from "./preview/known";
import { parsePreview } from "./preview/previewJson";
import { honourDefaults } from "./preview/stackDefaults";
import { loginOf, loginOptions, readText } from "./source";

/** Prints what `up` would run on one host, and its undo, as commands that a person could type. Changes nothing. */
export async function plan(args: string[]): Promise<Exit> {
  const { values, positionals } = parseArgs({ args, options: loginOptions, allowPositionals: true });
  const [name, path, ...more] = positionals;
  if (name === undefined || path === undefined || more.length > 0)
    throw new WrongUse("give one HOST, as the program names it, and a plan.json");
  const preview = parsePreview(await readText(path), path);
  honourDefaults(preview, "plan");
  const { hosts, unsure, known } = hostsOf(preview);
  const host = chosen(hosts, name, unsure);
  const open = [...new Set([...unsure, ...host.unsure])];
  const intended = host.resources.flatMap((one) => one.intended ?? []);
  const { planned, refused, management, holdings } = await planOn({ ...host.connection, ...loginOf(values) }, intended);
  const lines = [
    ...planned.flatMap(({ of, plan: { change, uplinks, steps, notes } }) => [
      `# ${of.name}${steps.length === 0 ? ": nothing to do" : ""}`,
      ...followedNow(change.wanted, uplinks).map((one) => `#   ${one}`),
      ...notes.map(({ will }) => `#   ${will}`),
      ...steps.map(commandOf),
    ]),
    ...[...planned]
      .reverse()
      .flatMap(({ of, plan: { undo } }) => (undo.length === 0 ? [] : [`# undo of ${of.name}`, ...undo.map(commandOf)])),
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
