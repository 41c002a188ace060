import { network, ofTableLocal } from "./addressForms";
import { kinds, origin, passing, type Word } from "./ipWords";

type Values = Readonly<Record<string, unknown>>;

function find(words: readonly Word[], said: string): Word | undefined {
  return (
    words.find(({ exactly }) => exactly.includes(said)) ??
    [...words, origin].find(({ beginnings = [] }) => beginnings.some((whole) => said.length > 1 && whole.startsWith(said)))
  );
}

export type WordsRead = { readonly values: Values; readonly proto: string | undefined } | { readonly wrong: string };

/** The words behind `ip rule add` or `ip route add`, as `ip` takes them. Without a family: it is what the addresses say. */
export function readWords(kind: "rule" | "route", words: readonly string[]): WordsRead {
  const values: Record<string, unknown> = {};
  const hops: unknown[] = [];
  for (let at = 0; at < words.length; ) {
    const said = words[at] ?? "";
    const known = find(kinds[kind], said);
    const isDestination = known === undefined && kind === "route" && values["destination"] === undefined && !passing.has(said);
    const found = known?.read(words.slice(at + 1)) ?? (isDestination ? [0, { destination: network(said) }] : undefined);
    if (found === undefined && !passing.has(said)) return { wrong: `the word ${said} is not understood` };
    const { nexthops: some, ...rest } = found?.[1] ?? {};
    if (Array.isArray(some)) hops.push(...some);
    Object.assign(values, rest);
    at += 1 + (found?.[0] ?? 0);
  }
  const { proto, ...own } = values;
  const settled = kind === "rule" ? settleRule(own) : settleRoute(own, hops);
  return "wrong" in settled ? settled : { values: settled.values, proto: typeof proto === "string" ? proto : undefined };
}

/** A rule that says no table looks into main; beside `goto` the kernel never looks at one. */
function settleRule(values: Values): { values: Values } {
  const { table, ...rest } = values;
  if (values["goto"] !== undefined) return { values: rest };
  const acts = ["table", "action", "l3mdev"].some((name) => values[name] !== undefined);
  if (table === "[l3mdev-table]") return { values: rest };
  return { values: acts ? values : { ...values, table: "main" } };
}

function settleRoute(values: Values, hops: readonly unknown[]): { values: Values } | { wrong: string } {
  if (values["destination"] === undefined) return { wrong: "no destination is said" };
  const table = values["table"] === undefined && ofTableLocal.includes(values["type"]) ? { table: "local" } : {};
  const [only, ...others] = hops;
  // One next hop that is written as several is one.
  const said = only === undefined ? {} : others.length > 0 ? { nexthops: hops } : withoutWeight(only);
  return { values: { ...values, ...table, ...said } };
}

const withoutWeight = (hop: unknown): Values =>
  Object.fromEntries(Object.entries(typeof hop === "object" && hop !== null ? hop : {}).filter(([name]) => name !== "weight"));
