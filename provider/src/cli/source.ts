import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type Connection, connectionSchema } from "../declaration/connection";
import { printProblem, problemsOf } from "../declaration/failures";
import { PolicyRoutingError } from "../errors";
import { readState } from "../host/reading/network";
import type { Network } from "../kernel/lookup/network";
import { networkOfState, parseStateJson } from "../kernel/lookup/stateJson";
import { WrongUse } from "./exit";
import { program } from "./usage/options";

/** Options that say how to log in. */
export const loginOptions = {
  identity: { type: "string" },
  "known-hosts": { type: "string" },
  "insecure-ignore-host-key": { type: "boolean" },
  sudo: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Options that say where a network is read from. */
export const sourceOptions = { ...loginOptions, state: { type: "string" } } as const;

export interface Source {
  readonly state?: string | undefined;
  readonly identity?: string | undefined;
  readonly "known-hosts"?: string | undefined;
  readonly "insecure-ignore-host-key"?: boolean | undefined;
  readonly sudo?: boolean | undefined;
}

/** What the options say about a login, for hosts that are named elsewhere. */
export function loginOf(options: Source): Partial<Connection> {
  const { host: _host, ...login } = connectionOf("any", options);
  return Object.fromEntries(Object.entries(login).filter(([, value]) => value !== undefined));
}

/** `[USER@]NAME[:PORT]`; an IPv6 address with a port stands in brackets. */
export function connectionOf(host: string, options: Source): Connection {
  const [, user, bracketed, plain, port] = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+|[^@]*:[^@]*:[^@]*?))(?::([0-9]+))?$/.exec(host) ?? [];
  const parsed = connectionSchema.safeParse({
    host: bracketed ?? plain ?? host,
    user,
    port: port === undefined ? undefined : Number(port),
    privateKeyPath: options.identity,
    knownHostsPath: options["known-hosts"],
    insecureIgnoreHostKey: options["insecure-ignore-host-key"],
    sudo: options.sudo,
  });
  if (!parsed.success) throw new WrongUse(problemsOf(parsed.error, []).map(printProblem).join("; "));
  const { host: name = host, ...rest } = parsed.data;
  return { host: name, ...rest };
}

export async function readText(path: string): Promise<string> {
  try {
    return path === "-" ? await text(process.stdin) : await readFile(path, "utf8");
  } catch (error) {
    throw new PolicyRoutingError("invalid", { topic: "file", what: `${path} cannot be read`, cause: error, next: "check the path" });
  }
}

export function jsonOf(text: string, path: string, next: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyRoutingError("invalid", { topic: "file", what: `${path} is not JSON`, next });
  }
}

/** The network of a host, or of a state that was written. */
export async function networkFrom(positionals: readonly string[], options: Source): Promise<Network> {
  const [host, ...more] = positionals;
  if (more.length > 0) throw new WrongUse(`one host at a time: ${more.join(" ")} is too much`);
  if ((host === undefined) === (options.state === undefined)) throw new WrongUse("give a HOST, or --state FILE");
  if (options.state !== undefined)
    return networkOfState(parseStateJson(jsonOf(await readText(options.state), options.state, `write it by ${program} observe HOST`)));
  return networkOfState(await readState(connectionOf(host ?? "", options)));
}
