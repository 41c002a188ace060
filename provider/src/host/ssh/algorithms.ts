import type { Algorithms } from "ssh2";
import type { Words } from "./sshGAnswer";

/** What ssh2 offers by default, by the keyword of ssh's configuration that may take some of it away. test/unit/host/ssh/algorithms.test.ts compares it with ssh2. */
export const offered = {
  KexAlgorithms: [
    "curve25519-sha256@libssh.org",
    "curve25519-sha256",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group15-sha512",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group17-sha512",
    "diffie-hellman-group18-sha512",
  ],
  Ciphers: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr", "chacha20-poly1305@openssh.com"],
  MACs: [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
  ],
} as const;

/** Kinds of host key that ssh2 knows and OpenSSH allows by default, as signatures. */
export const hostKeyKinds = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
] as const;
export type HostKeyKind = (typeof hostKeyKinds)[number];

const lists = { ...offered, HostKeyAlgorithms: hostKeyKinds } as const;
type Keyword = keyof typeof lists;
const keywords: readonly Keyword[] = ["KexAlgorithms", "Ciphers", "MACs", "HostKeyAlgorithms"];

/** A list of ssh's configuration, as `ssh -G` tells it; undefined where it says nothing. A reader without ssh tells patterns, which are not followed. */
function listOf(words: Words, keyword: string): readonly string[] | undefined {
  const [list] = words.get(keyword.toLowerCase()) ?? [];
  return list === undefined || /^[-+^]|[*?]/.test(list) ? undefined : list.split(",");
}

const without = <One extends string>(
  all: readonly One[],
  allowed: readonly string[] | undefined,
): Record<"append" | "prepend" | "remove", One[]> => ({
  append: [],
  prepend: [],
  remove: allowed === undefined ? [] : all.filter((one) => !allowed.includes(one)),
});

/** What ssh's configuration takes away. The order stays: the quickest first. */
export const algorithmsOf = (words: Words): Pick<Algorithms, "kex" | "cipher" | "hmac"> => ({
  kex: without(offered.KexAlgorithms, listOf(words, "KexAlgorithms")),
  cipher: without(offered.Ciphers, listOf(words, "Ciphers")),
  hmac: without(offered.MACs, listOf(words, "MACs")),
});

/** Those that may be asked for; all where the configuration leaves none. */
export function allowedHostKeys(words: Words): readonly HostKeyKind[] {
  const allowed = listOf(words, "HostKeyAlgorithms");
  const some = hostKeyKinds.filter((one) => allowed?.includes(one) !== false);
  return some.length === 0 ? hostKeyKinds : some;
}

/** The keyword by which the configuration leaves nothing that ssh2 could offer. */
export const lacksAll = (words: Words): Keyword | undefined =>
  keywords.find((keyword) => {
    const allowed = listOf(words, keyword);
    const some: readonly string[] = lists[keyword];
    return allowed !== undefined && !some.some((one) => allowed.includes(one));
  });
