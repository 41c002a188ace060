import { join } from "node:path";
import type { Algorithms } from "ssh2";
import type { ProxyConnection } from "../../declaration/connection";
import { algorithmsOf, allowedHostKeys, type HostKeyKind } from "./algorithms";
import { type NotFollowed, notFollowed } from "./notFollowed";
import type { Person } from "./person";
import type { Words } from "./sshGAnswer";
import { agentOf, tokensOf, wholePath, withTokens } from "./tokens";

/** Which host is meant, as the program says it. */
export interface Asked {
  readonly name: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
}

/** The same for our own use. Paths are whole. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Files of keys: those that somebody named, else those that ssh tries by itself. */
  readonly identityFiles: readonly string[];
  readonly isByDefault: boolean;
  /** No other key of an agent is tried. */
  readonly identitiesOnly: boolean;
  readonly agent: string | undefined;
  /** In the order in which they are passed. */
  readonly proxyJump: readonly ProxyConnection[];
  readonly proxyCommand: string | undefined;
  readonly proxyUsesFdpass: boolean;
  readonly hostKeyAlias: string | undefined;
  readonly knownHosts: readonly string[];
  readonly revokedHostKeys: string | undefined;
  /** What the person's lists leave of ssh2's. */
  readonly algorithms: Algorithms;
  /** Kinds of host key that may be asked for. */
  readonly hostKeyKinds: readonly HostKeyKind[];
  /** Seconds. */
  readonly connectTimeout: number | undefined;
  readonly bindAddress: string | undefined;
  readonly addressFamily: 4 | 6 | undefined;
  readonly notFollowed: readonly NotFollowed[];
}

const defaultUser = "root";
/** Those of security keys last: only ssh itself can use them. */
const defaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk", "id_ecdsa_sk"];

/** Whichever reader it comes from. What the program says of port and user wins. */
export function configurationOf(words: Words, asked: Asked, person: Person, exists: (path: string) => boolean): Configuration {
  const all = (keyword: string): readonly string[] => words.get(keyword) ?? [];
  const one = (keyword: string): string | undefined => {
    const [value] = all(keyword);
    return value === undefined || value.toLowerCase() === "none" ? undefined : value;
  };
  const { name } = asked;
  const host = one("hostname") ?? name;
  const port = asked.port ?? Number(one("port") ?? 22);
  const user = asked.user ?? one("user") ?? defaultUser;
  const [hostKeyAlias, proxyJump, family] = [one("hostkeyalias"), one("proxyjump"), one("addressfamily")];
  const tokens = tokensOf({ name, host, port, user, hostKeyAlias, proxyJump }, person);
  const whole = (path: string): string => wholePath(path, tokens, person);
  const paths = (keyword: string, otherwise: string): string[] =>
    (all(keyword).length > 0 ? all(keyword) : [otherwise]).flatMap((line) => pathsOf(line, (path) => exists(whole(path)))).map(whole);
  const named = all("identityfile").filter((path) => path.toLowerCase() !== "none");
  const isByDefault = all("identityfile").length === 0 || isDefaultList(named);
  const proxyCommand = proxyJump === undefined ? one("proxycommand") : undefined;
  const identityFiles = isByDefault ? defaultKeys.map((key) => join(person.home, ".ssh", key)) : named.map(whole);
  const certificate = identityFiles.map((path) => `${path}-cert.pub`).find(exists);
  return {
    host,
    port,
    user,
    identityFiles,
    isByDefault,
    identitiesOnly: one("identitiesonly")?.toLowerCase() === "yes",
    agent: agentOf(all("identityagent")[0], tokens, person),
    proxyJump: jumpsOf(proxyJump),
    proxyCommand: proxyCommand === undefined ? undefined : withTokens(proxyCommand, tokens),
    proxyUsesFdpass: one("proxyusefdpass")?.toLowerCase() === "yes",
    hostKeyAlias,
    knownHosts: distinct([
      ...paths("userknownhostsfile", "~/.ssh/known_hosts ~/.ssh/known_hosts2"),
      ...paths("globalknownhostsfile", "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2"),
    ]).filter((path) => path !== "none"),
    revokedHostKeys: one("revokedhostkeys") === undefined ? undefined : whole(one("revokedhostkeys") ?? ""),
    algorithms: algorithmsOf(words),
    hostKeyKinds: allowedHostKeys(words),
    connectTimeout: /^[1-9][0-9]{0,3}$/.test(one("connecttimeout") ?? "") ? Number(one("connecttimeout")) : undefined,
    bindAddress: one("bindaddress"),
    addressFamily: family === "inet" ? 4 : family === "inet6" ? 6 : undefined,
    notFollowed: notFollowed(certificate === undefined ? words : new Map([...words, ["certificatefile", [certificate]]])),
  };
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

/** ssh prints the files that it would try by itself like those that somebody named. */
const isDefaultList = (files: readonly string[]): boolean =>
  files.length > 1 && files.includes("~/.ssh/id_rsa") && files.every((file) => /^~\/\.ssh\/id_[a-z0-9_]+$/.test(file));

/** Neither reader keeps the quotes around a path with a blank: what exists is one. */
function pathsOf(line: string, exists: (path: string) => boolean): string[] {
  const words = line.split(" ");
  const paths: string[] = [];
  while (words.length > 0) {
    const longest = words.map((_, i) => words.slice(0, words.length - i)).find((some) => some.length === 1 || exists(some.join(" ")));
    const path = words.splice(0, longest?.length ?? 1).join(" ");
    if (path !== "") paths.push(path);
  }
  return paths;
}

/** `a,user@b:2222,ssh://c`: the first one is nearest to us. */
export function jumpsOf(text: string | undefined): ProxyConnection[] {
  return (text ?? "").split(",").flatMap((word) => {
    const [, user, bracketed, plain, port] =
      /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:/[\]]+|[^:/[\]]*(?::[^:/[\]]*){2,}))(?::([0-9]+))?\/?$/i.exec(word.trim()) ?? [];
    const host = bracketed ?? plain;
    return host === undefined
      ? []
      : [{ host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) }];
  });
}
