import { join } from "node:path";
import type { Person } from "./person";

/** What ssh puts in the place of `%h` and the like, by ssh_config(5). */
export type Tokens = Readonly<Record<string, string>>;

export interface Named {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  readonly proxyJump: string | undefined;
}

export const tokensOf = ({ name, host, port, user, hostKeyAlias, proxyJump }: Named, person: Person): Tokens => ({
  "%": "%",
  d: person.home,
  h: host,
  i: String(person.uid ?? ""),
  j: proxyJump ?? "",
  k: hostKeyAlias ?? name,
  L: person.machine.split(".")[0] ?? "",
  l: person.machine,
  n: name,
  p: String(port),
  r: user,
  u: person.user ?? "",
});

/** A token that is not known stays as it is. */
export const withTokens = (text: string, tokens: Tokens): string => text.replace(/%(.)/g, (all, token: string) => tokens[token] ?? all);

/** `~`, `${VARIABLE}` and tokens of a path. */
export function wholePath(path: string, tokens: Tokens, { home, environment }: Person): string {
  const atHome = path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
  return atHome.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}|%(.)/g, (all, variable: string | undefined, token: string | undefined) =>
    variable !== undefined ? (environment[variable] ?? all) : (tokens[token ?? ""] ?? all),
  );
}

/** `IdentityAgent`: a path, `none`, `SSH_AUTH_SOCK`, or a variable of the environment. */
export function agentOf(word: string | undefined, tokens: Tokens, person: Person): string | undefined {
  if (word === undefined || word === "SSH_AUTH_SOCK") return person.environment["SSH_AUTH_SOCK"];
  if (word.toLowerCase() === "none") return undefined;
  const [, variable] = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(word) ?? [];
  return variable === undefined ? wholePath(word, tokens, person) : person.environment[variable];
}
