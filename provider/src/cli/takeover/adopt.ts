import { parseArgs } from "node:util";
import { tagsOf } from "../../declaration/owner";
import { readStanding } from "../../host/reading/standing";
import { readFiles } from "../../managers/takeover/formats/index";
import { livingOf, surroundingsOf } from "../../managers/takeover/living";
import { declaredOnHost } from "../../managers/takeover/onHost";
import { removalsOf } from "../../managers/takeover/removals";
import { twinCommands } from "../../managers/takeover/twins";
import { type Exit, exits, WrongUse } from "../exit";
import { connectionOf, sourceOptions } from "../source";
import { formOf, formOptions } from "./convert";
import { printTold } from "./told";

/** Prints what stands on a host as a host of a stack's configuration, and which file makes each entry. Changes nothing. */
export async function adopt(args: string[]): Promise<Exit> {
  const options = { ...sourceOptions, ...formOptions, twins: { type: "boolean" }, owner: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [host, ...more] = positionals;
  if (host === undefined || more.length > 0 || values.state !== undefined) throw new WrongUse("give one HOST");
  const tags = tagsOf(values.owner === undefined ? undefined : Number(values.owner));
  if (!Number.isInteger(tags.owner)) throw new WrongUse("--owner wants a number");
  const { print, mark } = formOf(values);
  const connection = connectionOf(host, values);
  const standing = await readStanding(connection);
  if (values.twins === true) {
    const living = livingOf(standing, tags);
    return printTwins(twinCommands(living, tags, surroundingsOf(standing, living.routes, readFiles(standing.sources))));
  }
  const { declared, files } = declaredOnHost(standing, tags, { main: values.main === true });
  const name = values.name ?? connection.host;
  const taken = [...declared.routes, ...declared.rules].flatMap(({ places }) => places);
  process.stdout.write(
    `${print(name, connection, declared, standing.neighbours.networkd !== undefined)}\n${printTold(declared, removalsOf(files, taken, standing.neighbours), mark)}\n`,
  );
  return declared.refused.length > 0 || taken.length === 0 ? exits.found : exits.done;
}

function printTwins(commands: readonly string[]): Exit {
  process.stdout.write(commands.map((command) => `${command}\n`).join(""));
  return commands.length === 0 ? exits.done : exits.found;
}
