import { PolicyRoutingError } from "../../errors";
import type { Target } from "./target";

/** Why a login is of no use: what runs on the host reads no frames. */
export function noSudo({ name, user }: Target, cameBack: string): PolicyRoutingError {
  const wantsTerminal = /must have a tty/.test(cameBack);
  return new PolicyRoutingError("auth", {
    topic: "sudo",
    host: name,
    what: wantsTerminal ? `sudo wants a terminal of user ${user}, and there is none` : `user ${user} cannot run sudo without a password`,
    ran: "sudo -n sh",
    cameBack,
    next: wantsTerminal
      ? `allow it on the host (in /etc/sudoers.d/: Defaults:${user} !requiretty), or log in as root`
      : `allow it on the host (in /etc/sudoers.d/: ${user} ALL=(ALL) NOPASSWD: ALL), give sudoPassword, or log in as root`,
  });
}

export const noShell = ({ name, host, user }: Target, cameBack: string): PolicyRoutingError =>
  new PolicyRoutingError("auth", {
    topic: "no-shell",
    host: name,
    what: `user ${user} has no shell that runs commands`,
    cameBack,
    next: `check that \`ssh ${user}@${host} sh -c true\` works`,
  });

/** A frame ended with another code than 0. */
export function badCode(host: string, code: string, cameBack: string): PolicyRoutingError {
  if (code !== "cut" && code !== "headless")
    return new PolicyRoutingError("protocol", {
      topic: "answer-not-understood",
      host,
      what: `a script on the host ended with ${code}`,
      cameBack,
    });
  return new PolicyRoutingError("unsupported", {
    topic: "programs-missing",
    host,
    what: code === "cut" ? "head on the host does not read what was sent" : "programs are missing on the host: head",
    ran: "head -c",
    cameBack,
    next: "install coreutils, busybox or toybox, or let the login's PATH lead to it",
  });
}
