import assert from "node:assert/strict";
import { parsePrefix, printPrefix } from "../../provider/src/declaration/address";
import { isPolicyRoutingError } from "../../provider/src/errors";
import type { State } from "../../provider/src/kernel/observed/state";
import { stateAfter } from "../../provider/src/kernel/plan/after";
import type { Change } from "../../provider/src/kernel/plan/change";
import { type ChangePlan, deviations, plan } from "../../provider/src/kernel/plan/plan";
import type { IpStep } from "../../provider/src/kernel/plan/step";
import { add } from "../../provider/src/kernel/rule/steps";
import { ModelKernel } from "./modelKernel";
import { type Input, ruleOf } from "./subjects";

/** As somebody else would, with the host bits that a prefix was written with. */
export function addGiven(input: Input, proto: number): IpStep {
  const rule = ruleOf(input);
  const given = (["from", "to"] as const).flatMap((name) => {
    const prefix = rule[name] === undefined ? undefined : parsePrefix(String(input[name]));
    return prefix === undefined ? [] : [[name, printPrefix(prefix)] as const];
  });
  return add({ ...rule, ...Object.fromEntries(given) }, proto);
}

/** Undefined: it was refused. */
export function planOn(kernel: ModelKernel, wanted: Change): ChangePlan | undefined {
  try {
    return plan(wanted, kernel.state());
  } catch (error) {
    if (isPolicyRoutingError(error) && error.kind === "conflict") return undefined;
    throw error;
  }
}

const byText = (rules: State["rules"]): string[] => rules.map((one) => JSON.stringify(one)).sort();

/** Plans it, tries every prefix with its undo on copies, then does it. Undefined: it was refused. */
export function tryOut(kernel: ModelKernel, wanted: Change, comparable: (state: State) => unknown): ChangePlan | undefined {
  const planned = tryOnce(kernel, wanted, comparable);
  if (planned === undefined) return undefined;
  const again = planOn(kernel, wanted);
  assert.deepEqual(
    [again?.steps, again?.register],
    [[], []],
    `the second plan is not empty\n${JSON.stringify(planned.steps, undefined, 1)}`,
  );
  return planned;
}

/** The same of what nobody plans twice. */
export function tryOnce(kernel: ModelKernel, wanted: Change, comparable: (state: State) => unknown): ChangePlan | undefined {
  const planned = planOn(kernel, wanted);
  if (planned === undefined) return undefined;
  const { steps, undo, register } = planned;
  const told = JSON.stringify({ steps, undo, before: kernel.state() }, undefined, 1);
  for (let count = 0; count <= steps.length; count++) {
    const copy = new ModelKernel(kernel);
    copy.change(steps.slice(0, count));
    for (const time of ["once", "twice"]) {
      copy.undo(undo);
      assert.deepEqual(comparable(copy.state()), comparable(kernel.state()), `wrong undo after ${count} steps, ${time}\n${told}`);
    }
  }
  const foreseen = stateAfter(kernel.state(), planned);
  assert.ok(kernel.change(steps), `cannot be applied\n${told}`);
  kernel.register(register);
  assert.deepEqual(byText(foreseen.rules), byText(kernel.state().rules), `rules that were not foreseen\n${told}`);
  assert.deepEqual(foreseen.sysctls, kernel.state().sysctls, `settings that were not foreseen\n${told}`);
  assert.deepEqual(deviations(planned, foreseen), [], told);
  assert.deepEqual(foreseen.register.entries, kernel.state().register.entries, `a register that was not foreseen\n${told}`);
  assert.deepEqual(deviations(planned, kernel.state()), [], told);
  return planned;
}
