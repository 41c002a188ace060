import { contains, familyOf } from "../../declaration/address";
import { type Expectation, flowOf, printExpectation } from "../../declaration/expectation";
import type { Flow } from "../../declaration/flow";
import { isOpen } from "../../kernel/lookup/cases";
import { lookup, packetIn } from "../../kernel/lookup/lookup";
import type { Network } from "../../kernel/lookup/network";
import { pairsOf } from "../../kernel/lookup/pairs";
import { printVerdict, sameWay, type Verdict } from "../../kernel/lookup/verdict";

/** A packet that is looked up before and after. */
export interface Asked {
  readonly what: string;
  readonly flow: Flow;
}

/** Which way it goes. `lost`: it had a way out, and has none any more. */
export interface FlowChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly moves: boolean;
  readonly lost: boolean;
  /** Why it cannot be told whether it moves. */
  readonly unsure: string | undefined;
}

export function compare({ what, flow }: Asked, before: Network, after: Network): FlowChange {
  const told = pairsOf(before, after, packetIn(before, flow));
  const pairs = isOpen(told) ? [] : told.cases.map(({ answer }) => answer);
  const [unsure] = isOpen(told)
    ? [told.why]
    : pairs.flatMap(({ now, then }) => [now, then].flatMap((one) => (one.kind === "unsure" ? one.why : [])));
  return {
    what,
    before: printVerdict(lookup(before, flow)),
    after: printVerdict(lookup(after, flow)),
    moves: pairs.some(({ now, then }) => !sameWay(now, then)),
    lost: pairs.some(({ now, then }) => leaves(now) && !leaves(then) && then.kind !== "unsure"),
    unsure,
  };
}

const leaves = (verdict: Verdict): boolean => verdict.kind === "unicast" || verdict.kind === "local";

/** Addresses of nobody, set aside for documentation: what leads to one leads to anywhere. */
const anywhere = {
  inet: ["192.0.2.1", "198.51.100.1", "203.0.113.1"],
  inet6: ["2001:db8::1", "2001:db8:ffff::1", "3fff::1"],
} as const;

/** Replies from each address that a `from` rule names, to somewhere that only default routes lead to. */
export function repliesOf(before: Network, after: Network): Asked[] {
  const networks = [before, after];
  const sources = networks.flatMap(({ rules }) => rules.flatMap(({ rule: { from } }) => (from === undefined ? [] : [from])));
  return [...new Set(sources)].flatMap((source) => {
    const address = source.replace(/\/(32|128)$/, "");
    if (address.includes("/")) return [];
    const family = familyOf(address);
    const routes = networks.flatMap((network) => network.routes.filter(({ route }) => route.family === family));
    const isRouted = (to: string): boolean =>
      routes.some(({ route: { destination } }) => destination !== "default" && !/\/[01]$/.test(destination) && contains(destination, to));
    const to = anywhere[family].find((one) => !isRouted(one)) ?? anywhere[family][0];
    return [{ what: `replies from ${address} to anywhere (${to})`, flow: packet(address, to) }];
  });
}

const packet = (from: string, to: string): Flow => ({
  family: familyOf(to),
  from,
  to,
  mark: 0,
  uid: 0,
  ipproto: undefined,
  sport: undefined,
  dport: undefined,
  tos: [0],
});

export const expectationsAsked = (expectations: readonly Expectation[]): Asked[] =>
  expectations.map((one) => ({ what: `expected ${printExpectation(one)}`, flow: flowOf(one) }));

/** What a person asked for, in the words of `ip route get`. */
export const userAsked = (flows: readonly Flow[]): Asked[] =>
  flows.map((flow) => {
    const { to, from, iif, oif, mark, uid, ipproto, sport, dport } = flow;
    const said = Object.entries({
      from,
      iif,
      oif,
      mark: mark || undefined,
      uid: uid || undefined,
      ipproto,
      sport: sport?.from,
      dport: dport?.from,
    });
    return { what: [to, ...said.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]))].join(" "), flow };
  });
