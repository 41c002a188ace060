import { nearest } from "../declaration/failures";
import { escapeOutput, isPolicyRoutingError, messageOf } from "../errors";
import { version } from "../runtime/version";
import { check } from "./check";
import { doctor } from "./doctor/doctor";
import { type Exit, exits, WrongUse } from "./exit";
import { allow } from "./history/allow";
import { diff } from "./history/diff";
import { confirm, retract } from "./history/held";
import { history } from "./history/history";
import { rollback } from "./history/rollback";
import { observe } from "./observe";
import { plan } from "./plan";
import { render } from "./render";
import { report } from "./report/report";
import { adopt } from "./takeover/adopt";
import { convert } from "./takeover/convert";
import { trace } from "./trace";
import { usage, usages } from "./usage";
import { program } from "./usage/options";

const commands = {
  doctor,
  observe,
  trace,
  check,
  plan,
  report,
  render,
  adopt,
  convert,
  history,
  diff,
  rollback,
  allow,
  confirm,
  retract,
} as const;
type Command = keyof typeof commands;
const isCommand = (name: string): name is Command => Object.hasOwn(commands, name);

/** Wrong words of ours, or of parseArgs. */
const isWrongUse = (error: unknown): boolean =>
  error instanceof WrongUse || (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));

function say(text: string): Exit {
  process.stdout.write(`${text}\n`);
  return exits.done;
}

function noCommand(name: string): Exit {
  const meant = nearest(name, Object.keys(commands));
  const question = meant === undefined ? "" : `: did you mean ${meant}?`;
  process.stderr.write(`policy-routing: there is no command ${escapeOutput(name)}${question}\n${usage}\n`);
  return exits.wrongUse;
}

async function main([name, ...args]: string[]): Promise<Exit> {
  if (name === undefined) {
    process.stderr.write(`${usage}\n`);
    return exits.wrongUse;
  }
  if (name === "--version" || name === "-V" || name === "version") return say(version());
  const asksHelp = name === "--help" || name === "-h" || name === "help";
  const asked = asksHelp ? args[0] : name;
  if (asked === undefined) return say(usage);
  if (!isCommand(asked)) return noCommand(asked);
  if (asksHelp || args.includes("--help") || args.includes("-h")) return say(usages[asked]);
  return run(asked, args);
}

async function run(name: Command, args: string[]): Promise<Exit> {
  try {
    return await commands[name](args);
  } catch (error) {
    process.stderr.write(`policy-routing ${name}: ${isPolicyRoutingError(error) ? error.message : escapeOutput(messageOf(error))}\n`);
    if (!isWrongUse(error)) return exits.unread;
    process.stderr.write(`${usages[name].split("\n")[0]}\nsee ${program} ${name} --help\n`);
    return exits.wrongUse;
  }
}

// What reads our output may have enough of it (`| head`): that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
