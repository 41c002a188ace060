import { ruleKey } from "../../declaration/key";
import { isSameStack, type Tags } from "../../declaration/owner";
import { registerKey } from "../../declaration/registerKey";
import type { Rule } from "../../declaration/rule/rule";
import type { PolicyRoutingError } from "../../errors";
import type { ObservedRule } from "../observed/state";
import { conflict } from "../plan/adoption";
import type { Mandate } from "../plan/change";
import type { Title } from "../plan/ownership";
import type { RegisterLine } from "../plan/register";
import type { Step } from "../plan/step";
import { comesAndGoes, mismatchOf } from "./match";
import type { At, Place } from "./place";
import { add, del, delAllForeign, delOne, times } from "./steps";

/** How the declared rules come to stand at their priority without a gap. */
export interface Exchange {
  /** All that is new stands before anything old goes: rules that change places are never missing. */
  readonly prepare: readonly Step[];
  readonly steps: readonly Step[];
  readonly finish: readonly Step[];
  /** Of what stands there. */
  readonly gone: readonly ObservedRule[];
  /** Another's, which stay under STAGING until their owner changes too. */
  readonly waiting: readonly ObservedRule[];
  readonly made: readonly Rule[];
  /** How many stand under each tag while this is done. */
  readonly most: { readonly owner: number; readonly staging: number };
  /** What the register says of rules that wait. */
  readonly waits: readonly RegisterLine[];
}

/** `holder` is another one, whose rules they are until now; `adopted` are foreign ones that go. */
export function exchangeOf(
  at: At,
  members: readonly Rule[],
  place: Place,
  adopted: readonly ObservedRule[],
  holder: Title | undefined,
  { stack, tags }: Pick<Mandate, "stack" | "tags">,
): Exchange {
  const key = ruleKey(at);
  const { ours, staged, former, displaced, shared } = place;
  const { lacking, surplus } = mismatchOf(members, ours);
  const isRight = lacking.length + surplus.length === 0;
  const isAlone = holder === undefined && displaced === undefined;
  const takeAway = [...former.map(({ protocol }) => del(at, protocol)), ...delAllForeign(adopted)];
  if (ours.length === 0 || (adopted.length === 0 && (isRight || (isAlone && comesAndGoes(members, place))))) {
    // Under STAGING in nobody's name: a transaction that did not finish left it behind. In our own: we come back to our place.
    const left = displaced === undefined ? staged : [];
    return {
      prepare: lacking.map((one) => add(one, tags.owner)),
      steps: [...times(left.length, del(at, tags.staging)), ...takeAway],
      finish: surplus.map((one) => delOne(one.rule, tags.owner)),
      gone: [...surplus, ...former, ...adopted, ...left],
      waiting: [],
      made: lacking,
      most: { owner: ours.length + lacking.length, staging: 0 },
      waits: [],
    };
  }
  if (shared !== undefined) throw sharedTag(key, shared, tags);
  const clear = times(staged.length, del(at, tags.staging));
  const replace = [...times(ours.length, del(at, tags.owner)), ...takeAway, ...members.map((one) => add(one, tags.owner))];
  const gone = [...ours, ...former, ...adopted, ...staged];
  const waits = displaced === undefined ? [] : [{ at: displaced.at }];
  if (holder !== undefined && isSameStack(holder.entry.stack, stack))
    // Its owner is about to change too (a swap, an insertion, a rename): keep its rule until then.
    return {
      prepare: [],
      steps: [...clear, ...ours.map((one) => add(one.rule, tags.staging)), ...replace],
      finish: [],
      gone,
      waiting: ours.map((one) => ({ ...one, protocol: tags.staging })),
      made: members,
      most: { owner: members.length, staging: ours.length },
      waits: [...waits, { at: registerKey(key, tags.owner, true), entry: holder.entry }],
    };
  return {
    prepare: [...clear, ...members.map((one) => add(one, tags.staging))],
    steps: replace,
    finish: times(members.length, del(at, tags.staging)),
    gone,
    waiting: [],
    made: members,
    most: { owner: members.length, staging: members.length },
    waits,
  };
}

const sharedTag = (key: string, { entry }: Title, { owner, staging }: Tags): PolicyRoutingError =>
  conflict(
    "tags-clash",
    key,
    `a rule of ${entry.id} of stack ${entry.stack} stands there under proto ${staging}, by which rules of proto ${owner} are exchanged`,
    "set policy-routing:owner of that stack to an even number, or choose another priority",
  );
