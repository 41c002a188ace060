import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { create, refusal, warnings } from "../host/resource";
import { caught, GuardSite, guard, isFired, run, verified, visit } from "./fixture";

describe("what the next one hears of a change that was undone", function () {
  this.timeout(60_000);

  const site = new GuardSite("test-guard-told");
  before(() => site.open());
  afterEach(() => site.clean());
  after(() => site.close());

  /** It does not hold, and is asked for. */
  const failing = { ...guard, probes: [{ route: "192.0.2.1", dev: "nowhere", expect: true }] };

  /** What a process says that comes now: without any memory of the ones before. */
  const next = (): Promise<string> => {
    closeHosts();
    return warnings(() => visit(site.host));
  };

  it("nothing, where the one who made it undid it and told: a probe failed, the kernel refused a step", async () => {
    const error = await refusal(create("PolicyRule", site.rule({ guard: failing })));
    assert.match(error.message, verified);
    assert.equal(await next(), "");
    await site.hooks.set({ place: "apply", number: 1 }, "refuse 0");
    assert.match((await refusal(create("PolicyRule", site.rule()))).message, /the kernel refused it; reverted \(verified\)/);
    assert.equal(await next(), "");
    assert.notEqual(await site.host.exec(`ls -d ${run}/t-*`), "");
    await create("PolicyRule", site.rule());
    assert.match(await site.host.exec(`ls ${run}/t-*`), /^confirmed$/m);
    assert.equal(await site.host.exec(`ls -d ${run}/t-*/told 2>/dev/null || true`), "");
  });

  it("nothing, where the guard fired and the one who made it came back and told", async () => {
    assert.match((await refusal(create("PolicyRule", site.cut()))).message, verified);
    assert.match(await site.host.exec(`cat ${run}/t-*/result`), /^fired at /m);
    assert.equal(await next(), "");
  });

  it("that its guard undid it, where nobody was told", async () => {
    await site.hooks.set({ place: "readback", number: 1 });
    const making = refusal(create("PolicyRule", site.rule({ connection: await site.byRelay() })));
    await caught(site.hooks, async () => site.path.stall());
    await isFired(site.host);
    assert.match(await warnings(() => visit(site.host)), /: an earlier change was undone by its guard: organization\/test\/host by /);
    site.path.resume();
    assert.match((await making).message, verified);
    assert.equal(await next(), "");
  });

  it("that the one who made it undid it, where the answer never came", async () => {
    await site.hooks.set({ place: "undo", number: 1 });
    const making = refusal(
      create("PolicyRule", site.rule({ connection: await site.byRelay(), guard: { ...failing, confirmTimeout: 30 } })),
    );
    await caught(site.hooks, async () => site.path.stall());
    await isFired(site.host);
    assert.match(
      await warnings(() => visit(site.host)),
      /: an earlier change was undone by the controller that made it: organization\/test\/host by /,
    );
    site.path.resume();
    assert.match((await making).message, verified);
    assert.equal(await next(), "");
  });
});
