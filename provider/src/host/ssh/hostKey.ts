import { timingSafeEqual } from "node:crypto";
import type { ErrorParts } from "../../errors";
import type { HostKeyKind } from "./algorithms";
import { type Entry, entriesFor, namesOf, readable, revokedBy } from "./knownHosts";
import { insteadOf } from "./notFollowed";
import { keyOf, kindOf } from "./publicKey";
import type { Target } from "./target";

type Verdict = "revoked" | "known" | "another" | "new";

function judge(entries: readonly Entry[], shown: Buffer): Verdict {
  const of = (marker: Entry["marker"]) => entries.filter((entry) => entry.marker === marker);
  const isShown = ({ key }: Entry) => key.length === shown.length && timingSafeEqual(key, shown);
  if (of("revoked").some(isShown)) return "revoked";
  if (of("none").some(isShown)) return "known";
  return of("none").some(({ type }) => type === kindOf(shown)) ? "another" : "new";
}

/** Why a host's key is refused, and what to do. */
export type RefusedKey = Readonly<Pick<ErrorParts, "topic" | "what" | "next">>;

/** Undefined when it is the known one. */
export function refusal(target: Target, shown: Buffer): RefusedKey | undefined {
  if (target.ignoreHostKey) return undefined;
  const scan = `ssh-keyscan -p ${target.port} ${target.host}`;
  if (target.hostKey !== undefined) {
    const given = keyOf(target.hostKey);
    if (given === undefined)
      return {
        topic: "host-key-unknown",
        what: "hostKey is not a public key in OpenSSH's form",
        next: `write it as in a .pub file (ssh-ed25519 AAAA...); ${scan} shows what the host has: compare that on the host itself`,
      };
    if (given.key.equals(shown)) return undefined;
    return {
      topic: "host-key-differs",
      what: "the host shows another key than hostKey",
      next: "if the host was set up anew, change hostKey; otherwise somebody may be in between",
    };
  }
  const revoked = target.revokedHostKeys === undefined ? undefined : revokedBy(target.revokedHostKeys, shown);
  if (revoked !== undefined) return { topic: "host-key-differs", what: revoked, next: "do not log in before you know why" };
  const names = namesOf(target);
  const looks = names.map((name) => entriesFor(name, target.knownHosts));
  const verdict = looks.map((entries) => judge(entries, shown)).find((one) => one !== "new") ?? "new";
  if (verdict === "known") return undefined;
  if (verdict === "revoked")
    return {
      topic: "host-key-differs",
      what: "the host shows a key that is marked as revoked",
      next: "do not log in: ask who revoked it, and have the host make a new key",
    };
  const all = looks.flat();
  if (verdict === "another" || all.some(({ marker }) => marker === "none"))
    return {
      topic: "host-key-differs",
      what: "the host shows another key than the known one",
      next: `if the host was set up anew, take the old one away (ssh-keygen -R ${names[0]}) and add the new one; otherwise somebody may be in between`,
    };
  const files = readable(target.knownHosts).join(" or ");
  const isCertified = all.some(({ marker }) => marker === "authority");
  return {
    topic: "host-key-unknown",
    what: isCertified
      ? `the host's key is not in ${files}; it is known there by a certificate authority alone, and @cert-authority is not followed here`
      : `the host's key is not in ${files}`,
    next: `compare it (${scan}) and add it to known_hosts, or give hostKey; insecureIgnoreHostKey waives the check${insteadOf(target.notFollowed, "host key")}`,
  };
}

const signatures: Readonly<Record<string, readonly string[]>> = { "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"] };
/** The kinds of key to ask for: first those that are known, or the host might show one that is not. */
export function hostKeyAlgorithms(target: Target): HostKeyKind[] {
  const [name = ""] = namesOf(target);
  const given = target.hostKey === undefined ? undefined : keyOf(target.hostKey);
  const entries = target.hostKey === undefined ? entriesFor(name, target.knownHosts) : [];
  const isRevoked = (one: Entry) => entries.some(({ marker, key }) => marker === "revoked" && key.equals(one.key));
  const types =
    given !== undefined ? [given.type] : entries.filter((one) => one.marker === "none" && !isRevoked(one)).map(({ type }) => type);
  const known = new Set(types.flatMap((type) => signatures[type] ?? [type]));
  return [...target.hostKeyKinds].sort((a, b) => Number(known.has(b)) - Number(known.has(a)));
}
