import { createConnection, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { isPolicyRoutingError, PolicyRoutingError } from "../errors";
import { Limit } from "./limit";
import { login, unreachable } from "./login";
import { closedEarly } from "./notYet";
import { type Pipes, pipesOf } from "./proxyCommand";
import { turn } from "./queue";
import type { Target } from "./target";

const goodbye = 2000;

/** A connection whose login is done, and what was begun on it; `close` ends it and the jump hosts below it. */
export interface Connected<Begun> {
  readonly client: Client;
  readonly begun: Begun;
  close(): void;
}

export type Then<Begun> = (client: Client) => Promise<Begun>;

/** Without a turn, and by the time that a guard leaves. */
export interface Urgency {
  /** Seconds that a dial gets at least: the first login may have been quicker than this one. */
  readonly atLeast: number;
  /** Seconds in which sshd's port must answer, else it is dialled anew: a lost packet is repeated ever more rarely. */
  readonly reach?: number;
  /** Of performance.now(): nothing takes longer. */
  readonly until?: number;
}

/** From the first packet to what is begun on the connection, within one limit of time: way, login, command. */
export async function hop<Begun>(
  target: Target,
  below: Connected<unknown> | undefined,
  urgency: Urgency | undefined,
  then: Then<Begun>,
): Promise<Connected<Begun>> {
  const left = urgency?.until === undefined ? Number.POSITIVE_INFINITY : Math.max(0, urgency.until - performance.now()) / 1000;
  const seconds = Math.min(left, Math.max(target.perDialTimeout, urgency?.atLeast ?? 0));
  let awaited = below === undefined ? "login" : `way through the jump host ${target.proxy?.name}`;
  const limit = new Limit(Math.min(seconds, urgency?.reach ?? seconds), (time) =>
    unreachable(target, `no ${awaited} within ${Math.round(time * 10) / 10} s`),
  );
  const streams: Duplex[] = [];
  const end = () => {
    for (const stream of streams.splice(0)) stream.destroy();
  };
  let pipes: Pipes | undefined;
  const way = async (): Promise<Duplex> => {
    if (below !== undefined) return through(below, target);
    if (target.proxyCommand === undefined) return socketTo(target, streams);
    pipes = pipesOf(target.proxyCommand);
    return pipes.stream;
  };
  const all = (async () => {
    const stream = await way();
    streams.push(stream);
    limit.allow(seconds);
    awaited = "login";
    const client = await login(target, stream, urgency === undefined ? turnBeside(limit) : undefined);
    awaited = "shell";
    const close = () => {
      client.end();
      // A host that is gone never answers the goodbye, and the open socket would keep the process from ending.
      setTimeout(end, goodbye).unref();
      below?.close();
    };
    return { client, begun: await then(client), close };
  })();
  try {
    return await Promise.race([all, limit.over]);
  } catch (error) {
    end();
    all.then(({ close }) => close(), end); // what still comes of it is nobody's
    throw pipes === undefined ? error : throughPipes(error, await pipes.said());
  } finally {
    limit.stand();
  }
}

/** What the program said that leads to the host is the reason more often than not. */
function throughPipes(error: unknown, said: string): unknown {
  if (!isPolicyRoutingError(error) || error.kind !== "unreachable") return error;
  const cameBack = [error.parts.cameBack, said.trim()].filter((text) => text !== undefined && text !== "").join("; ");
  return new PolicyRoutingError("unreachable", {
    ...error.parts,
    what: error.parts.what.replace(/ \(.*\)$/, " through the ProxyCommand of your ssh configuration"),
    cameBack,
    next: "check that `ssh` reaches the host by the same configuration",
  });
}

/** The limit does not count while other logins of this process go first. */
const turnBeside = (limit: Limit) => async () => {
  limit.stand();
  const giveBack = await turn();
  limit.goOn();
  return giveBack;
};

function socketTo(target: Target, streams: Duplex[]): Promise<Socket> {
  // Without noDelay every small packet of the login waits for the last one's acknowledgement: 200 ms instead of 40.
  const { host, port, bindAddress: localAddress, addressFamily: family } = target;
  const socket = createConnection({
    host,
    port,
    noDelay: true,
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(family === undefined ? {} : { family }),
  });
  streams.push(socket);
  return new Promise((resolve, reject) => {
    // A reset may come before Node has told that the connection stands.
    socket.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ECONNRESET" ? closedEarly(target, "", error) : unreachable(target, "not reachable", error)),
    );
    socket.once("connect", () => resolve(socket));
  });
}

function through(below: Connected<unknown>, target: Target): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    below.client.forwardOut("127.0.0.1", 0, target.host, target.port, (error, stream) => {
      if (error === undefined) resolve(stream);
      else reject(unreachable(target, `not reachable through the jump host ${target.proxy?.name}`, error));
    });
  });
}

/** Starts a command. `begin` is called with its channel at once: what comes along with the answer must be heard. */
export const execute =
  <Begun>(target: Target, command: string, begin: (channel: ClientChannel) => Begun | Promise<Begun>): Then<Begun> =>
  (client) =>
    new Promise((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error === undefined) resolve(begin(channel));
        else
          reject(
            new PolicyRoutingError("unreachable", {
              topic: "no-shell",
              host: target.name,
              what: "no shell could be started",
              cameBack: error.message,
              cause: error,
            }),
          );
      });
    });
