import { parseArgs } from "node:util";
import { escapeOutput } from "../../errors";
import { reached } from "../../host/defaults";
import { examine } from "../../host/examine";
import type { Connection } from "../../spec/connection";
import { chosen } from "../preview/chosen";
import { hostsOf } from "../preview/hosts";
import { honourDefaults } from "../preview/stackDefaults";
import { parseDeclared } from "../preview/stackJson";
import { connectionOf, loginOf, loginOptions, readText, type Source } from "../source";
import { type Exit, exits, WrongUse } from "../usage";
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
  const connections =
    values.hosts === undefined
      ? positionals.map((host) => connectionOf(host, values))
      : await declaredIn(values.hosts, positionals, values);
  if (connections.length === 0) throw new WrongUse("give one HOST or more, or --hosts FILE");
  const diagnoses = await Promise.all(connections.map(diagnose));
  process.stdout.write(values.json === true ? `${JSON.stringify(diagnoses, undefined, 2)}\n` : diagnoses.map(print).join("\n"));
  return diagnoses.some(({ checks }) => checks.some(({ level }) => level === "fails")) ? exits.found : exits.done;
}

/** The hosts of a program, with its logins. */
async function declaredIn(path: string, names: readonly string[], options: Source): Promise<Connection[]> {
  const declared = parseDeclared(await readText(path), path);
  honourDefaults(declared, "doctor");
  const { hosts, unsure } = hostsOf(declared);
  if (hosts.length === 0) throw new WrongUse([`${escapeOutput(path)} names no host`, ...unsure.map(escapeOutput)].join("; "));
  const some = names.length === 0 ? hosts : names.map((name) => chosen(hosts, name, unsure));
  return some.map(({ connection }) => ({ ...connection, ...loginOf(options) }));
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
