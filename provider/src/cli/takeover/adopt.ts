import { parseArgs } from "node:util";
import { readStanding } from "../../host/standing";
import { canonicalNames } from "../../kernel/takeover/canonicalForm";
import { type Declared, declare } from "../../kernel/takeover/declare";
import { readFiles } from "../../kernel/takeover/formats/index";
import { livingOf, surroundingsOf } from "../../kernel/takeover/living";
import { notesOn } from "../../kernel/takeover/notes";
import { Origins } from "../../kernel/takeover/origin";
import type { Said } from "../../kernel/takeover/reading";
import { twinCommands } from "../../kernel/takeover/twins";
import { tagsOf } from "../../spec/owner";
import { connectionOf, sourceOptions } from "../source";
import { type Exit, exits, WrongUse } from "../usage";
import { formOptions, removalsOf } from "./convert";
import { printTypescript, printYaml } from "./printed";
import { printTold } from "./told";

/** Prints what stands on a host as a host of a stack's configuration, and which file makes each entry. Changes nothing. */
export async function adopt(args: string[]): Promise<Exit> {
  const options = { ...sourceOptions, ...formOptions, twins: { type: "boolean" }, owner: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [host, ...more] = positionals;
  if (host === undefined || more.length > 0 || values.state !== undefined) throw new WrongUse("give one HOST");
  const tags = tagsOf(values.owner === undefined ? undefined : Number(values.owner));
  if (!Number.isInteger(tags.owner)) throw new WrongUse("--owner wants a number");
  const connection = connectionOf(host, values);
  const { sources, unread, ...standing } = await readStanding(connection);
  const living = livingOf(standing, tags);
  if (values.twins === true) return printTwins(twinCommands(living.rules, living.routes, tags));

  const files = readFiles(sources);
  const leased = files.flatMap(({ reading }) => reading.leased);
  const origins = new Origins(files, canonicalNames(living.names));
  const found = { ...living, said: living.said.map((one) => withManagers(one, origins)) };
  const declared = declare(found, { beside: surroundingsOf(standing, living.routes, leased), main: values.main === true });
  const traced = traceOf(declared, origins);
  const told = {
    ...traced,
    notes: [
      ...traced.notes,
      ...notesOn(traced, []),
      ...notRead(files.flatMap(({ reading }) => reading.unclear.filter(isAboutRouting))),
      ...unread.map((file) => `${file} is too long: it was not read`),
    ],
  };
  const name = values.name ?? connection.host;
  const taken = [...told.routes, ...told.rules].flatMap(({ places }) => places);
  const print = values.typescript === true ? printTypescript : printYaml;
  process.stdout.write(
    `${print(name, connection, told, standing.neighbours.networkd !== undefined)}\n${printTold(told, removalsOf(files, taken), values.typescript === true ? "//" : "#")}\n`,
  );
  return told.refused.length > 0 || taken.length === 0 ? exits.found : exits.done;
}

function printTwins(commands: readonly string[]): Exit {
  process.stdout.write(commands.map((command) => `${command}\n`).join(""));
  return commands.length === 0 ? exits.done : exits.found;
}

const isAboutRouting = ({ what }: { what: string }): boolean =>
  what !== "not understood" && !/form is not known|give these files too/.test(what);
const most = 20;
const notRead = (all: Declared["leftOut"]): string[] =>
  all.slice(0, most).map(({ place, what }) => `${place.file}:${place.line} may make some of these: ${what}`);

/** The default that a manager makes of its own setting. */
function withManagers(said: Said, origins: Origins): Said {
  const { destination, table, via, dev } = said.values;
  const isDefault = said.kind === "route" && destination === "default" && table === "main";
  return isDefault && origins.isManagers(String(via), String(dev)) ? { ...said, isManagers: true } : said;
}

/** Each entry with the lines that make it. */
function traceOf(declared: Declared, origins: Origins): Declared {
  return {
    ...declared,
    routes: declared.routes.map(({ is, places }) => ({ is, places: [...places, ...origins.of("route", is)] })),
    rules: declared.rules.map(({ is, places }) => ({ is, places: [...places, ...origins.of("rule", is)] })),
  };
}
