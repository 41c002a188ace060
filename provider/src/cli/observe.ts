import { parseArgs } from "node:util";
import { readState } from "../host/reading/network";
import { type Exit, exits, WrongUse } from "./exit";
import { connectionOf, sourceOptions } from "./source";

/** One array a line each, so that two states can be compared by `diff`. */
const print = (value: object): string => {
  const lines = Object.entries(value).map(([name, part]) => `  ${JSON.stringify(name)}: ${printPart(part)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
};

function printPart(part: unknown): string {
  if (Array.isArray(part)) return part.length === 0 ? "[]" : `[\n${part.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  ]`;
  if (typeof part !== "object" || part === null) return JSON.stringify(part);
  return `{\n${Object.entries(part)
    .map(([name, inner]) => `    ${JSON.stringify(name)}: ${printPart(inner)}`)
    .join(",\n")}\n  }`;
}

export async function observe(args: string[]): Promise<Exit> {
  const { values, positionals } = parseArgs({ args, options: sourceOptions, allowPositionals: true });
  const [host, ...more] = positionals;
  if (host === undefined || more.length > 0 || values.state !== undefined) throw new WrongUse("give one HOST");
  process.stdout.write(print(await readState(connectionOf(host, values))));
  return exits.done;
}
