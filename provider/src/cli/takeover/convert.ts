import { parseArgs } from "node:util";
import { declare } from "../../managers/takeover/declare";
import { foundIn, readFiles } from "../../managers/takeover/formats/index";
import { notesOn } from "../../managers/takeover/notes";
import { nothingBeside } from "../../managers/takeover/owners";
import type { Source } from "../../managers/takeover/reading";
import { removalsOf } from "../../managers/takeover/removals";
import { type Exit, exits, WrongUse } from "../exit";
import { readText } from "../source";
import { printTypescript, printYaml, printYamlProgram } from "./printed";
import { printTold } from "./told";

const flag = { type: "boolean" } as const;
export const formOptions = { typescript: flag, yaml: flag, main: flag, name: { type: "string" } } as const;

/** How it is printed, and what begins a comment there. */
export function formOf({ typescript = false, yaml = false }: { typescript?: boolean | undefined; yaml?: boolean | undefined }) {
  if (typescript && yaml) throw new WrongUse("give one of --typescript and --yaml");
  return typescript
    ? ({ print: printTypescript, mark: "//" } as const)
    : ({ print: yaml ? printYamlProgram : printYaml, mark: "#" } as const);
}

/** Prints what other managers' files say as a host of a stack's configuration. Opens no connection. */
export async function convert(args: string[]): Promise<Exit> {
  const options = { ...formOptions, help: { type: "boolean", short: "h" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (positionals.length === 0) throw new WrongUse("give one FILE or more");
  const files = readFiles(await sourcesOf(positionals));
  const found = foundIn(files);
  const declared = declare(found, { beside: nothingBeside, main: values.main === true });
  const told = { ...declared, notes: [...declared.notes, ...notesOn(declared, found.said)] };
  const name = values.name ?? "HOST";
  const { print, mark } = formOf(values);
  const taken = [...told.routes, ...told.rules, ...told.nexthops].flatMap(({ places }) => places);
  process.stdout.write(`${print(name, { host: name }, told)}\n${printTold(told, removalsOf(files, taken), mark)}\n`);
  return told.refused.length > 0 || taken.length === 0 ? exits.found : exits.done;
}

/** Files by the last part of their path, where that tells them apart. */
async function sourcesOf(paths: readonly string[]): Promise<Source[]> {
  const last = (path: string): string => path.split("/").at(-1) ?? path;
  const isOnly = (path: string): boolean => paths.filter((other) => last(other) === last(path)).length === 1;
  return Promise.all(paths.map(async (path) => ({ name: isOnly(path) ? last(path) : path, path, text: await readText(path) })));
}
