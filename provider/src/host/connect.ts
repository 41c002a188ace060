import { createConnection, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { type AnyAuthMethod, Client, type ConnectConfig, type ParsedKey, utils } from "ssh2";
import { isPolicyRoutingError, PolicyRoutingError } from "../errors";
import { hostKeyAlgorithms, refusal } from "./hostKey";
import type { Target } from "./sshConfig";

/** Logins cost both ends their processors, and sshd drops what comes at once beyond MaxStartups. */
const defaultDials = 32;
const dials = pLimit(dialsAtOnce(process.env["POLICY_ROUTING_DIALS"]));

export function dialsAtOnce(wish: string | undefined): number {
  return wish !== undefined && /^[1-9][0-9]{0,3}$/.test(wish) ? Number(wish) : defaultDials;
}

/** How long an unreachable host is dialled again when dialErrorLimit does not say how often. */
const patience = 30_000;
const defaultDialErrorLimit = 10;

const goodbye = 2000;

/** A connection whose login is done; `close` ends it and the jump hosts below it. */
export interface Connected {
  readonly client: Client;
  close(): void;
}

/** Dials with a bounded number of tries. Only "unreachable" is tried again: a refused login stays refused. */
export async function connect(target: Target): Promise<Connected> {
  const { dialErrorLimit } = target;
  for (let one: Target | undefined = target; one !== undefined; one = one.proxy) refuseUnusableKeys(one);
  return pRetry(() => dials(() => dial(target)), {
    retries: dialErrorLimit === undefined ? defaultDialErrorLimit : dialErrorLimit < 0 ? Number.POSITIVE_INFINITY : dialErrorLimit,
    ...(dialErrorLimit === undefined ? { maxRetryTime: patience } : {}),
    minTimeout: 150,
    maxTimeout: 5000,
    factor: 1.5,
    randomize: true,
    shouldRetry: ({ error }) => isPolicyRoutingError(error) && error.kind === "unreachable",
  });
}

async function dial(target: Target): Promise<Connected> {
  const below = target.proxy === undefined ? undefined : await dial(target.proxy);
  try {
    const socket = below === undefined ? plainSocket(target) : await through(below, target);
    const client = await login(target, socket);
    return {
      client,
      close: () => {
        client.end();
        // A host that is gone never answers the goodbye, and the open socket would keep the process from ending.
        setTimeout(() => socket.destroy(), goodbye).unref();
        below?.close();
      },
    };
  } catch (error) {
    below?.close();
    throw error;
  }
}

function plainSocket(target: Target): Socket {
  // Without it every small packet of the login waits for the last one's acknowledgement: 200 ms instead of 40.
  return createConnection({ host: target.host, port: target.port, noDelay: true });
}

function through(below: Connected, target: Target): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    below.client.forwardOut("127.0.0.1", 0, target.host, target.port, (error, stream) => {
      if (error === undefined) resolve(stream);
      else reject(unreachable(target, `not reachable through the jump host ${target.proxy?.name}`, error));
    });
  });
}

function login(target: Target, sock: Socket | Duplex): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let refused: string | undefined;
    let agentError: string | undefined;
    const fail = (error: PolicyRoutingError) => {
      client.removeAllListeners();
      client.on("error", () => {}); // a late one must not end the process
      client.destroy();
      sock.destroy();
      reject(error);
    };
    const late = setTimeout(() => fail(unreachable(target, `no login within ${target.perDialTimeout} s`)), target.perDialTimeout * 1000);
    const settled = (then: () => void) => {
      clearTimeout(late);
      then();
    };
    sock.once("error", (error) => settled(() => fail(unreachable(target, "not reachable", error))));
    client.on("error", (error) => {
      // An agent that is gone: the keys and the password are tried all the same.
      if ("level" in error && error.level === "agent") agentError = error.message;
      else settled(() => fail(refusalOf(target, error, refused, agentError)));
    });
    client.once("close", () => settled(() => fail(unreachable(target, "the connection was closed during the login"))));
    client.once("ready", () =>
      settled(() => {
        client.removeAllListeners("error").removeAllListeners("close");
        client.on("error", () => {}); // the shell hears of it by the channel's close
        resolve(client);
      }),
    );
    const config: ConnectConfig = {
      sock,
      username: target.user,
      authHandler: methodsOf(target),
      algorithms: { serverHostKey: hostKeyAlgorithms(target) },
      hostVerifier: (key: Buffer) => {
        refused = refusal(target, key);
        return refused === undefined;
      },
      readyTimeout: target.perDialTimeout * 1000,
      keepaliveInterval: 5000,
      keepaliveCountMax: 3,
    };
    client.connect(config);
  });
}

const parsedKeys = new Map<string, ParsedKey | Error>();

/** Once a key: to open an encrypted one costs a tenth of a second. */
function parsed({ text, passphrase }: Target["keys"][number]): ParsedKey | Error {
  const name = JSON.stringify([text, passphrase]);
  const key = parsedKeys.get(name) ?? utils.parseKey(text, passphrase);
  parsedKeys.set(name, key);
  return key;
}

/** Where no other way to log in is left, a key that does not open is the reason. */
function refuseUnusableKeys(target: Target): void {
  const keys = target.keys.map(parsed);
  const [failed] = keys.filter((key) => key instanceof Error);
  if (failed === undefined || keys.some((key) => !(key instanceof Error)) || target.agent !== undefined || target.password !== undefined)
    return;
  throw new PolicyRoutingError("auth", {
    host: target.name,
    what: "the private key cannot be used",
    cameBack: failed.message,
    next: "check the key's form, and privateKeyPassword if it is encrypted",
  });
}

const unopened = (target: Target): string[] => target.keys.map(parsed).flatMap((key) => (key instanceof Error ? [key.message] : []));

function methodsOf(target: Target): AnyAuthMethod[] {
  const username = target.user;
  return [
    ...(target.agent === undefined ? [] : [{ type: "agent" as const, username, agent: target.agent }]),
    ...target.keys.map(parsed).flatMap((key) => (key instanceof Error ? [] : [{ type: "publickey" as const, username, key }])),
    ...(target.password === undefined ? [] : [{ type: "password" as const, username, password: target.password }]),
  ];
}

function refusalOf(
  target: Target,
  error: Error & { level?: string },
  refused: string | undefined,
  agentError: string | undefined,
): PolicyRoutingError {
  if (refused !== undefined)
    return new PolicyRoutingError("auth", {
      host: target.name,
      what: refused,
      next: `compare it (ssh-keyscan -p ${target.port} ${target.host}) and add it to known_hosts, or give hostKey; insecureIgnoreHostKey waives the check`,
    });
  if (error.level === "client-authentication")
    return new PolicyRoutingError("auth", {
      host: target.name,
      what: `login as ${target.user} was refused`,
      cameBack: [error.message, agentError, ...unopened(target)].filter((text) => text !== undefined).join("; "),
      next: "check user, key, agent or password",
    });
  return unreachable(target, "not reachable", error);
}

function unreachable(target: Target, what: string, cause?: Error): PolicyRoutingError {
  return new PolicyRoutingError("unreachable", {
    host: target.name,
    what: `${what} (${target.host} port ${target.port})`,
    cameBack: cause?.message,
    next: "check that sshd answers there",
    cause,
  });
}
