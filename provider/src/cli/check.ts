import { parseArgs } from "node:util";
import { tagsOf } from "../declaration/owner";
import { readHoldings } from "../host/reading/network";
import { type Finding, findingsOf } from "../kernel/findings/index";
import type { Holding } from "../kernel/plan/holdings";
import { type Exit, exits, WrongUse } from "./exit";
import { holdingAdvice, printHolding, unknownTo } from "./preview/known";
import { parseKnown } from "./preview/stackJson";
import { withKernelTables } from "./report/tableNames";
import { connectionOf, networkFrom, readText, sourceOptions } from "./source";

export async function check(args: string[]): Promise<Exit> {
  const options = {
    ...sourceOptions,
    json: { type: "boolean" },
    owner: { type: "string" },
    stack: { type: "string", multiple: true },
  } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.owner !== undefined && !/^[0-9]{1,3}$/.test(values.owner)) throw new WrongUse("--owner wants a number from 5 to 253");
  const { owner, staging } = tagsOf(values.owner === undefined ? undefined : Number(values.owner));
  const [host] = positionals;
  const stacks = await Promise.all((values.stack ?? []).map(async (path) => parseKnown(await readText(path), path)));
  if (stacks.length > 0 && host === undefined)
    throw new WrongUse("--stack wants a HOST: who owns what is not in a state that observe wrote");
  const found = findingsOf(await networkFrom(positionals, values), [owner, staging]);
  const holdings = host === undefined || stacks.length === 0 ? [] : await readHoldings(connectionOf(host, values));
  const unknown = stacks.flatMap((known) => unknownTo(known, holdings)).map(findingOf);
  const findings = [...found, ...unknown];
  if (values.json === true) process.stdout.write(withKernelTables(`${JSON.stringify(findings, undefined, 2)}\n`));
  else if (findings.length === 0) process.stdout.write("nothing found\n");
  else
    for (const { level, object, what, next } of findings)
      process.stdout.write(withKernelTables(`${level}: ${object}: ${what}\n    next: ${next}\n`));
  // What is only worth a look is no reason to stop a script.
  return unknown.length > 0 || found.some(({ level }) => level === "risk") ? exits.found : exits.done;
}

const findingOf = (one: Holding): Finding => ({
  level: "note",
  object: `stack ${one.stack}`,
  what: printHolding(one),
  next: holdingAdvice,
});
