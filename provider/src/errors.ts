import type { Topic } from "./messages";

/**
 * The one error of this package. Its message is built here and nowhere else: which host, which object, what happened, what was run,
 * what came back, what to do next. Its kind decides policy: only `unreachable` is retried. Its outcome says how a change that a host was sent
 * ended; an error without one is told where nothing was changed.
 */
export type ErrorKind =
  /** What a person wrote cannot be meant. */
  | "invalid"
  /** Somebody else owns the object, or a foreign object stands at its key. */
  | "conflict"
  /** Login refused, host key wrong, no root by sudo. */
  | "auth"
  /** No answer from the host. The only kind that is retried; never "gone". */
  | "unreachable"
  /** The host lacks something: iproute2, a kernel version, an attribute. */
  | "unsupported"
  /** The kernel or a command on the host refused. */
  | "command"
  /** What was read back, probed or confirmed is not what was asked. */
  | "verify"
  /** Another transaction holds the host, or the host is frozen. */
  | "busy"
  /** The person stopped the run before this was begun. */
  | "stopped"
  /** The host answered in a way this package does not understand. */
  | "protocol"
  /** A mistake in this package. */
  | "bug";

/** How a change ended that did not succeed: as it was before; in part neither before nor after; or nobody could look. */
export type Outcome = "reverted" | "differs" | "unknown";

export interface ErrorParts {
  /** Its place in the list of messages, and in docs/troubleshooting.md. */
  topic: Topic;
  /** Where, as the person named it. */
  host?: string | undefined;
  /** Which object, in the words of `ip`. */
  object?: string | undefined;
  /** What happened, one sentence without a full stop. */
  what: string;
  /** More of it, a line each. */
  details?: readonly string[] | undefined;
  /** The command that was run. */
  ran?: string | undefined;
  /** What came back from the host. Escaped before it is printed. */
  cameBack?: string | undefined;
  /** What to do next. */
  next?: string | undefined;
  /** Left out: nothing was changed on the host. */
  outcome?: Outcome | undefined;
  cause?: unknown;
}

/** What a person should hear although nothing failed. */
export type Warning = Readonly<Pick<ErrorParts, "topic" | "object" | "what" | "next">>;

export const warningText = (host: string, warning: Warning): string => `warning: ${warningWords(host, warning)}`;

/** For where a warning is one without saying so. */
export const warningWords = (host: string, { object, what, next }: Warning): string => message({ host, object, what, next });

const brand = Symbol.for("pulumi-policy-routing.error");

export class PolicyRoutingError extends Error {
  readonly kind: ErrorKind;
  readonly parts: ErrorParts;
  readonly [brand] = true;

  constructor(kind: ErrorKind, parts: ErrorParts) {
    super(message(parts), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = "PolicyRoutingError";
    this.kind = kind;
    this.parts = parts;
    // The engine prints the stack of what check, diff, read and delete throw: a person wants the message, not our files.
    this.stack = this.message;
  }

  get outcome(): Outcome | undefined {
    return this.parts.outcome;
  }

  /** The same error with more said about where it happened. What was known already stays. */
  at(place: { host?: string; object?: string; next?: string }): PolicyRoutingError {
    return new PolicyRoutingError(this.kind, { ...place, ...defined(this.parts) });
  }
}

/** Works across two copies of this package, unlike `instanceof`. */
export function isPolicyRoutingError(error: unknown): error is PolicyRoutingError {
  return error instanceof Error && brand in error;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What happened, without where: for a reason inside another message. */
export const whatOf = (error: unknown): string => (isPolicyRoutingError(error) ? error.parts.what : messageOf(error));

const longest = 2000;

/** What is not to be seen, or moves what is: controls, marks of direction, invisible characters, separators of lines. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text from a host, made safe for a terminal: nothing unseen, bounded length. Its lines stay lines. */
export function escapeOutput(text: string): string {
  const trimmed = text.trim();
  const cut = trimmed.length > longest ? `${trimmed.slice(0, longest)} ... (${trimmed.length - longest} more characters)` : trimmed;
  return cut.replace(unseen, (c) => (c === "\n" || c === "\t" ? c : `\\x${c.codePointAt(0)?.toString(16).padStart(2, "0")}`));
}

/** The same on one line: what a host says must not look like a line of ours. */
export const escapeLine = (text: string): string => escapeOutput(text).replaceAll("\n", "\\n");

function message(parts: Omit<ErrorParts, "topic">): string {
  const place = [parts.host, parts.object].filter((part) => part !== undefined).map(escapeLine);
  const lines = [[...place, escapeLine(parts.what)].join(": "), ...(parts.details ?? []).map((detail) => `    ${escapeLine(detail)}`)];
  if (parts.ran !== undefined) lines.push(`  ran: ${escapeLine(parts.ran)}`);
  if (parts.cameBack !== undefined && parts.cameBack.trim() !== "")
    lines.push(`  came back: ${escapeOutput(parts.cameBack).replaceAll("\n", "\n    ")}`);
  if (parts.next !== undefined) lines.push(`  next: ${escapeLine(parts.next)}`);
  return lines.join("\n");
}

function defined(parts: ErrorParts): ErrorParts {
  return { topic: parts.topic, what: parts.what, ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) };
}
