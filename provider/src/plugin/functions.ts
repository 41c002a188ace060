import type { FieldTable, Values } from "../declaration/attribute";
import { canonical } from "../declaration/canonical";
import { isConnection } from "../declaration/connection";
import { flowOf } from "../declaration/expectation";
import { printFailure } from "../declaration/failures";
import { getHostFields, type getHostResultFields, lookupFields, type lookupResultFields } from "../declaration/functions";
import { ownEntry } from "../declaration/ownEntry";
import { tableNumber } from "../declaration/tableNumber";
import { PolicyRoutingError } from "../errors";
import type { Verdict } from "../kernel/lookup/verdict";
import type { Properties } from "../runtime/handlers";

/** What came of a call: its answer, or what is wrong in what it was given. */
export type Answered = { readonly result: Properties } | { readonly failures: readonly string[] };

/** The functions of the schema, by their tokens. */
const functions: Readonly<Record<string, (given: Properties) => Promise<Answered>>> = {
  "policyrouting:index:getHost": (given) => answered(getHostFields, given, getHost),
  "policyrouting:index:lookup": (given) => answered(lookupFields, given, lookup),
};

export function call(token: string, given: Properties): Promise<Answered> {
  const one = ownEntry(functions, token);
  if (one === undefined) throw new PolicyRoutingError("bug", { topic: "newer-version", what: `there is no function ${token}` });
  return one(given);
}

async function answered<Table extends FieldTable>(
  fields: Table,
  given: Properties,
  answer: (values: Values<Table>) => Promise<Properties>,
): Promise<Answered> {
  const { values, problems } = canonical(fields, given);
  return problems.length > 0 ? { failures: problems.map(printFailure) } : { result: await answer(values) };
}

/** Only now: a run that calls none needs nothing of it. */
async function read(connection: unknown) {
  if (!isConnection(connection)) throw new PolicyRoutingError("invalid", { topic: "fields", what: "connection: host is required" });
  const { readHost }: typeof import("../host/reading/network") = require("../host/reading/network");
  const { networkOfState }: typeof import("../kernel/lookup/stateJson") = require("../kernel/lookup/stateJson");
  const { facts, state } = await readHost(connection);
  return { facts, network: networkOfState(state) };
}

async function getHost({ connection }: Values<typeof getHostFields>): Promise<Values<typeof getHostResultFields>> {
  const { describe }: typeof import("../kernel/rule/rule") = require("../kernel/rule/rule");
  const { facts, network } = await read(connection);
  return {
    machineId: facts.machineId,
    kernel: facts.kernel,
    iproute2: facts.iproute2,
    addresses: (network.addresses ?? []).map(({ dev, family, address, length }) => ({ dev, family, address: `${address}/${length}` })),
    gateways: network.routes.flatMap(({ route: { destination, via, dev, family, table } }) =>
      destination === "default" && via !== undefined ? [{ ...(dev === undefined ? {} : { dev }), family, via, table }] : [],
    ),
    rules: network.rules.map(({ rule }) => describe(rule)),
  };
}

async function lookup({ connection, ...flow }: Values<typeof lookupFields>): Promise<Values<typeof lookupResultFields>> {
  const { lookup: find }: typeof import("../kernel/lookup/lookup") = require("../kernel/lookup/lookup");
  const { printVerdict }: typeof import("../kernel/lookup/verdict") = require("../kernel/lookup/verdict");
  const { network } = await read(connection);
  const verdict = find(network, flowOf(flow));
  return { verdict: verdict.kind, sentence: printVerdict(verdict), ...wayOf(verdict) };
}

function wayOf(verdict: Verdict): Partial<Values<typeof lookupResultFields>> {
  const { describe }: typeof import("../kernel/rule/rule") = require("../kernel/rule/rule");
  const decisive = verdict.path.at(-1);
  const rule = decisive?.outcome === "decides" ? { rule: describe(decisive.rule.rule) } : {};
  if (!("hops" in verdict)) return rule;
  const { table, hops } = verdict;
  const [only, ...others] = hops;
  const way = only === undefined || others.length > 0 ? [] : Object.entries(only).filter(([, value]) => value !== undefined);
  return { ...rule, ...(table === undefined ? {} : { table: tableNumber(table) }), ...Object.fromEntries(way) };
}
