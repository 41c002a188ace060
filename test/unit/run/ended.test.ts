import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, endOf } from "../../run/ended";
import { machineTime } from "../../run/processor";
import { isWell, summary } from "../../run/report";

const whole = { seconds: 1, workers: 1, busy: 0.5 };

describe("how a job ended", function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "policy-routing-ended-"));
  });
  after(() => rm(folder, { recursive: true }));

  const end = async (text: string, grep?: string): Promise<Ended> => {
    const file = join(folder, "one.test.js");
    await writeFile(file, text);
    return endOf({ name: "one", files: [file], needsCli: false }, { grep });
  };

  it("well: what passed is counted, and why something was skipped is kept", async () => {
    const ended = await end(`it("passes", () => {}); it("skips", function () { console.log("  skipped: no bread"); this.skip(); });`);
    assert.ok(isWell(ended), ended.output);
    assert.deepEqual([ended.passing, ended.pending, ended.failing, ended.reasons], [1, 1, 0, ["no bread"]]);
    assert.match(summary([ended], whole), /^skipped in one: no bread$/m);
  });

  it("with what it took of a processor, its children's included, beside its time", async () => {
    const busy = "const end = Date.now() + 500; while (Date.now() < end);";
    const ended = await end(
      `it("works", () => { require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(busy)}]); });`,
    );
    assert.ok(ended.processor > 0.3, `${ended.processor}`);
    const before = machineTime();
    const idle = await end(`it("waits", (done) => void setTimeout(done, 500));`);
    assert.ok(idle.processor > 0 && idle.processor < ended.processor, `${idle.processor}`);
    const now = machineTime();
    const [worked, all] = [now.busy - before.busy, now.all - before.all];
    assert.ok(0 < worked && worked <= all, `${worked} of ${all}`);
    const told = summary([{ ...ended, processor: 75, seconds: 130 }], whole);
    assert.match(told, /^ {4}2:10 {4}1:15 one$/m);
    assert.match(told, /the machine was busy for 50 %$/m);
  });

  const bad: readonly [string, string, RegExp, string?][] = [
    ["a test fails", `it("breaks", () => { throw new Error("it broke"); }); it("passes", () => {});`, /1\) breaks:\s+Error: it broke/],
    ["a hook fails", `before(() => { throw new Error("no ground"); }); it("passes", () => {});`, /no ground/],
    ["the file cannot be loaded", `throw new Error("no such thing");`, /did not run to its end: exit code 1\n(.*\n)*.*no such thing/],
    ["it ends before its tests have", `it("passes", (done) => process.exit(0));`, /did not run to its end: exit code 0/],
    ["it is killed", `it("passes", (done) => process.kill(process.pid, "SIGKILL"));`, /did not run to its end: SIGKILL/],
    ["it holds no test", "", /holds no test/],
    ["it skips in silence", `it.skip("is for later", () => {});`, /skips without a reason/],
  ];
  for (const [what, text, told] of bad)
    it(`not well where ${what}, and the end of the report says so`, async () => {
      const ended = await end(text);
      assert.ok(!isWell(ended));
      assert.match(summary([ended], whole), told);
    });

  it("well, where no test of the file was asked for", async () => {
    const ended = await end(`it("passes", () => {});`, "nothing of the kind");
    assert.ok(isWell(ended), ended.output);
    assert.equal(ended.passing, 0);
  });
});
