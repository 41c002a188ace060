/** A chain of nftables, or of an old iptables' table. */
export interface Chain {
  readonly name: string;
  /** `filter`, `route`, `nat`; undefined for one that others jump to. */
  type: string | undefined;
  hook: string | undefined;
  readonly leads: Set<string>;
  /** Leads to what the verdict maps of its table lead to. */
  usesMaps: boolean;
  /** Rules that mark packets or connections. */
  readonly marks: string[];
}

export interface Table {
  readonly name: string;
  readonly chains: Map<string, Chain>;
  /** Chains that its maps name. */
  readonly mapped: Set<string>;
}

const marksInNft = /\bmark set\b|\bxt target "(?:MARK|CONNMARK|HMARK|TPROXY|SET|NFQUEUE)"|\bqueue\b/;
const marksInIptables = /-j (?:(?:MARK|CONNMARK|HMARK|TPROXY|NFQUEUE)\b|SET .*--map-mark)/;

function chainIn({ chains }: Table, name: string): Chain {
  const known = chains.get(name) ?? { name, type: undefined, hook: undefined, leads: new Set(), usesMaps: false, marks: [] };
  chains.set(name, known);
  return known;
}

/** Lines of `nft list ruleset`. */
export function parseNft(text: string): Table[] {
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

const hooks = { OUTPUT: "output", PREROUTING: "prerouting" };

/** Lines of `iptables-save`. The OUTPUT of its table mangle routes anew, as a chain of nftables' type `route`. */
export function parseIptables(text: string): Table[] {
  const tables: Table[] = [];
  for (const line of text.split("\n")) {
    const [, begun] = /^\*(\S+)/.exec(line) ?? [];
    if (begun !== undefined) tables.push({ name: begun, chains: new Map(), mapped: new Set() });
    const [, name, rule = ""] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    const table = tables.at(-1);
    if (name === undefined || table === undefined) continue;
    const chain = chainIn(table, name);
    const [, target] = / ?-[jg] (\S+)/.exec(rule) ?? [];
    if (target !== undefined) chain.leads.add(target);
    if (marksInIptables.test(rule)) chain.marks.push(rule);
  }
  for (const table of tables)
    for (const [name, hook] of Object.entries(hooks)) {
      const chain = chainIn(table, name);
      chain.hook = hook;
      chain.type = table.name === "mangle" ? "route" : "filter";
    }
  return tables;
}

/** All rules that mark, in a chain and in what it leads to, with where they stand. */
export function markingIn(table: Table, from: Chain): { readonly rule: string; readonly where: string }[] {
  const seen = new Set<string>();
  const open = [from.name];
  const found: { rule: string; where: string }[] = [];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const chain = table.chains.get(name);
    const where = `chain ${name} of table ${table.name}`;
    found.push(...(chain?.marks ?? []).map((rule) => ({ rule, where })));
    open.push(...(chain?.leads ?? []), ...(chain?.usesMaps === true ? table.mapped : []));
  }
  return found;
}
