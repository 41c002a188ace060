import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tagsOf } from "../../provider/src/declaration/owner";
import { isPolicyRoutingError } from "../../provider/src/errors";
import { stepsText } from "../../provider/src/host/wire/frames";
import type { Wish } from "../../provider/src/kernel/history/back";
import type { StorePlan } from "../../provider/src/kernel/persist/store";
import { printObject } from "../../provider/src/kernel/persist/stored";
import type { Change } from "../../provider/src/kernel/plan/change";
import { type ChangePlan, deviations, plan } from "../../provider/src/kernel/plan/plan";
import { printLine } from "../../provider/src/kernel/plan/register";
import { commandOf, type Step } from "../../provider/src/kernel/plan/step";
import { kindOf } from "../../provider/src/runtime/kinds";
import { ModelHistory } from "../property/modelHistory";
import { ModelKernel, restorable } from "../property/modelKernel";
import { type Desired, parseScenario, type Scenario } from "./scenario";

const stack = "organization/edge/prod";

function changeOf({ id, kind, inputs }: Desired): Change {
  if (inputs === undefined) return { id, stack, tags: tagsOf(undefined), adopt: false, wanted: [] };
  const { inputs: checked, failures } = kindOf(kind).check({
    ...inputs,
    connection: { host: "edge-1" },
    owner: { stack, ...proto(inputs) },
  });
  assert.deepEqual(failures, []);
  const { wanted, adopt, exclusive, label, owner } = kindOf(kind).declared(checked);
  return { id, stack, tags: tagsOf(owner.proto), adopt, exclusive, label, wanted };
}

/** To the number of a revision: each change before it made one. */
const wishOf = ({ inputs }: Desired): Wish => ({ to: Number(inputs?.["to"]) });

const proto = ({ owner }: Readonly<Record<string, unknown>>): object => (typeof owner === "object" && owner !== null ? owner : {});

/** Every prefix undone gives the state before; the whole gives what is wanted. */
function carryOut(kernel: ModelKernel, planned: ChangePlan): void {
  for (let count = 0; count <= planned.steps.length; count++) {
    const copy = new ModelKernel(kernel);
    copy.change(planned.steps.slice(0, count));
    copy.undo(planned.undo);
    copy.undo(planned.undo);
    assert.deepEqual(restorable(copy.state()), restorable(kernel.state()), `wrong undo after ${count} steps`);
  }
  assert.ok(kernel.change(planned.steps));
  kernel.register(planned.register);
  assert.deepEqual(deviations(planned, kernel.state()), []);
}

const part = (title: string, lines: readonly string[]): string => (lines.length === 0 ? "" : `-- ${title} --\n${lines.join("\n")}\n`);

/** What is written to the disk, and what goes from it. */
const storeText = ({ written, removed }: StorePlan): string[] => [
  ...written.map((one) => printObject(one).replaceAll("\t", " | ")),
  ...removed.map((file) => `${file} goes`),
];

/** The file of a name says whose it is: told where that is somebody else than who changes it. */
function textOf(step: Step, { id }: Change): string {
  const owner = step.on === "tableName" ? step.written?.owner.id : undefined;
  return `${commandOf(step)}${owner === undefined || owner === id ? "" : `, of ${owner}`}`;
}

interface Outcome {
  /** The scenario with what comes of it. */
  readonly text: string;
  /** What a host would be sent of it: the lines of its change and of its undo. */
  readonly sent: string;
}

function outcomeOf(name: string, { given, state, objects, desired }: Scenario): Outcome {
  const kernel = ModelKernel.of(state);
  const history = new ModelHistory(objects);
  let text = given;
  let sent = "";
  for (const one of desired) {
    const title = (what: string): string => (desired.length === 1 ? what : `${one.id}: ${what}`);
    try {
      const before = kernel.state();
      const change = one.kind === "rollback" ? history.back(one.id, wishOf(one), before) : changeOf(one);
      if (change === undefined) {
        text += part(title("steps"), ["nothing of it is here"]);
        continue;
      }
      const planned = plan(change, before);
      const { steps, register, notes, undo } = planned;
      carryOut(kernel, planned);
      const store = history.keep(planned, before, kernel.state(), one.id);
      text +=
        part(title("steps"), steps.length === 0 ? ["nothing"] : steps.map((step) => textOf(step, change))) +
        part(
          title("undo"),
          undo.map((step) => textOf(step, change)),
        ) +
        part(title("register"), register.map(printLine)) +
        part(title("store"), objects === undefined ? [] : storeText(store)) +
        part(
          title("notes"),
          notes.map(({ did }) => did),
        );
      for (const [what, some] of [
        ["change", steps],
        ["undo", undo],
      ] as const)
        sent += part(`${name}: ${one.id}: ${what}`, some.length === 0 ? [] : [stepsText(some, what)]);
    } catch (error) {
      if (!isPolicyRoutingError(error)) throw error;
      text += part(title(error.kind), error.message.split("\n"));
    }
  }
  return { text, sent };
}

/** The same as in the file; with UPDATE=1 the file becomes the same. */
function assertFile(file: string, text: string): void {
  if (process.env["UPDATE"] !== undefined) writeFileSync(file, text);
  assert.equal(text, existsSync(file) ? readFileSync(file, "utf8") : "");
}

describe("golden", () => {
  const folder = join(__dirname, "scenarios");
  const names = readdirSync(folder).map((file) => file.replace(/\.txt$/, ""));
  const outcomes = new Map<string, Outcome>();
  for (const name of names)
    it(name.replaceAll("-", " "), () => {
      const file = join(folder, `${name}.txt`);
      const outcome = outcomeOf(name, parseScenario(readFileSync(file, "utf8")));
      outcomes.set(name, outcome);
      assertFile(file, outcome.text);
    });

  it("sends a host the same lines as ever", () => {
    const sent = names.map(
      (name) => (outcomes.get(name) ?? outcomeOf(name, parseScenario(readFileSync(join(folder, `${name}.txt`), "utf8")))).sent,
    );
    assertFile(join(__dirname, "sent.txt"), sent.join(""));
  });
});
