import type { ObservedRule } from "../observed/state";
import { describe } from "../rule/rule";

/** Two rules in the words of `ip`; whose each is, too, where those words are the same. */
export function apart(one: ObservedRule, other: ObservedRule, ours: readonly number[]): readonly [string, string] {
  const [first, second] = [describe(one.rule), describe(other.rule)];
  return first === second ? [`${first} (${whose(one, ours)})`, `${second} (${whose(other, ours)})`] : [first, second];
}

/** By the tag alone. Of two of ours one waits, under the second tag, while they are exchanged. */
function whose({ protocol }: ObservedRule, [owner, ...others]: readonly number[]): string {
  if (protocol === owner) return "ours";
  if (others.includes(protocol)) return `ours, proto ${protocol}`;
  return protocol === 0 ? "foreign, no proto" : `foreign, proto ${protocol}`;
}
