import { type AnyAuthMethod, type ParsedKey, utils } from "ssh2";
import { PolicyRoutingError } from "../errors";
import type { Target } from "./sshConfig";

type Key = Target["keys"][number];

const parsedKeys = new Map<string, ParsedKey | Error>();

/** Once a key: to open an encrypted one costs a tenth of a second. */
function parsed({ text, passphrase }: Key): ParsedKey | Error {
  const name = JSON.stringify([text, passphrase]);
  const key = parsedKeys.get(name) ?? utils.parseKey(text, passphrase);
  parsedKeys.set(name, key);
  return key;
}

/** Where no other way to log in is left, a key that does not open is the reason. */
export function refuseUnusableKeys(target: Target): void {
  const keys = target.keys.map(parsed);
  const [failed] = keys.filter((key) => key instanceof Error);
  if (failed === undefined || keys.some((key) => !(key instanceof Error)) || target.agent !== undefined || target.password !== undefined)
    return;
  throw new PolicyRoutingError("auth", {
    topic: "private-key",
    host: target.name,
    what: "the private key cannot be used",
    cameBack: failed.message,
    next: "check the key's form, and privateKeyPassword if it is encrypted",
  });
}

/** Why keys of a target are not tried. */
export const unopened = (target: Target): string[] => target.keys.map(parsed).flatMap((key) => (key instanceof Error ? [key.message] : []));

/** In the order in which they are tried. sshd takes six: a key that was named must not come behind an agent that holds more. */
export function methodsOf({ user: username, keys, agent, password }: Target): AnyAuthMethod[] {
  const byKey = (some: readonly Key[]): AnyAuthMethod[] =>
    some.map(parsed).flatMap((key) => (key instanceof Error ? [] : [{ type: "publickey" as const, username, key }]));
  return [
    ...byKey(keys.filter(({ named }) => named)),
    ...(agent === undefined ? [] : [{ type: "agent" as const, username, agent }]),
    ...byKey(keys.filter(({ named }) => !named)),
    ...(password === undefined ? [] : [{ type: "password" as const, username, password }]),
  ];
}
