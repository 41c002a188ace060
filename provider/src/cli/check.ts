import { parseArgs } from "node:util";
import { findingsOf } from "../kernel/findings/index";
import { tagsOf } from "../spec/owner";
import { networkFrom, sourceOptions } from "./source";
import { type Exit, exits, WrongUse } from "./usage";

export async function check(args: string[]): Promise<Exit> {
  const options = { ...sourceOptions, json: { type: "boolean" }, owner: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.owner !== undefined && !/^[0-9]{1,3}$/.test(values.owner)) throw new WrongUse("--owner wants a number from 5 to 253");
  const { owner, staging } = tagsOf(values.owner === undefined ? undefined : Number(values.owner));
  const findings = findingsOf(await networkFrom(positionals, values), [owner, staging]);
  if (values.json === true) process.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`);
  else for (const { level, object, what, next } of findings) process.stdout.write(`${level}: ${object}: ${what}\n    next: ${next}\n`);
  return findings.length === 0 ? exits.done : exits.found;
}
