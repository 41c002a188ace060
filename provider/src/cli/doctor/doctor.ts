import { parseArgs } from "node:util";
import type { Connection } from "../../declaration/connection";
import { escapeOutput } from "../../errors";
import { examine } from "../../host/reading/examine";
import { reached } from "../../host/ssh/defaults";
import { type Exit, exits } from "../exit";
import { hostsFrom } from "../hostsFrom";
import { loginOptions } from "../source";
import type { Check } from "./checks";
import { diagnosisOf } from "./diagnosis";

interface Diagnosis {
  readonly host: string;
  readonly checks: readonly Check[];
}

/** Says what hosts allow and lack, before anything is declared for them. Leaves nothing there. */
export async function doctor(args: string[]): Promise<Exit> {
  const options = { ...loginOptions, hosts: { type: "string" }, json: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const connections = await hostsFrom(positionals, values, "doctor");
  const diagnoses = await Promise.all(connections.map(diagnose));
  process.stdout.write(values.json === true ? `${JSON.stringify(diagnoses, undefined, 2)}\n` : diagnoses.map(print).join("\n"));
  return diagnoses.some(({ checks }) => checks.some(({ level }) => level === "fails")) ? exits.found : exits.done;
}

/** A person waits: a host that does not answer is not dialled for as long as by `up`. */
const dials = 1;

const diagnose = async (connection: Connection): Promise<Diagnosis> => ({
  host: connection.host,
  checks: diagnosisOf(reached(connection), await examine({ dialErrorLimit: dials, ...connection })),
});

function print({ host, checks }: Diagnosis): string {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.flatMap(({ check, level, says, next }) => [
    `  ${level.padEnd("warning".length)}  ${check.padEnd(width)}  ${oneLine(says)}`,
    ...(level === "ok" || next === undefined ? [] : [`${" ".repeat("warning".length + width + 6)}next: ${oneLine(next)}`]),
  ]);
  return `${escapeOutput(host)}\n${lines.join("\n")}\n`;
}

const oneLine = (text: string): string => escapeOutput(text).replaceAll("\n", "; ");
