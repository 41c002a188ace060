import { createHmac, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { ErrorParts } from "../errors";
import type { Target } from "./sshConfig";

interface KnownKey {
  readonly type: string;
  readonly key: Buffer;
  readonly revoked: boolean;
}

/** The key of a line `TYPE BASE64 ...`, as in a .pub file. */
function keyOf(text: string): { type: string; key: Buffer } | undefined {
  const [type, base64] = text.trim().split(/\s+/);
  return type === undefined || base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)
    ? undefined
    : { type, key: Buffer.from(base64, "base64") };
}

/** known_hosts(5): `host,pattern` or a salted hash; a port other than 22 as `[host]:port`. */
function matches(patterns: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(patterns) ?? [];
  if (salt !== undefined && hash !== undefined)
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  if (!/[*?!]/.test(patterns)) return patterns.split(",").some((pattern) => pattern.toLowerCase() === name.toLowerCase());
  const list = patterns.split(",");
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

const knownName = ({ port, knownAs }: Target): string => (port === 22 ? knownAs : `[${knownAs}]:${port}`);

/** The keys that are known for a host: the one that was given, else those of the known_hosts files. */
export function knownKeys(target: Target): KnownKey[] {
  if (target.hostKey !== undefined) {
    const given = keyOf(target.hostKey);
    return given === undefined ? [] : [{ ...given, revoked: false }];
  }
  const name = knownName(target);
  return target.knownHosts.filter(existsSync).flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.startsWith("#") && !line.startsWith("@cert-authority"))
      .flatMap((line) => {
        const revoked = line.startsWith("@revoked");
        const [patterns, ...rest] = (revoked ? line.slice("@revoked".length).trim() : line.trim()).split(/\s+/);
        const known = keyOf(rest.join(" "));
        return patterns !== undefined && known !== undefined && matches(patterns, name) ? [{ ...known, revoked }] : [];
      }),
  );
}

/** Why a host's key is refused, and what to do. */
export type RefusedKey = Readonly<Pick<ErrorParts, "topic" | "what" | "next">>;

/** Undefined when it is the known one. */
export function refusal(target: Target, shown: Buffer): RefusedKey | undefined {
  if (target.ignoreHostKey) return undefined;
  const known = knownKeys(target);
  const equal = known.filter(({ key }) => key.length === shown.length && timingSafeEqual(key, shown));
  if (equal.some(({ revoked }) => revoked))
    return {
      topic: "host-key-differs",
      what: "the host shows a key that is marked as revoked",
      next: "do not log in: ask who revoked it, and have the host make a new key",
    };
  if (equal.length > 0) return undefined;
  const scan = `ssh-keyscan -p ${target.port} ${target.host}`;
  if (target.hostKey !== undefined)
    return known.length === 0
      ? {
          topic: "host-key-unknown",
          what: "hostKey is not a public key in OpenSSH's form",
          next: `write it as in a .pub file (ssh-ed25519 AAAA...); ${scan} shows what the host has: compare that on the host itself`,
        }
      : {
          topic: "host-key-differs",
          what: "the host shows another key than hostKey",
          next: "if the host was set up anew, change hostKey; otherwise somebody may be in between",
        };
  return known.length === 0
    ? {
        topic: "host-key-unknown",
        what: `the host's key is not in ${target.knownHosts.join(" or ")}`,
        next: `compare it (${scan}) and add it to known_hosts, or give hostKey; insecureIgnoreHostKey waives the check`,
      }
    : {
        topic: "host-key-differs",
        what: "the host shows another key than the known one",
        next: `if the host was set up anew, take the old one away (ssh-keygen -R ${knownName(target)}) and add the new one; otherwise somebody may be in between`,
      };
}

const signatures: Readonly<Record<string, readonly string[]>> = { "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"] };
const offered = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
] as const;

/** The kinds of key to ask for: first those that are known, or the host might show one that is not. */
export function hostKeyAlgorithms(target: Target): (typeof offered)[number][] {
  const known = new Set(knownKeys(target).flatMap(({ type }) => signatures[type] ?? [type]));
  return [...offered].sort((a, b) => Number(known.has(b)) - Number(known.has(a)));
}
