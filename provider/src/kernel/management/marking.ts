/**
 * What on a host may set the marks of packets before they are routed. Those that the host sends are routed anew only after a chain of type
 * `route` changed something of them; their marks before and in other chains count only for that. Those that come in are routed behind
 * prerouting.
 */
export interface Marking {
  /** For a person: where, and what; undefined where nothing marks. */
  readonly reply: string | undefined;
  readonly incoming: string | undefined;
}

/** A chain of nftables, or of an old iptables' table. */
interface Chain {
  readonly name: string;
  /** `filter`, `route`, `nat`; undefined for one that others jump to. */
  type: string | undefined;
  hook: string | undefined;
  readonly leads: Set<string>;
  /** Leads to what the verdict maps of its table lead to. */
  usesMaps: boolean;
  /** Statements that mark. */
  readonly marks: string[];
}

interface Table {
  readonly name: string;
  readonly chains: Map<string, Chain>;
  /** Chains that its maps name. */
  readonly mapped: Set<string>;
}

/** A packet handed to a program may come back with another mark, and is then routed anew. */
const fromProgram = /\bqueue\b|\bNFQUEUE\b/;
/** `ct mark set` marks the connection. */
const marksInNft = /(?<!ct )\bmark set\b|\bxt target "(?:MARK|CONNMARK|NFQUEUE)"|\bqueue\b/;
const marksInIptables = /-j (?:MARK|CONNMARK --restore-mark|NFQUEUE)\b/;

function chainIn({ chains }: Table, name: string): Chain {
  const known = chains.get(name) ?? { name, type: undefined, hook: undefined, leads: new Set(), usesMaps: false, marks: [] };
  chains.set(name, known);
  return known;
}

/** Lines of `nft list ruleset`. */
function parseNft(text: string): Table[] {
  const tables: Table[] = [];
  let chain: Chain | undefined;
  for (const line of text.split("\n")) {
    // What a person wrote beside a rule says nothing.
    const words = line.replace(/\bcomment ".*?"/g, "");
    const [, table] = /^table (.+) \{/.exec(words) ?? [];
    const [, kind, name = ""] = /^\t(chain|map|set|flowtable|counter|quota|limit|ct \w+|secmark|synproxy) (\S+) \{/.exec(words) ?? [];
    const current = tables.at(-1);
    if (table !== undefined) tables.push({ name: table, chains: new Map(), mapped: new Set() });
    else if (current !== undefined && kind !== undefined) chain = kind === "chain" ? chainIn(current, name) : undefined;
    else if (current !== undefined) readNft(words.trim(), current, chain);
  }
  return tables;
}

function readNft(words: string, table: Table, chain: Chain | undefined): void {
  const [, type, hook] = /^type (\w+) hook (\w+) /.exec(words) ?? [];
  const targets = [...words.matchAll(/\b(?:jump|goto) ([\w./-]+)/g)].flatMap(([, name]) => name ?? []);
  if (chain === undefined) {
    for (const target of targets) table.mapped.add(target);
    return;
  }
  if (type !== undefined) {
    chain.type = type;
    chain.hook = hook;
  }
  for (const target of targets) chain.leads.add(target);
  if (words.includes("vmap @")) chain.usesMaps = true;
  if (marksInNft.test(words)) chain.marks.push(words);
}

/** Lines of `iptables-save -t mangle`: its OUTPUT routes anew, as one of nftables' type `route`. */
function parseIptables(text: string): Table {
  const table: Table = { name: "mangle", chains: new Map(), mapped: new Set() };
  for (const line of text.split("\n")) {
    const [, name, rule = ""] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const chain = chainIn(table, name);
    const [, target] = / ?-[jg] (\S+)/.exec(rule) ?? [];
    if (target !== undefined) chain.leads.add(target);
    if (marksInIptables.test(rule)) chain.marks.push(rule);
  }
  const hooks = { OUTPUT: "output", PREROUTING: "prerouting" };
  for (const [name, hook] of Object.entries(hooks)) {
    const chain = chainIn(table, name);
    chain.hook = hook;
    chain.type = "route";
  }
  return table;
}

/** The first statement that marks, of those that count, in a chain or in what it leads to. */
function markIn(table: Table, from: Chain, counts: (statement: string) => boolean = () => true): string | undefined {
  const seen = new Set<string>();
  const open = [from.name];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const chain = table.chains.get(name);
    const found = chain?.marks.find(counts);
    if (found !== undefined) return `chain ${name} of table ${table.name} has: ${found.slice(0, 200)}`;
    open.push(...(chain?.leads ?? []), ...(chain?.usesMaps === true ? table.mapped : []));
  }
  return undefined;
}

/** What sh/observe.sh says of it: why marks cannot be told at all, and the lines of packet filters. */
export function markingOf({ unsure, nft, iptables }: { unsure: string; nft: string; iptables: string }): Marking {
  const [first] = [...unsure.split("\n"), ...nft.split("\n").filter((line) => /not permitted/i.test(line))].filter((line) => line !== "");
  if (first !== undefined) return { reply: first, incoming: first };
  const chains = [...parseNft(nft), ...(iptables.trim() === "" ? [] : [parseIptables(iptables)])].flatMap((table) =>
    [...table.chains.values()].map((chain) => ({ table, chain })),
  );
  const hooked = (hooks: readonly string[], types: readonly string[], counts?: (statement: string) => boolean): string | undefined =>
    chains
      .filter(({ chain: { hook = "", type = "" } }) => hooks.includes(hook) && types.includes(type))
      .flatMap(({ table, chain }) => markIn(table, chain, counts) ?? [])[0];
  const isRoutedAnew = chains.some(({ chain }) => chain.hook === "output" && chain.type === "route");
  return {
    reply:
      hooked(["output"], ["route"]) ??
      hooked(["output"], ["filter"], isRoutedAnew ? undefined : (statement) => fromProgram.test(statement)),
    incoming: hooked(["ingress", "prerouting"], ["filter", "route", "nat"]),
  };
}
