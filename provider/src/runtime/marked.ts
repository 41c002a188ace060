import { commonFields } from "../declaration/everyResource";
import { withSecrets } from "../declaration/secrets";
import type { Properties } from "./handlers";

/** How a secret is said on the engine's wire: sdk/nodejs/runtime/rpc.ts, `specialSigKey` and `specialSecretSig`. */
const key = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
/** `specialOutputValueSig`: what an argument of a component is, where its value hangs on another resource or is a secret. */
const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

export const mark = <Value>(value: Value) => ({ [key]: secret, value });
export const isMarked = (value: unknown): value is { value: unknown } =>
  typeof value === "object" && value !== null && key in value && value[key] === secret && "value" in value;

/** Without a value it is not known yet. */
export const isOutput = (value: unknown): value is { value?: unknown; secret?: unknown } =>
  typeof value === "object" && value !== null && key in value && value[key] === output;

/**
 * What the engine is to keep, with its passwords and keys marked. What a program gives need not be: `requireObject`, a literal and a
 * transformation lose the mark, and without it state, previews and events hold the text.
 */
export const marked = (properties: Properties): Properties => withSecrets(commonFields, properties, mark);
