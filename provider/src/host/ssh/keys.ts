import { existsSync, readFileSync } from "node:fs";
import type { ProxyConnection } from "../../declaration/connection";
import { messageOf, PolicyRoutingError } from "../../errors";
import type { Configuration } from "./configuration";
import { publicKeyOf } from "./publicKey";

export interface Key {
  readonly text: string;
  readonly passphrase?: string | undefined;
  /** Who named it; by default it is one that OpenSSH tries by itself. */
  readonly from: "program" | "configuration" | "default";
}

/** Who logs in, and by what. */
export function loginOf(connection: ProxyConnection, configuration: Configuration, atHome: (path: string) => string) {
  const { host, port, user } = configuration;
  const isGiven = connection.privateKey !== undefined || connection.password !== undefined || connection.privateKeyPath !== undefined;
  const agent = connection.agentSocketPath !== undefined ? atHome(connection.agentSocketPath) : isGiven ? undefined : configuration.agent;
  return {
    host,
    port,
    user,
    password: connection.password,
    keys: keysOf(connection, isGiven ? undefined : configuration, atHome),
    agent,
    identities: agent === undefined || isGiven ? [] : configuration.identityFiles.flatMap((path) => publicKeyOf(path) ?? []),
    identitiesOnly: connection.agentSocketPath === undefined && configuration.identitiesOnly,
  };
}

function keysOf(connection: ProxyConnection, configuration: Configuration | undefined, atHome: (path: string) => string): Key[] {
  const { privateKey, privateKeyPath, privateKeyPassword: passphrase, host } = connection;
  const files = (configuration?.identityFiles ?? []).filter(existsSync);
  const from: Key["from"] = configuration?.isByDefault === true ? "default" : "configuration";
  return [
    ...(privateKey === undefined ? [] : [{ text: privateKey, passphrase, from: "program" as const }]),
    ...(privateKeyPath === undefined
      ? []
      : [{ text: readKey(privateKeyPath, atHome(privateKeyPath), host), passphrase, from: "program" as const }]),
    ...files.map((path) => ({ text: readKey(path, path, host), passphrase, from })),
  ];
}

function readKey(name: string, path: string, host: string | undefined): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new PolicyRoutingError("auth", {
      topic: "private-key",
      host,
      what: `the private key ${name} cannot be read`,
      cameBack: messageOf(error),
      next: "check privateKeyPath",
    });
  }
}
