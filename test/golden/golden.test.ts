import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isPolicyRoutingError } from "../../provider/src/errors";
import type { Wanted } from "../../provider/src/kernel/change";
import { parseIpJson } from "../../provider/src/kernel/ipJson";
import { wantedName } from "../../provider/src/kernel/name";
import { parseNames, parseRoutes, parseRules } from "../../provider/src/kernel/parse";
import { type ChangePlan, deviations, plan } from "../../provider/src/kernel/plan";
import { parseRegister } from "../../provider/src/kernel/register";
import { wantedRoute } from "../../provider/src/kernel/route";
import { wantedRule } from "../../provider/src/kernel/rule";
import { emptyState, type State } from "../../provider/src/kernel/state";
import { tableOf } from "../../provider/src/spec/tableNumber";
import { ModelKernel, restorable } from "../property/modelKernel";
import { change, type Input, routeOf, ruleOf } from "../property/subjects";

/** desired.json: changes in the order in which they are made. */
interface Desired {
  id: string;
  stack?: string;
  adopt?: boolean;
  names?: { tableId: number; name: string }[];
  routes?: Input[];
  rules?: Input[];
}

/** current.txt: parts begun by a line `==> COMMAND` or `==> FILE`, with what it printed or holds. */
function stateOf(text: string): State {
  const parts = text.split(/^==> /m).flatMap((part) => (part === "" ? [] : [/^(.*)\n([\s\S]*)$/.exec(part)?.slice(1) ?? []]));
  const of = (pattern: RegExp) => parts.flatMap(([name = "", body = ""]) => (pattern.test(name) ? [{ name, body }] : []));
  const family = (name: string) => (name.includes("-6") ? "inet6" : "inet");
  return {
    ...emptyState,
    rules: of(/rule show$/).flatMap(({ name, body }) => parseRules(parseIpJson(body, name), family(name))),
    routes: of(/route show table/).flatMap(({ name, body }) =>
      parseRoutes(parseIpJson(body, name), family(name), tableOf(Number(name.split(" ").at(-1)))),
    ),
    names: of(/rt_tables/).flatMap(({ name, body }) => parseNames(`==> ${name}\n${body}`)),
    register: parseRegister(of(/register$/)[0]?.body ?? ""),
  };
}

const wantedOf = ({ names = [], routes = [], rules = [] }: Desired): Wanted[] => [
  ...names.map(wantedName),
  ...routes.map((input) => wantedRoute(routeOf(input))),
  ...rules.map((input) => wantedRule(ruleOf(input))),
];

const block = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? "" : `${title}\n${lines.map((line) => `  ${line}\n`).join("")}`;

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

function outcome(folder: string): { "plan.txt": string; "undo.txt": string } {
  const kernel = ModelKernel.of(stateOf(readFileSync(join(folder, "current.txt"), "utf8")));
  const desired: Desired[] = JSON.parse(readFileSync(join(folder, "desired.json"), "utf8"));
  const texts = { "plan.txt": "", "undo.txt": "" };
  for (const one of desired) {
    try {
      const planned = plan(change(one.id, wantedOf(one), one), kernel.state());
      const { steps, register, notes, undo } = planned;
      carryOut(kernel, planned);
      const nothing = steps.length + register.length === 0 ? ["nothing"] : [];
      texts["plan.txt"] +=
        block(`${one.id}: steps`, [...steps, ...nothing]) +
        block(`${one.id}: register`, register) +
        block(
          `${one.id}: notes`,
          notes.map(({ did }) => did),
        );
      texts["undo.txt"] += block(`${one.id}: undo`, undo);
    } catch (error) {
      if (!isPolicyRoutingError(error)) throw error;
      texts["plan.txt"] += block(`${one.id}: ${error.kind}`, error.message.split("\n"));
    }
  }
  return texts;
}

describe("golden", () => {
  for (const entry of readdirSync(__dirname, { withFileTypes: true }).filter((one) => one.isDirectory()))
    it(entry.name.replaceAll("-", " "), () => {
      const folder = join(__dirname, entry.name);
      for (const [name, text] of Object.entries(outcome(folder))) {
        const file = join(folder, name);
        if (process.env["UPDATE"] !== undefined) writeFileSync(file, text);
        assert.equal(text, existsSync(file) ? readFileSync(file, "utf8") : "");
      }
    });
});
