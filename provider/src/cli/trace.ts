import { parseArgs } from "node:util";
import type { Flow } from "../declaration/flow";
import { explain } from "../kernel/lookup/explain";
import { lookup } from "../kernel/lookup/lookup";
import type { Network } from "../kernel/lookup/network";
import { printVerdict, type Verdict } from "../kernel/lookup/verdict";
import { describe } from "../kernel/rule/rule";
import { type Exit, exits, WrongUse } from "./exit";
import { flowOf, flowsOf } from "./flow";
import { withKernelTables } from "./report/tableNames";
import { networkFrom, readText, sourceOptions } from "./source";

const text = { type: "string" } as const;
const flowOptions = {
  to: text,
  from: text,
  iif: text,
  oif: text,
  vrf: text,
  mark: text,
  uid: text,
  ipproto: text,
  sport: text,
  dport: text,
  tos: text,
  "tun-id": text,
  flowlabel: text,
};

export async function trace(args: string[]): Promise<Exit> {
  const options = { ...sourceOptions, ...flowOptions, flows: text, json: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { flows, json, ...rest } = values;
  const asked = Object.fromEntries(Object.entries(rest).flatMap(([name, value]) => (name in flowOptions ? [[camel(name), value]] : [])));
  if (flows !== undefined && Object.keys(asked).length > 0) throw new WrongUse("give --flows, or one packet, not both");
  if (flows === undefined) {
    if (asked["to"] === undefined) throw new WrongUse("--to is missing: say where the packet goes, or give --flows FILE");
    const flow = flowOf(asked, (problems) => new WrongUse(problems));
    const network = await networkFrom(positionals, values);
    return json === true ? printMany(network, [flow], true) : printOne(network, flow);
  }
  const packets = flowsOf(await readText(flows), flows);
  return printMany(await networkFrom(positionals, values), packets, json === true);
}

const camel = (name: string): string => name.replace(/-(.)/g, (_match, letter: string) => letter.toUpperCase());

function printOne(network: Network, flow: Flow): Exit {
  const { lines, sentence, verdict, cases } = explain(network, flow);
  for (const { rule, says } of lines) process.stdout.write(withKernelTables(`${rule}\n    ${says}\n`));
  process.stdout.write(`=> ${sentence}\n`);
  for (const { where, sentence: says } of cases) process.stdout.write(`   where ${where.join("; or ")}: ${says}\n`);
  return verdict.kind === "unsure" ? exits.found : exits.done;
}

/** Flows between two signs of life. */
const stride = 10_000;

function printMany(network: Network, flows: readonly Flow[], json: boolean): Exit {
  let open = false;
  flows.forEach((flow, index) => {
    const verdict = lookup(network, flow);
    open ||= verdict.kind === "unsure";
    const line = json ? JSON.stringify(record(verdict)) : `${flow.from ?? "-"} -> ${flow.to}: ${printVerdict(verdict)}`;
    process.stdout.write(withKernelTables(`${line}\n`));
    if (process.stderr.isTTY && index % stride === stride - 1) process.stderr.write(`\r${index + 1} of ${flows.length} packets`);
  });
  if (process.stderr.isTTY && flows.length >= stride) process.stderr.write("\n");
  return open ? exits.found : exits.done;
}

/** A verdict for programs: the way out as `dev`, `via` and `src` where there is one, all of them as `hops`. */
function record(verdict: Verdict): Record<string, unknown> {
  const { kind, path } = verdict;
  const decisive = path.at(-1);
  const steps = path.map(({ rule: { rule }, outcome, route }) => ({
    priority: rule.priority,
    outcome,
    ...(route === undefined ? {} : { destination: route.route.destination, table: route.route.table }),
  }));
  const rule = decisive?.outcome === "decides" ? { rule: describe(decisive.rule.rule) } : {};
  if (!("hops" in verdict)) return { verdict: kind, ...rule, ...("why" in verdict ? { why: verdict.why } : {}), path: steps };
  const { table, hops, partly } = verdict;
  const [only, ...others] = hops;
  return {
    verdict: kind,
    table,
    ...rule,
    ...(others.length === 0 ? only : {}),
    hops,
    ...(partly === undefined ? {} : { why: partly }),
    path: steps,
  };
}
