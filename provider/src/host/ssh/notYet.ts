import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { PolicyRoutingError } from "../../errors";
import type { Target } from "./target";

/** What a host says to somebody whom it has not let in. */
export interface Heard {
  /** It named itself as a server of SSH. */
  isSshd: boolean;
  /** What came before that: sshd says here why it turns a connection away. */
  early: string;
  /** The latest banner of the login: PAM's words too. */
  words: string;
}

const longest = 500;

export function listen(client: Client, stream: Duplex): Heard {
  const heard: Heard = { isSshd: false, early: "", words: "" };
  const onData = (data: Buffer): void => {
    const text = heard.early + data.toString("latin1");
    heard.isSshd = /^SSH-/m.test(text); // what follows it may be in the same packet, and longer
    heard.early = text.slice(-longest);
    if (heard.isSshd) stream.removeListener("data", onData);
  };
  stream.on("data", onData);
  client.on("banner", (text) => {
    heard.words = text.slice(0, longest);
  });
  return heard;
}

/** systemd's words while a host starts or stops, and the manual that they name. sshd says them to who has shown the right key or password. */
const nologin = /pam_nologin|\bis (booting up|going down)\b/i;

/** Why a login came to nothing that will be taken later: undefined where it is something else. Both are tried again, for nobody was refused. */
export function notYet(target: Target, { isSshd, early, words }: Heard, cause?: Error): PolicyRoutingError | undefined {
  return rootAlone(target, words) ?? (isSshd ? undefined : closedEarly(target, early, cause));
}

/** Undefined where the host's words are of something else. */
export function rootAlone({ name, host, port, user }: Target, words: string): PolicyRoutingError | undefined {
  if (!nologin.test(words)) return undefined;
  return new PolicyRoutingError("unreachable", {
    topic: "not-yet",
    host: name,
    what: `lets nobody but root log in now, so not ${user} either (${host} port ${port})`,
    cameBack: words.trim(),
    next: "it starts, or shuts down: to wait longer for it, raise connection.dialErrorLimit",
  });
}

export const closedEarly = ({ name, host, port }: Target, early: string, cause?: Error): PolicyRoutingError =>
  new PolicyRoutingError("unreachable", {
    topic: "not-yet",
    host: name,
    what: `the connection was closed before sshd's first word (${host} port ${port})`,
    cameBack: early.trim() === "" ? cause?.message : early.trim(),
    next: "sshd starts, has no host key yet, or turns connections away (MaxStartups): to wait longer for it, raise connection.dialErrorLimit",
    cause,
  });
