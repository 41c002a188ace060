import { familyOf } from "../../declaration/address";
import { type Expectation, lookupWords } from "../../declaration/expectation";
import { outcomeOf, unmet } from "../../kernel/expectation";
import { type Answer, sectionsAfter } from "../wire/answer";
import { call } from "../wire/frames";

/** The text that asks the kernel for each, by `ip route get`; empty where nothing is expected. Every word was validated and holds no blank. */
export function lookupText(expectations: readonly Expectation[]): string {
  const lines = expectations.map(
    (one, index) => `${index + 1} ${familyOf(one.to ?? "") === "inet6" ? 6 : 4} ${lookupWords(one).join(" ")}`,
  );
  return lines.length === 0 ? "" : call("lookups", lines);
}

/** What does not hold, of the expectations that the answer's frame asked for. */
export function unmetExpectations(expectations: readonly Expectation[], answer: Answer): string[] {
  const said = new Map(sectionsAfter(answer, "lookup").map(({ rest, text }) => [Number(rest), text]));
  return expectations.flatMap((one, index) => unmet(one, outcomeOf(said.get(index + 1) ?? "Error: the host did not answer it")) ?? []);
}
