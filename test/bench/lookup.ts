// Lookups of flows: how many a second on one core, with 1,000 rules and 10,000 routes.
// What is published: tsx would name each closure anew, at every lookup.
import { lookup } from "../../provider/dist/kernel/lookup/lookup";
import type { Flow } from "../../provider/src/declaration/flow";
import type { Route } from "../../provider/src/declaration/route/route";
import type { Rule } from "../../provider/src/declaration/rule/rule";
import { type Network, networkOf } from "../../provider/src/kernel/lookup/network";
import { emptyState } from "../../provider/src/kernel/observed/state";
import type { Report, Wants } from "./cases";

/** `lookup`: rules of every kind, half of the flows match in the first tenth. `lookup-worst`: ranges that all must be tried, flows that match the last. */
export const lookupCases: readonly string[] = ["lookup", "lookup-worst"];

const rules = 1000;
const routes = 10_000;
/** What a sample's seconds are for. */
export const lookups = 100_000;
const flows = 2000;
const tables = 10;

/** Numbers that look drawn, and are the same in every run. */
function* drawn(): Generator<number> {
  for (let state = 7; ; ) {
    state = (state * 1103515245 + 12345) % 0x80000000;
    yield state >>> 8;
  }
}
const draws = drawn();
const below = (limit: number): number => (draws.next().value ?? 0) % limit;

const octets = (index: number): string => `${index >> 8}.${index & 255}`;

/** One selector of each kind by turns, and a packet that it matches. */
function selectorOf(index: number): { rule: Partial<Rule>; packet: Partial<Flow> } {
  const packets = { from: `10.${octets(index)}.9`, to: `20.${octets(index)}.9` };
  switch (index % 5) {
    case 0:
      return { rule: { from: `10.${octets(index)}.0/24` }, packet: { from: packets.from } };
    case 1:
      return { rule: { to: `20.${octets(index)}.0/24` }, packet: { to: packets.to } };
    case 2:
      return { rule: { fwmark: `0x${(index + 1).toString(16)}/0xffffffff` }, packet: { mark: index + 1 } };
    case 3:
      return { rule: { ipproto: 6, dport: String(index + 1) }, packet: { ipproto: 6, dport: { from: index + 1, to: index + 1 } } };
    default:
      return { rule: { uidrange: `${10_000 + index}-${10_000 + index}` }, packet: { uid: 10_000 + index } };
  }
}

const range = (index: number) => ({ rule: { uidrange: `${10 * index}-${10 * index + 5}` }, packet: { uid: 10 * index } });

function networkWith(selector: (index: number) => { rule: Partial<Rule> }): Network {
  const made: Rule[] = Array.from({ length: rules }, (_, index) => ({
    family: "inet",
    priority: 100 + index,
    ...selector(index).rule,
    table: 1000 + (index % tables),
  }));
  const ways: Route[] = Array.from({ length: routes }, (_, index) => ({
    family: "inet",
    table: 1000 + (index % tables),
    destination: index < tables ? "default" : `${30 + below(100)}.${below(256)}.${below(256)}.0/24`,
    via: "198.18.1.1",
    dev: "e0",
  }));
  const observed = { protocol: 214, unread: [] };
  return networkOf({
    ...emptyState,
    rules: [{ family: "inet", priority: 0, table: "local" } as const, ...made].map((rule) => ({ rule, ...observed })),
    routes: ways.map((route) => ({ route, ...observed })),
  });
}

const flowOf = (packet: Partial<Flow>): Flow => ({
  family: "inet",
  to: `${30 + below(100)}.${below(256)}.${below(256)}.7`,
  mark: 0,
  uid: 0,
  ipproto: 17,
  sport: { from: 1, to: 1 },
  dport: { from: 65_000, to: 65_000 },
  tos: [0],
  ...packet,
});

/** Processor time: on a busy machine the clock would tell of others. */
function secondsOf(network: Network, asked: readonly Flow[]): number {
  const ask = (): number => asked.reduce((found, flow) => found + Number(lookup(network, flow).kind === "unicast"), 0);
  if (ask() !== asked.length) throw new Error("a flow did not match the rule that it was made for");
  const before = process.cpuUsage().user;
  for (let done = 0; done < lookups; done += asked.length) ask();
  return (process.cpuUsage().user - before) / 1e6;
}

export function lookupRound(wants: Wants, report: Report): void {
  const cases = {
    lookup: () => {
      const early = () => selectorOf(below(2) === 0 ? below(rules / 10) : below(rules)).packet;
      return secondsOf(
        networkWith(selectorOf),
        Array.from({ length: flows }, () => flowOf(early())),
      );
    },
    "lookup-worst": () =>
      secondsOf(
        networkWith(range),
        Array.from({ length: flows / 10 }, () => flowOf(range(rules - 1).packet)),
      ),
  };
  for (const [name, seconds] of Object.entries(cases)) if (wants(name)) report(name, 1, rules + routes, { seconds: seconds() });
}
