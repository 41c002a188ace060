import { existsSync } from "node:fs";
import type { Algorithms } from "ssh2";
import { isHere, type ProxyConnection, type Transport } from "../../declaration/connection";
import type { PolicyRoutingError } from "../../errors";
import type { Topic } from "../../messages";
import type { HostKeyKind } from "./algorithms";
import { type Asked, configurationOf } from "./configuration";
import { type Key, loginOf } from "./keys";
import type { NotFollowed } from "./notFollowed";
import { mayHelp, needOf, takesText } from "./openssh/need";
import { type Openssh, opensshOf } from "./openssh/words";
import { type Person, whoRuns } from "./person";
import { readConfig } from "./sshConfig";
import { askSsh } from "./sshG";
import type { Words } from "./sshGAnswer";
import { wholePath } from "./tokens";
import { mostJumps, refuseCircle, refuseElsewhere, refuseFdpass, refuseText, refuseUnsafe, refuseWithoutSsh } from "./unusable";

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
  if (connection.transport === "local") return here(connection, person);
  const { words, isBySsh } = await tellOf(asked, person);
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
  const bySsh = (because?: string): Target => ({
    ...target,
    transport: "openssh",
    openssh: opensshOf(connection, target.user, below?.user ?? "", words, person, because),
  });
  const isText = takesText(connection) || takesText(connection.proxy ?? {});
  if (connection.transport === "openssh") return isText ? refuseText(name) : isBySsh ? bySsh() : refuseWithoutSsh(name);
  const bySsh2: Target = { ...target, transport: "ssh2" };
  const isFree = connection.transport !== "ssh2" && isBySsh && !isText;
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

/** Nobody logs in: of what is said about that, also by defaults for all hosts, nothing counts. */
function here({ host: name = "", perDialTimeout = defaultPerDialTimeout, dialErrorLimit }: Wanted, person: Person): Target {
  if (!isHere(name)) refuseElsewhere(name);
  return {
    name,
    transport: "local",
    host: name,
    port: 0,
    user: person.user ?? `uid ${person.uid}`,
    keys: [],
    identities: [],
    identitiesOnly: false,
    knownHosts: [],
    ignoreHostKey: false,
    algorithms: {},
    hostKeyKinds: [],
    dialErrorLimit,
    perDialTimeout,
    notFollowed: [],
  };
}

/** What ssh may do better, of what ssh2 was refused for. */
async function reasonAfter(
  topic: Topic,
  cameBack: string | undefined,
  target: Pick<Target, "agent" | "keys">,
  words: Words,
): Promise<string | undefined> {
  if (topic === "ssh-algorithms") return cameBack ?? "algorithms";
  return topic === "login-refused" ? mayHelp(target, words) : undefined;
}

/** The last one is nearest to the host, and is reached through those before it. */
const chain = (jumps: readonly ProxyConnection[]): Wanted | undefined =>
  jumps.reduce<Wanted | undefined>((proxy, jump) => (proxy === undefined ? jump : { ...jump, proxy }), undefined);
