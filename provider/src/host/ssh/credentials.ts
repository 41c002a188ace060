import { type AnyAuthMethod, type AuthHandlerMiddleware, type ParsedKey, type Prompt, utils } from "ssh2";
import { PolicyRoutingError } from "../../errors";
import { SomeKeys } from "./agent";
import type { Key } from "./keys";
import { kindOf, publicHalf } from "./publicKey";
import type { Target } from "./target";

const parsedKeys = new Map<string, ParsedKey | Error>();

/** Once a key: to open an encrypted one costs a tenth of a second. */
function parsed({ text, passphrase }: Key): ParsedKey | Error {
  const name = JSON.stringify([text, passphrase]);
  const key = parsedKeys.get(name) ?? open(text, passphrase);
  parsedKeys.set(name, key);
  return key;
}

function open(text: string, passphrase: string | undefined): ParsedKey | Error {
  const kind = kindOf(publicHalf(text) ?? Buffer.alloc(0));
  if (kind.startsWith("sk-")) return new Error(`keys of security keys (${kind}) cannot be used here`);
  return utils.parseKey(text, passphrase);
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

/**
 * In the order in which they are tried: what was named, in an agent first, then an agent's other keys, then what ssh tries by itself. ssh has
 * the agent's other keys before named files; here they come behind, since sshd takes six tries and an agent may hold more.
 */
export function methodsOf({ user: username, keys, agent, identities, identitiesOnly, password }: Target): AnyAuthMethod[] {
  const byKey = (some: readonly Key[]): AnyAuthMethod[] =>
    some.map(parsed).flatMap((key) => (key instanceof Error || !key.isPrivateKey() ? [] : [{ type: "publickey" as const, username, key }]));
  const byAgent = (which: "named" | "others"): AnyAuthMethod[] =>
    agent === undefined ? [] : [{ type: "agent" as const, username, agent: new SomeKeys(agent, identities, which) }];
  return [
    ...byKey(keys.filter(({ from }) => from === "program")),
    ...(identities.length === 0 ? [] : byAgent("named")),
    ...byKey(keys.filter(({ from }) => from === "configuration")),
    ...(identitiesOnly ? [] : byAgent("others")),
    ...byKey(keys.filter(({ from }) => from === "default")),
    ...(password === undefined
      ? []
      : [
          { type: "password" as const, username, password },
          { type: "keyboard-interactive" as const, username, prompt: answering(password) },
        ]),
  ];
}

type Answering = (name: string, instructions: string, lang: string, prompts: Prompt[], finish: (answers: string[]) => void) => void;

/** A password is shown to the first question that hides what is typed, and never twice. */
function answering(password: string): Answering {
  let isTold = false;
  return (_name, _instructions, _lang, prompts, finish) =>
    finish(
      prompts.map(({ echo }) => {
        if (echo === true || isTold) return "";
        isTold = true;
        return password;
      }),
    );
}

/** One after the other; what the host does not take is not tried, nor the password as an answer where it was refused as such. */
export function inTurn(
  methods: readonly AnyAuthMethod[],
  heard: (taken: readonly string[]) => void,
  exhausted: () => void,
): AuthHandlerMiddleware {
  const left = [...methods];
  return (taken: readonly string[] | null, isPartial, next) => {
    if (taken !== null) heard(taken);
    for (let method = left.shift(); method !== undefined; method = left.shift()) {
      const type = method.type === "agent" ? "publickey" : method.type;
      const isRefused = type === "keyboard-interactive" && taken?.includes("password") === true && !isPartial;
      if ((taken === null || taken.includes(type)) && !isRefused) {
        next(method);
        return;
      }
    }
    exhausted();
  };
}
