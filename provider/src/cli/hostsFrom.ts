import type { Connection } from "../declaration/connection";
import { escapeOutput } from "../errors";
import { WrongUse } from "./exit";
import { chosen } from "./preview/chosen";
import { hostsOf } from "./preview/hosts";
import { honourDefaults } from "./preview/stackDefaults";
import { parseDeclared } from "./preview/stackJson";
import { connectionOf, loginOf, readText, type Source } from "./source";

/** Hosts as they were typed, or those of a program with its logins. */
export async function hostsFrom(
  positionals: readonly string[],
  options: Source & { readonly hosts?: string | undefined },
  command: "doctor" | "rollback" | "allow" | "confirm" | "retract",
): Promise<Connection[]> {
  const connections =
    options.hosts === undefined
      ? positionals.map((host) => connectionOf(host, options))
      : await declaredIn(options.hosts, positionals, options, command);
  if (connections.length === 0) throw new WrongUse("give one HOST or more, or --hosts FILE");
  return connections;
}

async function declaredIn(path: string, names: readonly string[], options: Source, command: string): Promise<Connection[]> {
  const declared = parseDeclared(await readText(path), path);
  honourDefaults(declared, command);
  const { hosts, unsure } = hostsOf(declared);
  if (hosts.length === 0) throw new WrongUse([`${escapeOutput(path)} names no host`, ...unsure.map(escapeOutput)].join("; "));
  const some = names.length === 0 ? hosts : names.map((name) => chosen(hosts, name, unsure));
  return some.map(({ connection }) => ({ ...connection, ...loginOf(options) }));
}
