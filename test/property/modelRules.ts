import type { IpObject } from "../../provider/src/declaration/attribute";
import type { Family } from "../../provider/src/declaration/family";

/** A rule as the kernel keeps it: the words that were given, by their names. A mark or mask of zero is none. */
export interface ModelRule {
  readonly family: Family;
  readonly words: ReadonlyMap<string, string>;
}

const actions: Readonly<Record<string, string>> = { blackhole: "6", unreachable: "7", prohibit: "8", nop: "nop", goto: "goto" };

export function parseRule(family: Family, words: readonly string[]): ModelRule {
  const found = new Map<string, string>();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const action = actions[word];
    if (action !== undefined) found.set("action", action);
    if (action !== undefined && word !== "goto") continue;
    if (word === "not" || word === "l3mdev") found.set(word, "");
    else if (word === "fwmark") {
      const [mark = "", mask = "0xffffffff"] = rest.shift()?.split("/") ?? [];
      if (Number(mark) !== 0) found.set("mark", mark);
      if (Number(mask) !== 0) found.set("mask", mask);
    } else found.set(word, rest.shift() ?? "");
  }
  if (found.get("proto") === "0") found.delete("proto");
  return { family, words: found };
}

/** Wildcards of a new rule that leaves them out; and what is never compared. */
const open = new Set(["from", "to", "tos", "dscp", "flowlabel", "realms"]);
const never = new Set(["not", "goto"]);
const priority = (rule: ModelRule): number => Number(rule.words.get("pref"));

/** rule_exists() of net/core/fib_rules.c. */
const exists = (old: ModelRule, rule: ModelRule): boolean =>
  old.family === rule.family &&
  [...new Set([...old.words.keys(), ...rule.words.keys()])].every(
    (word) => never.has(word) || (open.has(word) && !rule.words.has(word)) || old.words.get(word) === rule.words.get(word),
  );

/** rule_find(): whatever the pattern leaves out may be anything. */
const isFound = (old: ModelRule, pattern: ModelRule): boolean =>
  old.family === pattern.family && [...pattern.words].every(([word, value]) => never.has(word) || old.words.get(word) === value);

/** Undefined: the kernel refuses. A new rule stands behind its peers. */
export function addRule(rules: readonly ModelRule[], rule: ModelRule): readonly ModelRule[] | undefined {
  if (rules.some((old) => exists(old, rule))) return undefined;
  const behind = rules.findIndex((old) => priority(old) > priority(rule));
  return behind === -1 ? [...rules, rule] : rules.toSpliced(behind, 0, rule);
}

export function deleteRule(rules: readonly ModelRule[], pattern: ModelRule): readonly ModelRule[] | undefined {
  const first = rules.findIndex((old) => isFound(old, pattern));
  return first === -1 ? undefined : rules.toSpliced(first, 1);
}

function prefixKeys(prefix: string | undefined, key: string): IpObject {
  const [address, length] = prefix?.split("/") ?? [];
  return { ...(address === undefined ? {} : { [key]: address }), ...(length === undefined ? {} : { [`${key}len`]: Number(length) }) };
}

/** `10`, `10-20` or `10/0xf0`, each in keys of its own. */
function rangeKeys(value: string | undefined, key: string): IpObject {
  if (value === undefined) return {};
  const [first, last] = value.split("-").map(Number);
  const [one, mask] = value.split("/");
  if (last !== undefined) return { [`${key}_start`]: first, [`${key}_end`]: last };
  return { [key]: Number(one), ...(mask === undefined ? {} : { [`${key}_mask`]: mask }) };
}

function maskKeys(value: string | undefined, key: string): IpObject {
  const [first, mask] = value?.split("/") ?? [];
  return { ...(first === undefined ? {} : { [key]: first }), ...(mask === undefined ? {} : { [`${key}_mask`]: mask }) };
}

/** As `ip -j -N -d rule show` shows it. */
export function ruleJson({ words }: ModelRule): IpObject {
  const mark = words.get("mark");
  const mask = words.get("mask");
  const action = words.get("action");
  const text = (word: string, key = word): IpObject => (words.has(word) ? { [key]: words.get(word) } : {});
  const number = (word: string, key = word): IpObject => (words.has(word) ? { [key]: Number(words.get(word)) } : {});
  const [uidStart, uidEnd] = words.get("uidrange")?.split("-").map(Number) ?? [];
  const realms = words.get("realms")?.split("/") ?? [];
  const source = realms.length === 2 && realms[0] !== "0" ? { flow_from: realms[0] } : {};
  return {
    priority: Number(words.get("pref")),
    ...(words.has("not") ? { not: null } : {}),
    src: "all",
    ...prefixKeys(words.get("from"), "src"),
    ...prefixKeys(words.get("to"), "dst"),
    ...text("tos"),
    ...maskKeys(words.get("dscp"), "dscp"),
    ...maskKeys(words.get("flowlabel"), "flowlabel"),
    ...(mark === undefined && mask === undefined ? {} : { fwmark: mark ?? "0", ...(mask === "0xffffffff" ? {} : { fwmask: mask ?? "0" }) }),
    ...text("iif"),
    ...text("oif"),
    ...(words.has("l3mdev") ? { l3mdev: null } : {}),
    ...(uidStart === undefined ? {} : { uid_start: uidStart, uid_end: uidEnd }),
    ...(words.has("ipproto") ? { ipproto: `ipproto-${words.get("ipproto")}` } : {}),
    ...rangeKeys(words.get("sport"), "sport"),
    ...rangeKeys(words.get("dport"), "dport"),
    ...number("tun_id"),
    ...text("table"),
    ...number("suppress_prefixlength", "suppress_prefixlen"),
    ...text("suppress_ifgroup"),
    ...(realms.length === 0 ? {} : { ...source, flow_to: realms.at(-1) }),
    ...(action === "goto" ? { ...number("goto"), unresolved: null } : {}),
    ...(action === "nop" ? { nop: null } : {}),
    ...(action === undefined || action === "nop" || action === "goto" ? {} : { action }),
    protocol: words.get("proto") ?? "0",
  };
}
