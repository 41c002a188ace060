import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import SSHConfig from "ssh-config";
import { PolicyRoutingError } from "../errors";
import type { ProxyConnection } from "../spec/connection";

/** Everything that a dial needs, after `~/.ssh/config` filled in what the person left out. */
export interface Target {
  /** As the person named it: for messages. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string | undefined;
  readonly keys: readonly { readonly text: string; readonly passphrase?: string | undefined }[];
  readonly agent?: string | undefined;
  readonly hostKey?: string | undefined;
  readonly knownHosts: readonly string[];
  /** The name under which the host key is kept in known_hosts. */
  readonly knownAs: string;
  readonly ignoreHostKey: boolean;
  readonly dialErrorLimit?: number | undefined;
  readonly perDialTimeout: number;
  readonly proxy?: Target | undefined;
}

const defaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];
const defaultPerDialTimeout = 15;

type Words = Readonly<Record<string, string | string[]>>;

function configOf(host: string): Words {
  const file = join(homedir(), ".ssh", "config");
  return existsSync(file) ? SSHConfig.parse(readFileSync(file, "utf8")).compute(host) : {};
}

/** The first value of a keyword, whose case does not matter. */
function word(words: Words, keyword: string): string | undefined {
  return list(words, keyword)[0];
}

function list(words: Words, keyword: string): string[] {
  const [, value] = Object.entries(words).find(([name]) => name.toLowerCase() === keyword.toLowerCase()) ?? [];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

const expand = (path: string): string =>
  path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path.replaceAll("%d", homedir());

function readKey(path: string, passphrase: string | undefined, host: string): { text: string; passphrase?: string | undefined } {
  try {
    return { text: readFileSync(expand(path), "utf8"), passphrase };
  } catch (error) {
    throw new PolicyRoutingError("auth", {
      host,
      what: `the private key ${path} cannot be read`,
      cameBack: error instanceof Error ? error.message : undefined,
      next: "check privateKeyPath",
    });
  }
}

/** `jump1,user@jump2:2222` is a chain: the last one is nearest to the host. */
function jumpsOf(text: string | undefined): ProxyConnection | undefined {
  if (text === undefined || text.toLowerCase() === "none") return undefined;
  const last = text.split(",").at(-1)?.trim();
  const [, user, host, port] = /^(?:([^@]+)@)?\[?([^\]]+?)\]?(?::([0-9]+))?$/.exec(last ?? "") ?? [];
  return host === undefined
    ? undefined
    : { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) };
}

/** What the connection says wins over `~/.ssh/config`, which wins over the defaults of OpenSSH. */
export function targetOf(connection: ProxyConnection & { proxy?: ProxyConnection }): Target {
  const name = connection.host ?? "";
  const config = configOf(name);
  const host = (word(config, "HostName") ?? name).replaceAll("%h", name);
  const given = connection.privateKey !== undefined || connection.password !== undefined || connection.privateKeyPath !== undefined;
  const passphrase = connection.privateKeyPassword;
  const configured = list(config, "IdentityFile").filter((path) => existsSync(expand(path)));
  const paths =
    connection.privateKeyPath !== undefined
      ? [connection.privateKeyPath]
      : given
        ? []
        : configured.length > 0
          ? configured
          : defaultKeys.map((key) => join(homedir(), ".ssh", key)).filter(existsSync);
  const agent = connection.agentSocketPath ?? (given ? undefined : (word(config, "IdentityAgent") ?? process.env["SSH_AUTH_SOCK"]));
  const proxy = connection.proxy ?? jumpsOf(word(config, "ProxyJump"));
  const knownHosts =
    connection.knownHostsPath !== undefined
      ? [connection.knownHostsPath]
      : [
          ...(list(config, "UserKnownHostsFile").length > 0 ? list(config, "UserKnownHostsFile") : ["~/.ssh/known_hosts"]),
          "/etc/ssh/ssh_known_hosts",
        ];
  return {
    name,
    host,
    port: connection.port ?? Number(word(config, "Port") ?? 22),
    user: connection.user ?? word(config, "User") ?? "root",
    password: connection.password,
    keys: [
      ...(connection.privateKey === undefined ? [] : [{ text: connection.privateKey, passphrase }]),
      ...paths.map((path) => readKey(path, passphrase, name)),
    ],
    agent: agent === undefined || agent === "none" ? undefined : expand(agent),
    hostKey: connection.hostKey,
    knownHosts: knownHosts.flatMap((path) => path.split(/\s+/)).map(expand),
    knownAs: word(config, "HostKeyAlias") ?? host,
    ignoreHostKey: connection.insecureIgnoreHostKey === true,
    dialErrorLimit: connection.dialErrorLimit,
    perDialTimeout: connection.perDialTimeout ?? defaultPerDialTimeout,
    ...(proxy === undefined ? {} : { proxy: targetOf(proxy) }),
  };
}
