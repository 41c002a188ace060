import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { create, refusal } from "../host/resource";
import { auditOf, caught, GuardSite, guard, run, verified } from "./fixture";

describe("the guard by hand, at the console", function () {
  this.timeout(60_000);

  const site = new GuardSite("test-guard-by-hand");
  before(() => site.open());
  afterEach(() => site.clean());
  after(() => site.close());

  /** In each shell that a host may have. */
  const byHand = (shell = "sh") => site.host.result(`${shell} ${run}/t-*/guard now`);
  const time = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}";

  for (const shell of ["sh", "bash", "busybox ash"])
    it(`${shell}: a confirmed change stays, and it says that there is nothing to undo since when`, async () => {
      await create("PolicyRule", site.rule());
      const [before, lines] = [await site.host.snapshot(), await auditOf(site.host)];
      const { code, stdout, stderr } = await byHand(shell);
      assert.match(stderr, new RegExp(`^nothing to undo: confirmed at ${time}\n$`));
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(await site.host.snapshot(), before);
      assert.deepEqual(await auditOf(site.host), lines);
    });

  it("an armed change is undone at once; a second time it says that it was, or what of it was not", async () => {
    const before = await site.host.snapshot();
    await site.hooks.set({ place: "readback", number: 1 });
    const making = refusal(create("PolicyRule", site.rule({ guard: { ...guard, confirmTimeout: 60 } })));
    await caught(site.hooks, async () => {
      assert.deepEqual(await byHand(), { code: 0, stdout: "", stderr: "" });
      assert.equal(await site.host.snapshot(), before);
      assert.match((await byHand()).stderr, new RegExp(`^nothing to undo: it was undone at ${time}\n$`));
      await site.host.exec(`cd ${run}/t-* && cp result kept && printf 'failed\\nip -4 rule del pref 1000: no\\n' >>result`);
      assert.match((await byHand()).stderr, new RegExp(`^it was undone at ${time}, but not all of it:\nip -4 rule del pref 1000: no\n$`));
      await site.host.exec(`cd ${run}/t-* && mv kept result`);
    });
    assert.match((await making).message, verified);
  });
});
