import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import { type ErrorParts, PolicyRoutingError } from "../../errors";
import { inTurn, methodsOf, unopened } from "./credentials";
import { hostKeyAlgorithms, type RefusedKey, refusal } from "./hostKey";
import { insteadOf } from "./notFollowed";
import { type Heard, listen, notYet } from "./notYet";
import { leaveUnproved } from "./otherHostKeys";
import type { Target } from "./target";

/** Gives a place among the logins of this process, and takes it back. */
export type Turn = () => Promise<() => void>;

/**
 * One login over a stream. Its limit of time is the caller's, who destroys the stream then. The other side's first word is waited for
 * without a place among the logins: only what answers costs our processor.
 */
export function login(target: Target, stream: Duplex, turn: Turn | undefined): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const heard = listen(client, stream);
    const said: Said = { refusedKey: undefined, agent: undefined, authenticates: false, taken: undefined };
    let giveBack: (() => void) | undefined;
    let isSettled = false;
    const settled = (then: () => void) => {
      if (isSettled) return;
      isSettled = true;
      giveBack?.();
      then();
    };
    const fail = (error: PolicyRoutingError) =>
      settled(() => {
        client.removeAllListeners();
        client.on("error", () => {}); // a late one must not end the process
        client.destroy();
        stream.destroy();
        reject(error);
      });
    if (turn !== undefined)
      holdBack(stream, turn, (back) => {
        if (isSettled) back();
        else giveBack = back;
      });
    stream.once("error", (error) => fail(lost(target, heard, error)));
    client.on("handshake", () => {
      said.authenticates = true;
    });
    client.on("error", (error) => {
      // An agent that is gone: the keys and the password are tried all the same.
      if ("level" in error && error.level === "agent") said.agent = error.message;
      else fail(refusalOf(target, error, said, heard));
    });
    // A jump host whose connection to the host is gone ends its half only; from then on no keepalive is sent either.
    client.once("end", () => stream.destroy());
    client.once("close", () => fail(notYet(target, heard) ?? closed(target, heard)));
    client.once("ready", () =>
      settled(() => {
        client.removeAllListeners("error").removeAllListeners("close");
        client.on("error", () => {}); // the shell hears of it by the channel's close
        resolve(client);
      }),
    );
    client.connect({
      sock: stream,
      username: target.user,
      authHandler: inTurn(
        methodsOf(target),
        (taken) => {
          said.taken = taken;
        },
        () => fail(notYet(target, heard) ?? refused(target, "no way to log in is left", said, wayOut(target, said))),
      ),
      algorithms: { ...target.algorithms, serverHostKey: hostKeyAlgorithms(target) },
      hostVerifier: (key: Buffer) => {
        said.refusedKey = refusal(target, key);
        return said.refusedKey === undefined;
      },
      readyTimeout: 0,
      // A path that died without a word is noticed long before a frame's time is over.
      keepaliveInterval: 5000,
      keepaliveCountMax: 3,
    });
    leaveUnproved(client);
  });
}

/** While somebody listens for `readable`, a stream does not flow to who listens for data. */
function holdBack(stream: Duplex, turn: Turn, given: (back: () => void) => void): void {
  let isWaiting = false;
  const onFirstWord = async (): Promise<void> => {
    if (isWaiting) return;
    isWaiting = true;
    given(await turn());
    stream.removeListener("readable", onFirstWord);
  };
  stream.on("readable", onFirstWord);
}

interface Said {
  refusedKey: RefusedKey | undefined;
  agent: string | undefined;
  /** The host was proved; what comes now is about the user. */
  authenticates: boolean;
  /** The ways to log in that it takes. */
  taken: readonly string[] | undefined;
}

/** What can be done here, as sshd names it. */
const ways = ["publickey", "password", "keyboard-interactive"];

function wayOut({ agent, password, user }: Target, { taken }: Said): string {
  if (taken !== undefined && !taken.some((way) => ways.includes(way)))
    return `allow a key or a password there: ${taken.join(", ")} cannot be used here`;
  // What PAM says to nobody's question is not heard here: ssh2 answers it by itself.
  if (password !== undefined && user !== "root" && taken?.includes("keyboard-interactive") === true && !taken.includes("password"))
    return "check user and password; a host that still starts refuses all but root by the same words (pam_nologin): then run it again later";
  return `check user, key, agent or password${agent === undefined ? "" : "; certificates and keys of security keys that an agent holds are not tried"}`;
}

function refused(target: Target, reason: string, { agent, taken }: Said, next: string): PolicyRoutingError {
  return new PolicyRoutingError("auth", {
    topic: "login-refused",
    host: target.name,
    what: `login as ${target.user} was refused`,
    cameBack: [reason, taken === undefined ? undefined : `the host takes ${taken.join(", ")}`, agent, ...unopened(target)]
      .filter((text) => text !== undefined)
      .join("; "),
    next: next + insteadOf(target.notFollowed, "user"),
  });
}

/** Reasons of a disconnect that are about who logs in, by RFC 4253: not allowed, protocol error (OpenSSH's for too many failures), cancelled, no more methods, illegal user. */
const refusingCodes = [1, 2, 13, 14, 15];

type Failed = Error & { readonly level?: string; readonly code?: unknown };

/** A refusal is not tried again: it would only add to the failures that the host counts. */
function refusalOf(target: Target, error: Failed, said: Said, heard: Heard): PolicyRoutingError {
  const { refusedKey, authenticates } = said;
  if (refusedKey !== undefined) return new PolicyRoutingError("auth", { ...refusedKey, host: target.name });
  const isEnough = authenticates && typeof error.code === "number" && refusingCodes.includes(error.code);
  if (error.level === "client-authentication" || isEnough) {
    const fewer =
      "name the right key by privateKeyPath, which is tried first, or load fewer keys into the agent: sshd takes six tries by default";
    return notYet(target, heard) ?? refused(target, error.message, said, isEnough ? fewer : wayOut(target, said));
  }
  const [, missing] = /no matching (.+)$/.exec(error.level === "handshake" ? error.message : "") ?? [];
  if (missing !== undefined)
    return new PolicyRoutingError("unsupported", {
      topic: "ssh-algorithms",
      host: target.name,
      what: `sshd allows no ${missing} that is known here (${target.host} port ${target.port})`,
      cameBack: error.message,
      next: "allow one more in the host's sshd_config",
    });
  return lost(target, heard, error);
}

/** The other end hung up, or the way to it broke. */
function lost(target: Target, heard: Heard, error: Failed): PolicyRoutingError {
  const hungUp = error.code === "ECONNRESET" || error.code === "EPIPE" || error.message === "Connection lost before handshake";
  return (hungUp ? notYet(target, heard, error) : undefined) ?? unreachable(target, "not reachable", error);
}

/** sshd ends a login without a word to the client, but for what PAM says: an account has expired, say. */
const closed = (target: Target, { words }: Heard): PolicyRoutingError =>
  unreachable(target, "the connection was closed during the login", words.trim() === "" ? undefined : new Error(words.trim()));

export function unreachable(target: Target, what: string, cause?: Error): PolicyRoutingError {
  const advised = adviceOn(target, cause);
  return new PolicyRoutingError("unreachable", {
    host: target.name,
    what: `${what} (${target.host} port ${target.port})`,
    cameBack: cause?.message,
    ...advised,
    next: `${advised.next}${insteadOf(target.notFollowed, undefined)}`,
    cause,
  });
}

/** What the code of a failed dial says about where to look. */
function adviceOn({ name, host, port }: Target, cause: Error | undefined): Pick<ErrorParts, "topic" | "next"> {
  const code = cause !== undefined && "code" in cause ? cause.code : undefined;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return {
      topic: "name-unknown",
      next: `check the name (${host === name ? "" : `${name} in ~/.ssh/config, `}DNS); if it is right, is there a name server?`,
    };
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "EHOSTDOWN")
    return { topic: "not-reachable", next: "is the host up, and is there a route to it?" };
  if (code === "ECONNREFUSED")
    return { topic: "not-reachable", next: `the host answers, but nothing listens at port ${port}: is sshd running?` };
  return { topic: cause === undefined ? "no-answer" : "not-reachable", next: "is the host up, and does sshd answer there?" };
}
