import { isSameStack } from "../../declaration/owner";
import { PolicyRoutingError } from "../../errors";
import type { Back, Choice } from "../../kernel/history/back";
import { type Held, heldAt, isSameObject, objectAt, ownerAt, standsSame } from "../../kernel/history/held";
import type { State } from "../../kernel/observed/state";
import { rememberedIn } from "../../kernel/sysctl";
import type { Observation } from "../reading/observe";

export const refused = (what: string, next: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", { topic: "rollback-refused", what: `refused, nothing was changed: ${what}`, next });

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

/** What is to go is there, and the register names no owner: as after it was lost. A setting has no tag: it is ours while it is as we left it. */
export function isLeftOver({ key, from, to }: Back, state: State): boolean {
  const object = to === undefined && ownerAt(key, state) === undefined ? objectAt(key, state) : undefined;
  if (object === undefined || "name" in object) return false;
  if (!("sysctl" in object)) return true;
  const { was, set } = rememberedIn(from) ?? { was: undefined, set: undefined };
  return was !== set && set === object.sysctl.value;
}

const isNobodys = ({ key }: Back, state: State): boolean => ownerAt(key, state) === undefined;

const ofNobody = (back: readonly Back[]): PolicyRoutingError =>
  refused(
    `in nobody's name, for the register on the host names no owner: ${some(back)}`,
    "run sh /etc/policy-routing/replay on the host, which names the owners of what is persisted; or go back in the program: git revert, then pulumi up",
  );

function some(back: readonly Back[]): string {
  const keys = back.map(({ key }) => key);
  return keys.length > 5 ? `${keys.slice(0, 5).join(", ")} and ${keys.length - 5} more` : keys.join(", ");
}
