import { existsSync, readFileSync } from "node:fs";
import type { Algorithms } from "ssh2";
import { messageOf, PolicyRoutingError } from "../errors";
import type { Topic } from "../messages";
import { type ProxyConnection, type Transport, userPattern } from "../spec/connection";
import type { HostKeyKind } from "./algorithms";
import { type Asked, type Configuration, configurationOf } from "./configuration";
import type { NotFollowed } from "./notFollowed";
import { mayHelp, needOf, takesText } from "./openssh/need";
import { type Openssh, opensshOf } from "./openssh/words";
import { type Person, whoRuns } from "./person";
import { publicKeyOf } from "./publicKey";
import { readConfig } from "./sshConfig";
import { askSsh } from "./sshG";
import type { Words } from "./sshGAnswer";
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
  readonly transport: Exclude<Transport, "auto">;
  /** Where ssh itself is the transport. */
  readonly openssh?: Openssh | undefined;
  /** Another transport, after this one was refused for that reason. */
  otherwise?(error: PolicyRoutingError): Promise<Target | undefined>;
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
  readonly algorithms: Algorithms;
  readonly hostKeyKinds: readonly HostKeyKind[];
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
  readonly transport?: Transport | undefined;
  readonly proxy?: Wanted | undefined;
}

interface Told {
  readonly words: Words;
  /** Or by our own reading, where there is no ssh. */
  readonly isBySsh: boolean;
}

const told = new Map<string, Promise<Told>>();

/** Asked once a host and run: the person's own ssh, else, on a machine that has none, the file is read here. */
function tellOf(asked: Asked, person: Person): Promise<Told> {
  const name = nameOf(asked, person);
  const answer =
    told.get(name) ??
    askSsh(asked, person).then((words) =>
      words === undefined ? { words: readConfig(asked, person), isBySsh: false } : { words, isBySsh: true },
    );
  told.set(name, answer);
  answer.catch(() => told.delete(name));
  return answer;
}

const nameOf = (asked: Asked, person: Person): string => JSON.stringify([person.home, asked.name, asked.port, asked.user]);

/** Why a host of this run is reached by ssh itself, since ssh2 was refused there. */
const learned = new Map<string, string>();

/** What the connection says wins over the configuration of ssh, which wins over the defaults of OpenSSH. */
export async function targetOf(connection: Wanted, jumps = 0): Promise<Target> {
  const name = connection.host ?? "";
  const person = whoRuns();
  const asked = { name, port: connection.port, user: connection.user };
  refuseUnsafe(asked);
  const { words, isBySsh } = connection.transport === "local" ? { words: new Map(), isBySsh: false } : await tellOf(asked, person);
  const configuration = configurationOf(words, asked, person, existsSync);
  const atHome = (path: string): string => wholePath(path, { d: person.home }, person);
  const proxy = connection.proxy ?? chain(configuration.proxyJump);
  const perDialTimeout = connection.perDialTimeout ?? configuration.connectTimeout ?? defaultPerDialTimeout;
  if (proxy !== undefined && jumps === mostJumps) refuseCircle(name);
  const below = proxy === undefined ? undefined : await targetOf({ perDialTimeout, transport: connection.transport, ...proxy }, jumps + 1);
  const target: Omit<Target, "transport"> = {
    name,
    ...loginOf(connection, configuration, atHome),
    hostKey: connection.hostKey,
    knownHosts: connection.knownHostsPath !== undefined ? [atHome(connection.knownHostsPath)] : configuration.knownHosts,
    hostKeyAlias: configuration.hostKeyAlias,
    revokedHostKeys: configuration.revokedHostKeys,
    ignoreHostKey: connection.insecureIgnoreHostKey === true,
    dialErrorLimit: connection.dialErrorLimit,
    perDialTimeout,
    notFollowed: configuration.notFollowed,
    algorithms: configuration.algorithms,
    hostKeyKinds: configuration.hostKeyKinds,
    bindAddress: configuration.bindAddress,
    addressFamily: configuration.addressFamily,
    ...(below === undefined ? { proxyCommand: configuration.proxyCommand } : { proxy: below }),
  };
  if (connection.transport === "local") return { ...target, transport: "local", user: person.user ?? `uid ${person.uid}` };
  const bySsh = (because?: string): Target => ({
    ...target,
    transport: "openssh",
    openssh: opensshOf(connection, target.user, below?.user ?? "", words, person, because),
  });
  if (connection.transport === "openssh") return isBySsh ? bySsh() : refuseWithoutSsh(name);
  const bySsh2: Target = { ...target, transport: "ssh2" };
  const isFree = connection.transport !== "ssh2" && isBySsh && !takesText(connection) && !takesText(connection.proxy ?? {});
  if (isFree) {
    const key = nameOf(asked, person);
    const file = connection.privateKeyPath === undefined ? undefined : atHome(connection.privateKeyPath);
    const because = learned.get(key) ?? (await needOf(connection, configuration, words, file)) ?? below?.openssh?.because;
    if (because !== undefined) return bySsh(because);
    const otherwise = async ({ parts: { topic, cameBack } }: PolicyRoutingError): Promise<Target | undefined> => {
      const reason = await reasonAfter(topic, cameBack, target, words);
      if (reason === undefined) return undefined;
      learned.set(key, reason);
      return bySsh(reason);
    };
    return { ...bySsh2, otherwise };
  }
  if (proxy === undefined && configuration.proxyCommand !== undefined && configuration.proxyUsesFdpass) refuseFdpass(name);
  return bySsh2;
}

/** What ssh may do better, of what ssh2 was refused for. */
async function reasonAfter(
  topic: Topic,
  cameBack: string | undefined,
  target: Pick<Target, "agent">,
  words: Words,
): Promise<string | undefined> {
  if (topic === "ssh-algorithms") return cameBack ?? "algorithms";
  return topic === "login-refused" ? mayHelp(target, words) : undefined;
}

/** Who logs in, and by what. */
function loginOf(connection: Wanted, configuration: Configuration, atHome: (path: string) => string) {
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

function refuseCircle(name: string): never {
  throw new PolicyRoutingError("invalid", {
    topic: "ssh-configuration",
    host: name,
    what: `more than ${mostJumps} jump hosts, one behind the other`,
    next: "look whether a ProxyJump of your ssh configuration leads in a circle",
  });
}

function refuseWithoutSsh(name: string): never {
  throw new PolicyRoutingError("unsupported", {
    topic: "ssh-configuration",
    host: name,
    what: 'transport: "openssh" needs the program ssh on this machine, and it is not there, or older than 6.8',
    next: "install OpenSSH's client, or leave transport out",
  });
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
