#!/usr/bin/env node
import { escapeOutput, isPolicyRoutingError, messageOf } from "../errors";
import { check } from "./check";
import { observe } from "./observe";
import { plan } from "./plan";

import { render } from "./render";

import { report } from "./report/report";
import { trace } from "./trace";
import { type Exit, exits, usage, usages, WrongUse } from "./usage";

const commands = { observe, trace, check, plan, report, render } as const;
const isCommand = (name: string | undefined): name is keyof typeof commands => name !== undefined && Object.hasOwn(commands, name);

/** Wrong words of ours, or of parseArgs. */
const isWrongUse = (error: unknown): boolean =>
  error instanceof WrongUse || (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));

async function main([name, ...args]: string[]): Promise<Exit> {
  if (name === "--help" || name === "-h" || name === undefined) {
    (name === undefined ? process.stderr : process.stdout).write(`${usage}\n`);
    return name === undefined ? exits.wrongUse : exits.done;
  }
  if (!isCommand(name)) {
    process.stderr.write(`policy-routing: there is no command ${escapeOutput(name)}\n${usage}\n`);
    return exits.wrongUse;
  }
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(`${usages[name]}\n`);
    return exits.done;
  }
  try {
    return await commands[name](args);
  } catch (error) {
    process.stderr.write(`policy-routing ${name}: ${isPolicyRoutingError(error) ? error.message : escapeOutput(messageOf(error))}\n`);
    if (!isWrongUse(error)) return exits.unread;
    process.stderr.write(`${usages[name].split("\n")[0]}\nsee policy-routing ${name} --help\n`);
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
