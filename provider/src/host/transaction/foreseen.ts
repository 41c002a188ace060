import { type Expectation, flowOf } from "../../declaration/expectation";
import { type Outcome, unmet } from "../../kernel/expectation";
import { explain } from "../../kernel/lookup/explain";
import { lookups, packetIn } from "../../kernel/lookup/lookup";
import { type Network, proposed } from "../../kernel/lookup/network";
import { readNetwork } from "../../kernel/lookup/stateJson";
import type { Verdict } from "../../kernel/lookup/verdict";
import type { Becomes } from "../../kernel/plan/change";
import { stateJsonOf } from "../reading/network";
import type { Observation } from "../reading/observe";
import { ofNetwork } from "../wire/bound";
import { paced } from "../wire/paced";
import type { Session } from "../wire/session";

/**
 * What would not hold once the changes are made, each with the rule that would decide: found before anything is touched. What cannot be
 * foreseen is left to the kernel, which is asked inside the transaction. One round trip, only where something is expected.
 */
export async function foreseen(
  session: Session,
  { facts }: Observation,
  expectations: readonly Expectation[],
  becomes: readonly Becomes[],
): Promise<string[]> {
  if (expectations.length === 0) return [];
  const answer = await (await session.shell()).run("network", { bound: ofNetwork });
  const network = proposed(await paced(readNetwork(await stateJsonOf(answer, facts, session.host))), becomes);
  return expectations.flatMap((one) => unmetIn(network, one) ?? []);
}

/** Undefined where it holds, or where only the kernel can tell. */
export function unmetIn(network: Network, expectation: Expectation): string | undefined {
  const flow = flowOf(expectation);
  const cases = lookups(network, packetIn(network, flow)).map(outcomesOf);
  const outcomes = cases.flat().map((outcome) => unmet(expectation, outcome));
  const [first] = outcomes;
  // Of several ways that it may take, the kernel's choice is not foreseen.
  if (first === undefined || outcomes.includes(undefined) || cases.some((one) => one.length === 0)) return undefined;
  const { verdict, lines } = explain(network, flow);
  const decider = lines.at(-1);
  // Decided before any rule: by a source that is no address of the host, a device that is down.
  if (decider === undefined) return "why" in verdict ? `${first}: ${verdict.why}` : first;
  return `${first} (${decider.rule} ${decider.says})`;
}

/** What may become of it; nothing where that is not for a lookup to say. */
function outcomesOf(verdict: Verdict): Outcome[] {
  if ("hops" in verdict)
    return verdict.hops.map(({ dev, via }) => ({
      verdict: verdict.kind === "local" ? "local" : "unicast",
      dev,
      via,
      table: verdict.table === undefined ? undefined : String(verdict.table),
    }));
  if ("by" in verdict) return [{ verdict: verdict.kind }];
  return verdict.kind === "no route" ? [{ verdict: "unreachable" }] : [];
}
