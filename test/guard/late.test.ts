import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { create, refusal, warnings } from "../host/resource";
import { caught, GuardSite, isFired, run, verified, visit } from "./fixture";

describe("what comes too late", function () {
  this.timeout(60_000);

  const site = new GuardSite("test-guard-late");
  before(() => site.open());
  afterEach(() => site.clean());
  after(() => site.close());

  it("what comes after the guard fired does nothing", async () => {
    const before = await site.host.snapshot();
    await site.hooks.set({ place: "apply", number: 1 });
    const [one, two] = await Promise.all([
      refusal(create("PolicyRule", site.rule())),
      refusal(create("PolicyRule", site.rule({ priority: 1001 }))),
      caught(site.hooks, () =>
        site.host.exec(`tries=0; while [ -e ${run}/t-*/armed ]; do tries=$((tries + 1)); [ $tries -lt 900 ] || exit 1; sleep 0.01; done`),
      ),
    ]);
    for (const error of [one, two])
      assert.match(
        error.message,
        /: reverted \(verified\): the change took longer than guard\.confirmTimeout \(2 s\): its guard fired while the change was still under way\n {2}next: raise guard\.confirmTimeout: it took [0-9.]+ s$/,
      );
    assert.equal(await site.host.snapshot(), before);
  });

  it("a change that hangs for longer is ended with all its processes, and undone", async () => {
    const before = await site.host.snapshot();
    await site.hooks.set({ place: "apply", number: 1 });
    const [error] = await Promise.all([refusal(create("PolicyRule", site.rule())), caught(site.hooks, () => isFired(site.host))]);
    assert.match(error.message, verified);
    assert.equal(await site.host.snapshot(), before);
    assert.equal(await site.host.exec("pgrep -f '[i]p -4 -batch' || true"), "");
  });

  it("nobody is left to undo: the next who comes does, and tells", async () => {
    const before = await site.host.snapshot();
    await site.hooks.set({ place: "readback", number: 1 });
    const making = refusal(create("PolicyRule", site.rule({ connection: await site.byRelay(), guard: { confirmTimeout: 2 } })));
    await caught(site.hooks, async () => {
      await site.host.exec("kill -9 $(pgrep -f '^sh /run/policy-routing')");
      site.path.stall();
    });
    assert.match(await warnings(() => visit(site.host)), /an earlier change was undone by its guard: organization\/test\/host by /);
    assert.equal(await site.host.snapshot(), before);
    site.path.resume();
    assert.match((await making).message, verified);
  });

  const expired = "txn t-hand\\npid 1\\nstart 1\\ndeadline 1\\nholder organization/hand/made by somebody\\nend\\n";
  for (const [where, prepare] of [
    ["", "true"],
    [", also behind a holder whose time was over", `mkdir -p -m 700 ${run} && printf '${expired}' >${run}/lock.7`],
  ] as const)
    it(`what the controller gave up on does nothing when it arrives late${where}`, async () => {
      await site.host.exec(prepare);
      const before = await site.host.snapshot();
      await site.hooks.set({ place: "observe", number: 1 });
      const making = refusal(create("PolicyRule", site.rule({ connection: await site.byRelay(), guard: { disabled: true } })));
      await caught(site.hooks, async () => site.path.stallAfter(0));
      await new Promise((resolve) => setTimeout(resolve, 300)); // the frame is on its way
      site.path.abandon();
      assert.match((await making).message, verified);
      site.path.resume();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await site.host.snapshot(), before);
    });
});
