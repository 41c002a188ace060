import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import SSHConfig from "ssh-config";
import { PolicyRoutingError } from "../errors";
import type { ProxyConnection } from "../spec/connection";

interface Key {
  readonly text: string;
  readonly passphrase?: string | undefined;
  /** Somebody named it, as opposed to a key that OpenSSH would try by default. */
  readonly named: boolean;
}

/** Everything that a dial needs, after `~/.ssh/config` filled in what the person left out. */
export interface Target {
  /** As the person named it: for messages. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string | undefined;
  readonly keys: readonly Key[];
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

/** Without HOME it is looked up in passwd, which need not know who runs here. */
function home(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}

const defaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];
const defaultPerDialTimeout = 15;

type Words = Readonly<Record<string, string | string[]>>;

function configOf(host: string): Words {
  const file = join(home(), ".ssh", "config");
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
  path === "~" || path.startsWith("~/") ? join(home(), path.slice(1)) : path.replaceAll("%d", home());

function readKey(path: string, passphrase: string | undefined, named: boolean, host: string): Key {
  try {
    return { text: readFileSync(expand(path), "utf8"), passphrase, named };
  } catch (error) {
    throw new PolicyRoutingError("auth", {
      topic: "private-key",
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
  const named = connection.privateKeyPath !== undefined ? [connection.privateKeyPath] : given ? [] : configured;
  const byDefault = given || named.length > 0 ? [] : defaultKeys.map((key) => join(home(), ".ssh", key)).filter(existsSync);
  const agent = connection.agentSocketPath ?? (given ? undefined : (word(config, "IdentityAgent") ?? process.env["SSH_AUTH_SOCK"]));
  const proxy = connection.proxy ?? jumpsOf(word(config, "ProxyJump"));
  const perDialTimeout = connection.perDialTimeout ?? defaultPerDialTimeout;
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
      ...(connection.privateKey === undefined ? [] : [{ text: connection.privateKey, passphrase, named: true }]),
      ...named.map((path) => readKey(path, passphrase, true, name)),
      ...byDefault.map((path) => readKey(path, passphrase, false, name)),
    ],
    agent: agent === undefined || agent === "none" ? undefined : expand(agent),
    hostKey: connection.hostKey,
    knownHosts: knownHosts.flatMap((path) => path.split(/\s+/)).map(expand),
    knownAs: word(config, "HostKeyAlias") ?? host,
    ignoreHostKey: connection.insecureIgnoreHostKey === true,
    dialErrorLimit: connection.dialErrorLimit,
    perDialTimeout,
    ...(proxy === undefined ? {} : { proxy: targetOf({ perDialTimeout, ...proxy }) }),
  };
}
