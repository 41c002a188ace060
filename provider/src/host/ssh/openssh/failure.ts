import { constants } from "node:os";
import { type ErrorParts, PolicyRoutingError } from "../../../errors";
import { unreachable } from "../login";
import { noShell } from "../noShell";
import { closedEarly, rootAlone } from "../notYet";
import type { Target } from "../target";

const { errno } = constants;

/** ssh ends with 255 where the connection is lost, and by a signal where we end it; any other code is that of the command. */
export const lost = (code: number | undefined): boolean => code === undefined || code === 255;

interface Reason extends Pick<ErrorParts, "topic" | "what" | "next"> {
  readonly kind: "auth" | "unsupported" | "invalid";
}

/** What stands in OpenSSH's words, and what it is to us. The first that fits. */
const refusals: readonly [RegExp, (target: Target) => Reason][] = [
  [
    /(?:REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY|marked as revoked|is revoked).*Host key verification failed/is,
    () => ({
      kind: "auth",
      topic: "host-key-differs",
      what: "ssh refuses the key that the host shows",
      next: "if the host was set up anew, change what is known of it (hostKey, known_hosts); otherwise somebody may be in between",
    }),
  ],
  [
    /Host key verification failed|No .* host key is known|KnownHostsCommand/i,
    ({ hostKey, host, port }) =>
      hostKey === undefined
        ? {
            kind: "auth",
            topic: "host-key-unknown",
            what: "ssh does not know the key that the host shows",
            next: `compare it (ssh-keyscan -p ${port} ${host}) and add it to known_hosts, or give hostKey`,
          }
        : {
            kind: "auth",
            topic: "host-key-differs",
            what: "the host shows another key than hostKey",
            next: "if the host was set up anew, change hostKey; otherwise somebody may be in between",
          },
  ],
  [
    /Unable to negotiate|no matching /i,
    () => ({
      kind: "unsupported",
      topic: "ssh-algorithms",
      what: "ssh and the host's sshd have no algorithm in common",
      next: "allow one more in the host's sshd_config, or in your ssh configuration",
    }),
  ],
  [
    /Permission denied|Too many authentication failures|Authentication failed|userauth/i,
    ({ user }) => ({
      kind: "auth",
      topic: "login-refused",
      what: `ssh could not log in as ${user}`,
      next: "check that `ssh` reaches the host by the same configuration without asking anything: nobody is there to answer",
    }),
  ],
  [
    /Bad configuration option|bad configuration options|Bad owner or permissions on|keyword .* (?:argument|value)/i,
    () => ({ kind: "invalid", topic: "ssh-configuration", what: "ssh cannot read its configuration", next: "correct it" }),
  ],
];

/** OpenSSH's words where sshd turned it away without its own first word. */
const early = /kex_exchange_identification: (?:Connection closed by remote host|read: Connection reset by peer|.*Exceeded MaxStartups)/i;

/** OpenSSH's words for what the system says of a dial, and what Node.js would say. */
const codes: readonly [RegExp, { readonly code: string; readonly errno?: number }][] = [
  [/Could not resolve hostname.*Temporary failure/i, { code: "EAI_AGAIN" }],
  [/Could not resolve hostname/i, { code: "ENOTFOUND" }],
  [/Connection refused/i, { code: "ECONNREFUSED", errno: -errno.ECONNREFUSED }],
  [/No route to host/i, { code: "EHOSTUNREACH", errno: -errno.EHOSTUNREACH }],
  [/Network is unreachable/i, { code: "ENETUNREACH", errno: -errno.ENETUNREACH }],
];

/** Why no shell came of an ssh that ended: `stderr` is its own, and the host's behind the login; `stdout` is the host's. */
export function failureOf(target: Target, code: number | undefined, stderr: string, stdout: string): PolicyRoutingError {
  if (!lost(code)) return noShell(target, stderr.trim() === "" ? stdout : stderr);
  const cameBack = stderr.replaceAll("\r", "").trim();
  const starting =
    rootAlone(target, cameBack) ?? (target.proxyCommand === undefined && early.test(cameBack) ? closedEarly(target, cameBack) : undefined);
  if (starting !== undefined) return starting;
  // ssh's own reason stands last: before it a host's banner and what leads there may say anything.
  const last = cameBack.split("\n").slice(-2).join("\n");
  const [, reasonOf] = refusals.find(([words]) => words.test(words.dotAll ? cameBack : last)) ?? [];
  if (reasonOf !== undefined) {
    const { kind, ...parts } = reasonOf(target);
    return new PolicyRoutingError(kind, { ...parts, host: target.name, ran: `ssh ${target.name}`, cameBack });
  }
  const [, system] = codes.find(([words]) => words.test(last)) ?? [];
  const cause = system === undefined ? new Error(cameBack) : Object.assign(new Error(`${system.code}: ${cameBack}`), system);
  const way = target.proxyCommand === undefined ? "" : " through the ProxyCommand of your ssh configuration";
  return unreachable(target, `not reachable${way}`, cause);
}
