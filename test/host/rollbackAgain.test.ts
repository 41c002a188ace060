// Rollbacks over and over, two at once, and on hosts that lost, or never had, what they go by.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Request } from "../../provider/src/host/history/rollback";
import { closeHosts } from "../../provider/src/host/host";
import { caught } from "../guard/fixture";
import { until } from "../lab/until";
import { Hooks } from "../soak/hooks";
import { changed, goingBack, routing } from "./goingBack";
import { create, read, refusal, remove, update, warnings } from "./resource";

describe("rollbacks", function () {
  this.timeout(300_000);
  const at = goingBack("test-host-back-again");
  const { inRun, history } = at;
  const back = (wish: Partial<Request>, address?: string) => at.back({ mark: false, ...wish }, address);

  it("50 times back and forth give the same two hosts, and leave no more behind than the history keeps", async () => {
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    inRun("forth-0");
    await update(made, changed);
    const bad = await at.host.snapshot();
    assert.notEqual(bad, good);
    for (let n = 1; n <= 50; n++) {
      inRun(`forth-${n}`);
      assert.equal((await back({ run: `forth-${n - 1}` })).outcome, "applied");
      assert.equal(await at.host.snapshot(), n % 2 === 1 ? good : bad, `after ${n}`);
    }
    await until("the oldest to go", async () =>
      (await at.host.exec("ls /var/lib/policy-routing/history | wc -l")).trim() === "30" ? true : undefined,
    );
    const { revisions } = await history();
    assert.deepEqual([revisions.length, revisions[0]?.n, revisions.at(-1)?.n], [30, 23, 52]);
    const lines = Number(await at.host.exec("wc -l </run/policy-routing/register"));
    assert.ok(lines < 300, `${lines} lines of register`);
    assert.equal((await at.host.exec("ls /run/policy-routing | grep -c '^t-'")).trim(), "1");
    await remove(made);
  });

  describe("two at once", () => {
    it("of one run: the one takes it back, and the other hears that nothing of it is left", async () => {
      inRun("good");
      const made = await create("HostRouting", routing(at.host));
      const good = await at.host.snapshot();
      inRun("bad");
      await update(made, changed);
      inRun("back");
      closeHosts();
      const both = await Promise.all([back({ run: "bad" }), back({ run: "bad" }, at.host.address6)]);
      assert.deepEqual(both.map(({ outcome }) => outcome).sort(), ["applied", "nothing"]);
      assert.equal(await at.host.snapshot(), good);
      assert.equal((await history()).revisions.length, 3);
      await remove(made);
    });

    it("where the one comes while the other is at work: it waits, and hears the same", async () => {
      const hooks = new Hooks(at.host);
      await hooks.install();
      inRun("good");
      const made = await create("HostRouting", routing(at.host));
      const good = await at.host.snapshot();
      inRun("bad");
      await update(made, changed);
      inRun("back");
      await hooks.set({ place: "readback", number: 1 });
      const first = back({ run: "bad" });
      let second = first;
      await caught(hooks, async () => {
        second = back({ run: "bad" }, at.host.address6);
      });
      assert.deepEqual([(await first).outcome, (await second).outcome], ["applied", "nothing"]);
      assert.equal(await at.host.snapshot(), good);
      await remove(made);
    });
  });

  it("on a host that lost its register are refused, by force too, and change nothing; once owners are named again they do", async () => {
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    inRun("bad");
    await update(made, changed);
    const bad = await at.host.snapshot();
    await at.host.exec("rm /run/policy-routing/register");
    closeHosts();
    inRun("back");
    for (const force of [false, true]) {
      const { message } = await refusal(back({ run: "bad", force }));
      assert.match(
        message,
        /refused, nothing was changed: in nobody's name, for the register on the host names no owner: sysctl rp_filter eth0, nexthop 8, /,
      );
      assert.match(message, /next: run sh \/etc\/policy-routing\/replay on the host/);
      assert.equal(await at.host.snapshot(), bad);
    }
    await at.host.exec("sh /etc/policy-routing/replay");
    closeHosts();
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.equal(await at.host.snapshot(), good);
    await remove(made);
  });

  it("of settings alone give back what they were, or are refused where the register was lost; once owners are named again they do", async () => {
    const knob = "/proc/sys/net/ipv4/conf/eth1/rp_filter";
    await at.host.exec(`echo 1 >${knob}`);
    inRun("good");
    const made = await create("HostRouting", { connection: at.host.connection, reversePathFilter: { eth0: "loose" } });
    inRun("bad");
    await update(made, { reversePathFilter: { eth0: "loose", eth1: "off" } });
    await at.host.exec("rm /run/policy-routing/register");
    closeHosts();
    inRun("back");
    for (const force of [false, true])
      assert.match((await refusal(back({ run: "bad", force }))).message, /names no owner: sysctl rp_filter eth1\n/);
    await at.host.exec("sh /etc/policy-routing/replay");
    closeHosts();
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.equal(await at.host.exec(`cat ${knob}`), "1\n", "what it was is in the history");
    assert.equal((await back({ run: "bad" })).outcome, "nothing");
    const told = await warnings(() => remove(made));
    assert.match(told, /net\.ipv4\.conf\.eth0\.rp_filter = 2 stays: what it was before is not known\n/);
    await at.host.exec(`echo 0 >${knob}; echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter`);
  });

  it("on a host whose entries an older version made give back what it had made", async () => {
    process.env["POLICY_ROUTING_HISTORY"] = "0";
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    await at.host.exec("rm -rf /var/lib/policy-routing /run/policy-routing/last");
    delete process.env["POLICY_ROUTING_HISTORY"];
    closeHosts();
    assert.deepEqual((await history()).revisions, []);
    inRun("bad");
    await update(made, changed);
    inRun("back");
    assert.equal((await back({ to: 0 })).outcome, "applied");
    assert.equal(await at.host.snapshot(), good);
    assert.notEqual(await read(made), undefined);
    await remove(made);
  });
});
