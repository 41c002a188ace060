import { createConnection, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { isPolicyRoutingError, PolicyRoutingError } from "../../errors";
import type { Begin, Channel, Connected } from "../wire/channel";
import { Limit } from "./limit";
import { login, unreachable } from "./login";
import { closedEarly } from "./notYet";
import { type Pipes, pipesOf } from "./proxyCommand";
import { turn } from "./queue";
import type { Target } from "./target";

const goodbye = 2000;

/** One whose login is done; `close` ends the jump hosts below it too. */
export interface Hop<Begun> extends Connected<Begun> {
  readonly client: Client;
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

/** Seconds that one dial may take at most, jump hosts and all. */
export const longestDial = ({ perDialTimeout, proxy }: Target, atLeast: number): number =>
  Math.max(perDialTimeout, atLeast) + (proxy === undefined ? 0 : longestDial(proxy, atLeast));

/** Seconds that a dial gets which takes so many by itself. */
export function secondsFor(seconds: number, urgency: Urgency | undefined): number {
  const left = urgency?.until === undefined ? Number.POSITIVE_INFINITY : Math.max(0, urgency.until - performance.now()) / 1000;
  return Math.min(left, Math.max(seconds, urgency?.atLeast ?? 0));
}

/** From the first packet to what is begun on the connection, within one limit of time: way, login, command. */
export async function hop<Begun>(
  target: Target,
  below: Hop<unknown> | undefined,
  urgency: Urgency | undefined,
  then: Then<Begun>,
): Promise<Hop<Begun>> {
  const seconds = secondsFor(target.perDialTimeout, urgency);
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
    const onLost = (listener: () => void): void => void client.on("close", listener);
    return { client, begun: await then(client), onLost, close };
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
export const turnBeside = (limit: Limit) => async () => {
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

function through(below: Hop<unknown>, target: Target): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    below.client.forwardOut("127.0.0.1", 0, target.host, target.port, (error, stream) => {
      if (error === undefined) resolve(stream);
      else reject(unreachable(target, `not reachable through the jump host ${target.proxy?.name}`, error));
    });
  });
}

/** Starts a command. */
export const execute =
  <Begun>(target: Target, command: string, begin: Begin<Begun>): Then<Begun> =>
  (client) =>
    new Promise((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error === undefined) resolve(begin(channelOf(channel)));
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

const channelOf = (channel: ClientChannel): Channel => ({
  output: channel,
  complaints: channel.stderr,
  write: (bytes) => void channel.write(bytes),
  onExit: (listener) => void channel.on("exit", listener),
  onClose: (listener) => {
    channel.on("close", listener);
    channel.on("error", listener);
  },
  close: () => channel.close(),
});
