import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { keyOf } from "./publicKey";

/** A line of known_hosts that is about a host. */
export interface Entry {
  readonly type: string;
  readonly key: Buffer;
  readonly marker: "none" | "revoked" | "authority";
}

/** What files of known_hosts say of a name, in their order. One that is not there says nothing. */
export const entriesFor = (name: string, files: readonly string[]): Entry[] =>
  files.flatMap((file) => (textOf(file)?.toString("utf8") ?? "").split("\n").flatMap((line) => entryOf(line, name) ?? []));

/** What decides which keys are known of a host. */
interface Known {
  readonly host: string;
  readonly port: number;
  readonly hostKeyAlias?: string | undefined;
  readonly knownHosts: readonly string[];
}

/** Whether a certificate authority alone says which key is the host's: that is not followed here. */
export function isKnownByAuthorityAlone(target: Known): boolean {
  const entries = namesOf(target).flatMap((name) => entriesFor(name, target.knownHosts));
  return entries.some(({ marker }) => marker === "authority") && !entries.some(({ marker }) => marker === "none");
}

/**
 * Names under which a host's key is looked for, as ssh does: an alias stands for itself; a port other than 22 goes with the name, and behind it
 * the name alone counts where nothing of the kind is known with the port.
 */
export const namesOf = ({ host, port, hostKeyAlias }: Known): string[] => {
  const name = host.toLowerCase();
  return hostKeyAlias !== undefined ? [hostKeyAlias] : port === 22 ? [name] : [`[${name}]:${port}`, name];
};

/** Those that can be read; where none can, the first: there a key would be written down. */
export function readable(files: readonly string[]): readonly string[] {
  const there = files.filter((file) => textOf(file) !== undefined);
  return there.length === 0 ? files.slice(0, 1) : there;
}

const markers: Readonly<Record<string, Entry["marker"]>> = { "@revoked": "revoked", "@cert-authority": "authority" };

function entryOf(line: string, name: string): Entry | undefined {
  const words = line.trim().split(/[ \t]+/);
  const [first = ""] = words;
  if (first.startsWith("#")) return undefined;
  const marker = first.startsWith("@") ? markers[first] : "none";
  if (marker !== "none") words.shift();
  const [patterns = "", ...rest] = words;
  if (marker === undefined || patterns.startsWith("@")) return undefined;
  const known = matches(patterns, name) ? keyOf(rest.join(" ")) : undefined;
  return known === undefined ? undefined : { ...known, marker };
}

/** known_hosts(5): `host,pattern` or a salted hash. */
function matches(patterns: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(patterns) ?? [];
  if (salt !== undefined && hash !== undefined)
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  const list = patterns.split(",");
  if (!/[*?!]/.test(patterns)) return list.some((pattern) => pattern.toLowerCase() === name.toLowerCase());
  const like = (pattern: string) =>
    new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
      "i",
    ).test(name);
  return (
    !list.some((pattern) => pattern.startsWith("!") && like(pattern.slice(1))) &&
    list.some((pattern) => !pattern.startsWith("!") && like(pattern))
  );
}

/** `RevokedHostKeys`: why a key is refused by it. What cannot be read refuses every key, as with ssh. */
export function revokedBy(file: string, shown: Buffer): string | undefined {
  const bytes = textOf(file);
  if (bytes === undefined) return `RevokedHostKeys ${file} cannot be read`;
  if (isBinary(bytes))
    return `RevokedHostKeys ${file} is a revocation list in binary form, which is not followed here: a text of public keys is`;
  const isRevoked = bytes
    .toString("utf8")
    .split("\n")
    .some((line) => keyOf(line)?.key.equals(shown) === true);
  return isRevoked ? `the host shows a key that is revoked by ${file}` : undefined;
}

const isBinary = (bytes: Buffer): boolean => bytes.subarray(0, 6).toString("latin1") === "SSHKRL";

/** Whether a list of revoked keys is one that only ssh reads. */
export const isBinaryList = (file: string): boolean => isBinary(textOf(file) ?? Buffer.alloc(0));

function textOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
