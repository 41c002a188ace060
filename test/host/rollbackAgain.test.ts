// Rollbacks over and over, two at once, and on hosts that lost, or never had, what they go by.
import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { readHistory } from "../../provider/src/host/history/read";
import { type Request, rollback } from "../../provider/src/host/history/rollback";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { caught } from "../guard/fixture";
import { type Host, type Lab, startLab } from "../lab/lab";
import { until } from "../lab/until";
import { Hooks } from "../soak/hooks";
import { create, type Fields, read, refusal, remove, update } from "./resource";

describe("rollbacks", function () {
  this.timeout(300_000);
  let lab: Lab;
  let host: Host;
  let clean: string;
  before(async () => {
    lab = await startLab({ name: "test-host-back-again" });
    host = lab.hosts[0];
    await host.exec("printf '#!/bin/sh\\n' >/etc/rc.local && chmod 755 /etc/rc.local");
    clean = await host.snapshot();
  });
  afterEach(async () => {
    closeHosts();
    delete process.env["POLICY_ROUTING_RUN"];
    delete process.env["POLICY_ROUTING_HISTORY"];
    await host.exec("rm -rf /var/lib/policy-routing /run/policy-routing");
    assert.equal(await host.snapshot(), clean);
  });
  after(() => lab.stop());

  const inRun = (run: string): void => {
    process.env["POLICY_ROUTING_RUN"] = run;
  };
  const back = (wish: Partial<Request>, address = host.address) =>
    rollback({ ...host.connection, host: address }, { why: "customer down", dryRun: false, mark: false, guard: {}, ...wish });
  const routing = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    tables: { second: { tableId: 100, name: "second" } },
    routes: { default: { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100, mtu: 1400, mtuLock: true } },
    rules: {
      one: { priority: 1000, from: "198.18.128.2", table: 100 },
      two: { priority: 1001, from: ["198.18.128.3", "198.18.128.4"], table: 100 },
    },
    reversePathFilter: { eth1: "loose" },
    ...fields,
  });
  const changed: Fields = {
    tables: { third: { tableId: 101, name: "third" } },
    routes: { default: { destination: "default", via: "198.18.128.1", dev: "eth1", table: 101 } },
    rules: {
      one: { priority: 1000, from: "198.18.128.3", table: 101 },
      two: { priority: 1001, from: "198.18.128.2", table: 101 },
    },
    reversePathFilter: { eth0: "loose" },
  };

  it("50 times back and forth give the same two hosts, and leave no more behind than the history keeps", async () => {
    inRun("good");
    const made = await create("HostRouting", routing());
    const good = await host.snapshot();
    inRun("forth-0");
    await update(made, changed);
    const bad = await host.snapshot();
    assert.notEqual(bad, good);
    for (let n = 1; n <= 50; n++) {
      inRun(`forth-${n}`);
      assert.equal((await back({ run: `forth-${n - 1}` })).outcome, "applied");
      assert.equal(await host.snapshot(), n % 2 === 1 ? good : bad, `after ${n}`);
    }
    await until("the oldest to go", async () =>
      (await host.exec("ls /var/lib/policy-routing/history | wc -l")).trim() === "30" ? true : undefined,
    );
    const { revisions } = await readHistory(hostOf(host.connection));
    assert.deepEqual([revisions.length, revisions[0]?.n, revisions.at(-1)?.n], [30, 23, 52]);
    const lines = Number(await host.exec("wc -l </run/policy-routing/register"));
    assert.ok(lines < 300, `${lines} lines of register`);
    assert.equal((await host.exec("ls /run/policy-routing | grep -c '^t-'")).trim(), "1");
    await remove(made);
  });

  describe("two at once", () => {
    it("of one run: the one takes it back, and the other hears that nothing of it is left", async () => {
      inRun("good");
      const made = await create("HostRouting", routing());
      const good = await host.snapshot();
      inRun("bad");
      await update(made, changed);
      inRun("back");
      closeHosts();
      const both = await Promise.all([back({ run: "bad" }), back({ run: "bad" }, host.address6)]);
      assert.deepEqual(both.map(({ outcome }) => outcome).sort(), ["applied", "nothing"]);
      assert.equal(await host.snapshot(), good);
      assert.equal((await readHistory(hostOf(host.connection))).revisions.length, 3);
      await remove(made);
    });

    it("where the one comes while the other is at work: it waits, and hears the same", async () => {
      const at = new Hooks(host);
      await at.install();
      inRun("good");
      const made = await create("HostRouting", routing());
      const good = await host.snapshot();
      inRun("bad");
      await update(made, changed);
      inRun("back");
      await at.set({ place: "readback", number: 1 });
      const first = back({ run: "bad" });
      let second = first;
      await caught(at, async () => {
        second = back({ run: "bad" }, host.address6);
      });
      assert.deepEqual([(await first).outcome, (await second).outcome], ["applied", "nothing"]);
      assert.equal(await host.snapshot(), good);
      await remove(made);
    });
  });

  it("on a host that lost its register are refused, by force too, and change nothing; once owners are named again they do", async () => {
    inRun("good");
    // What a setting was before it was ours is lost with the register: none here.
    const { reversePathFilter: _eth1, ...plain } = routing();
    const { reversePathFilter: _eth0, ...moved } = changed;
    const made = await create("HostRouting", plain);
    const good = await host.snapshot();
    inRun("bad");
    await update(made, moved);
    const bad = await host.snapshot();
    await host.exec("rm /run/policy-routing/register");
    closeHosts();
    inRun("back");
    for (const force of [false, true]) {
      const { message } = await refusal(back({ run: "bad", force }));
      assert.match(
        message,
        /refused, nothing was changed: in nobody's name, for the register on the host names no owner: .*route inet table 101 default/,
      );
      assert.match(message, /next: run sh \/etc\/policy-routing\/replay on the host/);
      assert.equal(await host.snapshot(), bad);
    }
    await host.exec("sh /etc/policy-routing/replay");
    closeHosts();
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.equal(await host.snapshot(), good);
    await remove(made);
  });

  it("on a host whose entries an older version made give back what it had made", async () => {
    process.env["POLICY_ROUTING_HISTORY"] = "0";
    const made = await create("HostRouting", routing());
    const good = await host.snapshot();
    await host.exec("rm -rf /var/lib/policy-routing /run/policy-routing/last");
    delete process.env["POLICY_ROUTING_HISTORY"];
    closeHosts();
    assert.deepEqual((await readHistory(hostOf(host.connection))).revisions, []);
    inRun("bad");
    await update(made, changed);
    inRun("back");
    assert.equal((await back({ to: 0 })).outcome, "applied");
    assert.equal(await host.snapshot(), good);
    assert.notEqual(await read(made), undefined);
    await remove(made);
  });
});
