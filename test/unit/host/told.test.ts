import assert from "node:assert/strict";
import { mock } from "node:test";
import { Progress, tellStatusBy } from "../../../provider/src/host/told";

describe("what goes on at a host", () => {
  let told: string[] = [];
  let waiting = 0;
  const begun = (): Progress => new Progress("edge-1", () => waiting);
  beforeEach(() => {
    told = [];
    waiting = 0;
    tellStatusBy((_host, line) => told.push(line));
    mock.timers.enable({ apis: ["setTimeout"] });
  });
  afterEach(() => mock.timers.reset());

  it("is not told where nothing of it takes a second, not even its end", () => {
    const progress = begun();
    for (const what of ["dial 1 of 11", "reads what is there", "applies 2 steps"]) {
      progress.begin(() => what);
      mock.timers.tick(999);
    }
    progress.end(() => "confirmed");
    mock.timers.tick(5000);
    assert.deepEqual(told, []);
  });

  it("is told once it has taken a second, then each step of the same, and how it ended", () => {
    const progress = begun();
    progress.begin(() => "dial 1 of 4");
    mock.timers.tick(500);
    progress.goOn(() => "dial 2 of 4: connection refused");
    mock.timers.tick(500);
    progress.goOn(() => "dial 3 of 4: connection refused");
    progress.begin(() => "reads what is there");
    progress.goOn(() => "reads it again");
    progress.end(() => "confirmed");
    assert.deepEqual(told, ["edge-1: dial 2 of 4: connection refused", "edge-1: dial 3 of 4: connection refused", "edge-1: confirmed"]);
  });

  it("says how many wait when it is told, and nothing during a pause", () => {
    const progress = begun();
    progress.begin(() => "applies 2 steps");
    waiting = 2;
    mock.timers.tick(1000);
    progress.begin(() => "dial 1 of 11");
    progress.pause();
    mock.timers.tick(5000);
    assert.deepEqual(told, ["edge-1: applies 2 steps; 2 other changes wait for this host"]);
  });

  it("is one line without what a terminal would obey", () => {
    const progress = begun();
    progress.begin(() => "not kept: \u001b[31mred\n  and more");
    mock.timers.tick(1000);
    assert.deepEqual(told, ["edge-1: not kept: \\x1b[31mred; and more"]);
  });
});
