import { isDeepStrictEqual } from "node:util";
import { numberAt, textAt } from "../declaration/attribute";
import { type Expectation, printExpectation } from "../declaration/expectation";
import { gatewayAt } from "../declaration/route/nextHop";
import { tableOf } from "../declaration/tableNumber";
import { parseIpJson } from "./observed/ipJson";

/** What became of a packet: by the kernel's word, or by a lookup. */
export interface Outcome {
  readonly verdict: string;
  readonly dev?: string | undefined;
  readonly via?: string | undefined;
  readonly table?: string | undefined;
}

/** The kernel tells what it refuses by an error number; no route and `unreachable` share one. */
const refusals: readonly [RegExp, string][] = [
  [/Network is unreachable|No route to host/, "unreachable"],
  [/Permission denied/, "prohibit"],
  [/Invalid argument/, "blackhole"],
];
const local = 2;

/** What `ip -j -N -d route get` answered; its own words where it says something else. */
export function outcomeOf(answer: string): Outcome {
  const refused = /^(?:RTNETLINK answers|Error): *(.+)$/m.exec(answer)?.[1];
  if (refused !== undefined) return { verdict: refusals.find(([pattern]) => pattern.test(refused))?.[1] ?? refused };
  const [json] = parseIpJson(answer, "a route lookup");
  if (json === undefined) return { verdict: "unreachable" };
  const table = numberAt(json, "table");
  return {
    verdict: numberAt(json, "type") === local ? "local" : "unicast",
    dev: textAt(json, "dev"),
    via: gatewayAt(json),
    table: table === undefined ? undefined : String(tableOf(table)),
  };
}

/** Undefined where it holds; else what was expected and what is. */
export function unmet(expectation: Expectation, outcome: Outcome): string | undefined {
  const { verdict, dev, via, table } = expectation;
  const asked: Outcome = {
    verdict: verdict ?? (outcome.verdict === "local" ? "local" : "unicast"),
    dev: dev ?? outcome.dev,
    via: via ?? outcome.via,
    table: table === undefined ? outcome.table : String(table),
  };
  const seen = { verdict: outcome.verdict, dev: outcome.dev, via: outcome.via, table: outcome.table };
  return isDeepStrictEqual(asked, seen) ? undefined : `expected ${printExpectation(expectation)}, but it is ${printOutcome(outcome)}`;
}

const printOutcome = ({ verdict, dev, via, table }: Outcome): string =>
  [verdict, ...Object.entries({ dev, via, table }).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))].join(" ");
