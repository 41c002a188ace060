import assert from "node:assert/strict";
import { findingsOf } from "../../../../provider/src/kernel/findings/index";
import { stateOf } from "./state";
import { judged } from "./states";

const ours = [214, 215];

describe("what check says of hosts as they are met", () => {
  for (const { name, from, state, said } of judged)
    it(`names what is wrong, and nothing else: ${name} (${from})`, () => {
      const all = findingsOf(stateOf(state), ours).map(({ level, object, what, next }) => `${level}: ${object}: ${what} next: ${next}`);
      for (const one of said)
        assert.ok(
          all.some((line) => one.test(line)),
          `${one}\nwas not said, but\n${all.join("\n")}`,
        );
      const risks = all.filter((line) => line.startsWith("risk: ") && !said.some((one) => one.test(line)));
      assert.deepEqual(risks, []);
      if (said.length === 0)
        assert.deepEqual(
          all.filter((line) => !/is foreign|are foreign/.test(line)),
          [],
        );
    });
});
