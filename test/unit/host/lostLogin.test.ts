import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PolicyRoutingError } from "../../../provider/src/errors";
import { lostLogin } from "../../../provider/src/host/transaction/confirm";

describe("no login came about behind a change", () => {
  const error = new PolicyRoutingError("unreachable", { topic: "no-answer", host: "h1", what: "no shell within 0.1 s" });
  const armedAt = performance.now();
  const guard = { seconds: 30, armedAt };
  /** The host armed its guard at 1000 by its own clock, and was done so many seconds later. */
  const doneAfter = (seconds: number) => ({
    code: "0",
    sections: [`armed ${1000 + guard.seconds}`, `time ${1000 + seconds}`].map((name) => ({ name, text: "" })),
  });
  const told = (came: number, steps: number): string => lostLogin({ guard }, armedAt + came * 1000, error, doneAfter(steps)).what;

  it("for the steps left it no time", () => {
    assert.match(told(29.9, 29), /^no new login got through .* \(its steps left 0\.1 s of guard\.confirmTimeout, 30 s\)/);
  });

  it("for the answer left it no time, which the change held up: nothing is said of the steps", () => {
    assert.match(
      told(29.9, 1),
      /^the change was made in time, but the answer came only after 29\.9 s, with a guard of 30 s: it seems to cut/,
    );
  });

  it("though there was time", () => {
    assert.match(told(4, 1), /^no new login got through for [0-9.-]+ s after the change: it seems to cut the host off/);
  });
});
