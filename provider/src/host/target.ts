import { existsSync, readFileSync } from "node:fs";
import { messageOf, PolicyRoutingError } from "../errors";
import { type ProxyConnection, userPattern } from "../spec/connection";
import { type Asked, type Configuration, configurationOf, type Words } from "./configuration";
import type { NotFollowed } from "./notFollowed";
import { type Person, whoRuns } from "./person";
import { publicKeyOf } from "./publicKey";
import { readConfig } from "./sshConfig";
import { askSsh } from "./sshG";
import { wholePath } from "./tokens";

export interface Key {
  readonly text: string;
  readonly passphrase?: string | undefined;
  /** Who named it; by default it is one that OpenSSH tries by itself. */
  readonly from: "program" | "configuration" | "default";
}

/** Everything that a dial needs, after the configuration of ssh filled in what the person left out. */
export interface Target {
  /** As the person named it: for messages. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string | undefined;
  readonly keys: readonly Key[];
  readonly agent?: string | undefined;
  /** Public halves of the files that the configuration names: of an agent's keys these go first, or alone. */
  readonly identities: readonly Buffer[];
  readonly identitiesOnly: boolean;
  readonly hostKey?: string | undefined;
  readonly knownHosts: readonly string[];
  /** The name under which the host key is kept in known_hosts, where it is another than the host's. */
  readonly hostKeyAlias?: string | undefined;
  /** A file of keys that no host may show. */
  readonly revokedHostKeys?: string | undefined;
  readonly ignoreHostKey: boolean;
  readonly dialErrorLimit?: number | undefined;
  readonly perDialTimeout: number;
  readonly proxy?: Target | undefined;
  /** A program of the person's own that leads to the host. */
  readonly proxyCommand?: string | undefined;
  readonly bindAddress?: string | undefined;
  readonly addressFamily?: 4 | 6 | undefined;
  /** Told when a login fails. */
  readonly notFollowed: readonly NotFollowed[];
}

const defaultPerDialTimeout = 15;
const mostJumps = 8;

/** A jump host may have one as well. */
interface Wanted extends ProxyConnection {
  readonly proxy?: Wanted | undefined;
}

const told = new Map<string, Promise<Words>>();

/** Asked once a host and run: the person's own ssh, else, on a machine that has none, the file is read here. */
function wordsOn(asked: Asked, person: Person): Promise<Words> {
  const name = JSON.stringify([person.home, asked.name, asked.port, asked.user]);
  const words = told.get(name) ?? askSsh(asked, person).then((answer) => answer ?? readConfig(asked, person));
  told.set(name, words);
  words.catch(() => told.delete(name));
  return words;
}

/** What the connection says wins over the configuration of ssh, which wins over the defaults of OpenSSH. */
export async function targetOf(connection: Wanted, jumps = 0): Promise<Target> {
  const name = connection.host ?? "";
  const person = whoRuns();
  const asked = { name, port: connection.port, user: connection.user };
  refuseUnsafe(asked);
  const configuration = configurationOf(await wordsOn(asked, person), asked, person, existsSync);
  const { host, port, user } = configuration;
  const atHome = (path: string): string => wholePath(path, { d: person.home }, person);
  const isGiven = connection.privateKey !== undefined || connection.password !== undefined || connection.privateKeyPath !== undefined;
  const perDialTimeout = connection.perDialTimeout ?? defaultPerDialTimeout;
  const proxy = connection.proxy ?? chain(configuration.proxyJump);
  if (proxy === undefined && configuration.proxyCommand !== undefined && configuration.proxyUsesFdpass) refuseFdpass(name);
  if (proxy !== undefined && jumps === mostJumps)
    throw new PolicyRoutingError("invalid", {
      topic: "ssh-configuration",
      host: name,
      what: `more than ${mostJumps} jump hosts, one behind the other`,
      next: "look whether a ProxyJump of your ssh configuration leads in a circle",
    });
  const agent = connection.agentSocketPath !== undefined ? atHome(connection.agentSocketPath) : isGiven ? undefined : configuration.agent;
  return {
    name,
    host,
    port,
    user,
    password: connection.password,
    keys: keysOf(connection, isGiven ? undefined : configuration, atHome),
    agent,
    identities: agent === undefined || isGiven ? [] : configuration.identityFiles.flatMap((path) => publicKeyOf(path) ?? []),
    identitiesOnly: connection.agentSocketPath === undefined && configuration.identitiesOnly,
    hostKey: connection.hostKey,
    knownHosts: connection.knownHostsPath !== undefined ? [atHome(connection.knownHostsPath)] : configuration.knownHosts,
    hostKeyAlias: configuration.hostKeyAlias,
    revokedHostKeys: configuration.revokedHostKeys,
    ignoreHostKey: connection.insecureIgnoreHostKey === true,
    dialErrorLimit: connection.dialErrorLimit,
    perDialTimeout,
    notFollowed: configuration.notFollowed,
    bindAddress: configuration.bindAddress,
    addressFamily: configuration.addressFamily,
    ...(proxy === undefined
      ? { proxyCommand: configuration.proxyCommand }
      : { proxy: await targetOf({ perDialTimeout, ...proxy }, jumps + 1) }),
  };
}

/** It may stand in a command of the person's own, and the program said it. */
function refuseUnsafe({ name, user }: Asked): void {
  if (user === undefined || userPattern.test(user)) return;
  throw new PolicyRoutingError("invalid", {
    topic: "ssh-configuration",
    host: name,
    what: "the user has characters that a shell would take for its own",
    next: "correct user",
  });
}

function refuseFdpass(name: string): never {
  throw new PolicyRoutingError("unsupported", {
    topic: "ssh-configuration",
    host: name,
    what: "ProxyUseFdpass of your ssh configuration is not followed here",
    next: "let ProxyCommand lead to the host by its standard input and output",
  });
}

/** The last one is nearest to the host, and is reached through those before it. */
const chain = (jumps: readonly ProxyConnection[]): Wanted | undefined =>
  jumps.reduce<Wanted | undefined>((proxy, jump) => (proxy === undefined ? jump : { ...jump, proxy }), undefined);

function keysOf(connection: Wanted, configuration: Configuration | undefined, atHome: (path: string) => string): Key[] {
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
