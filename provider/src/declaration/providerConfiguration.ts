import { field, type Values } from "./attribute";
import { type Canonical, canonical } from "./canonical";
import { connectionDefaultsSchema } from "./connectionDefaults";
import { flag, integer, oneOf, textOf } from "./number";
import { defaultOwner, wrongOwner } from "./owner";

/** What is said once for all resources of a provider of the plugin: `policyrouting:NAME` in the stack's configuration, or an explicit provider's arguments. */
export const providerFields = {
  connection: field({
    schema: connectionDefaultsSchema,
    doc:
      "What connections leave out: all fields of `connection` but `host`. A resource's own go before it, field by field; behind it comes `~/.ssh/config`. It is filled in when a host is reached: it is no part of " +
      "any resource's inputs or state, so changing it changes no resource.",
    absent: "nothing",
    example: { user: "root" },
  }),
  owner: field({
    schema: integer(6, 252),
    settle: (value) => (value === defaultOwner ? undefined : value),
    wrong: wrongOwner,
    doc: "The even `proto` number that marks what is ours on a host; the next one is used while a rule is exchanged.",
    absent: String(defaultOwner),
    example: 220,
  }),
  livePreview: field({
    schema: flag,
    doc: "Has a preview read the hosts too, by one login or a few each, and tell at each resource what `up` would run there now, and what would be refused.",
    absent: "false: a preview opens no connection",
    example: true,
  }),
  organization: field({
    schema: textOf("the name of an organization").regex(/^[A-Za-z0-9_.-]{1,100}$/, "expected the name of an organization"),
    doc: "The organization of the stack, by which hosts tell whose an entry is. The engine does not tell it to a plugin.",
    absent: "what the state says, else `organization`, the word of every backend that has none",
    example: "acme",
  }),
  unreachable: field({
    schema: oneOf(["keep", "forget"]),
    doc:
      "What to do about a host that does not answer: `keep` leaves its state as it was in a refresh; `forget` drops its resources from the state at a delete, and what they " +
      "own stays on the host. `POLICY_ROUTING_UNREACHABLE` in the environment of a run goes before it.",
    absent: "it is an error",
    example: "keep",
  }),
};

export type ProviderConfiguration = Values<typeof providerFields>;

/** What the engine itself says there. */
const engines: ReadonlySet<string> = new Set(["version", "pluginDownloadURL"]);

/** As the engine hands it over: numbers, flags and objects are texts there. */
export function providerConfiguration(said: Readonly<Record<string, unknown>>): Canonical<typeof providerFields> {
  const own = Object.entries(said).filter(([name]) => !engines.has(name));
  return canonical(providerFields, Object.fromEntries(own.map(([name, value]) => [name, meant(value)])));
}

function meant(value: unknown): unknown {
  if (typeof value !== "string" || !/^(?:[0-9]+|true|false|\{.*\})$/s.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
