import { isSameStack } from "../../declaration/owner";
import type { PolicyRoutingError } from "../../errors";
import type { Back, Choice } from "../../kernel/history/back";
import { isLeftOver } from "../../kernel/history/changeBack";
import { type Held, heldAt, isSameObject, objectAt, standsSame } from "../../kernel/history/held";
import { refused } from "../../kernel/history/refused";
import { ownerAt } from "../../kernel/observed/kinds";
import type { State } from "../../kernel/observed/state";
import { folders } from "../../kernel/persist/folders";
import type { Observation } from "../reading/observe";

const putsBack = "look at npx --no-install policy-routing diff HOST N; --force puts back all the same";

/** Why what is there is not what the newest of these revisions left; undefined where it is. */
export function changedSince({ back, revisions }: Choice, { state, facts, persistence }: Observation): PolicyRoutingError | undefined {
  const now = (key: string): Held | undefined => heldAt(key, { state, objects: persistence.objects });
  const changed = back.filter(({ key, from }) => {
    const held = now(key);
    return !standsSame(held, from) || (held !== undefined && from !== undefined && !isSameStack(held.stack, from.stack));
  });
  if (changed.length === 0) return undefined;
  if (changed.every((one) => one.from !== undefined && isNobodys(one, state) && isSameObject(objectAt(one.key, state), one.from.object)))
    return ofNobody(changed);
  const isRebooted = revisions.at(-1)?.boot !== facts.bootId && changed.every(({ key }) => now(key) === undefined);
  return refused(
    isRebooted
      ? `not there since the host was rebooted: ${some(changed)}`
      : `changed since by somebody else, and not by a change of this history: ${some(changed)}`,
    putsBack,
  );
}

/** By force too, nothing goes that the register names no owner of: who goes back acts for owners alone. */
export function cannotGo({ back }: Choice, { state }: Observation): PolicyRoutingError | undefined {
  const left = back.filter((one) => isLeftOver(one, state));
  return left.length === 0 ? undefined : ofNobody(left);
}

const isNobodys = ({ key }: Back, state: State): boolean => ownerAt(key, state) === undefined;

const ofNobody = (back: readonly Back[]): PolicyRoutingError =>
  refused(
    `in nobody's name, for the register on the host names no owner: ${some(back)}`,
    `run sh ${folders.etc}/replay on the host, which names the owners of what is persisted; or go back in the program: git revert, then pulumi up`,
  );

function some(back: readonly Back[]): string {
  const keys = back.map(({ key }) => key);
  return keys.length > 5 ? `${keys.slice(0, 5).join(", ")} and ${keys.length - 5} more` : keys.join(", ");
}
