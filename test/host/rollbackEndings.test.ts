import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { readHistory } from "../../provider/src/host/history/read";
import { type Request, rollback } from "../../provider/src/host/history/rollback";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { caught } from "../guard/fixture";
import { type Host, type Lab, startLab } from "../lab/lab";
import { Hooks } from "../soak/hooks";
import { create, type Fields, read, refusal, remove, update } from "./resource";

describe("how a rollback ends", function () {
  this.timeout(240_000);
  let lab: Lab;
  let host: Host;
  let hooks: Hooks;
  before(async () => {
    lab = await startLab({ name: "test-host-back-ends" });
    host = lab.hosts[0];
    hooks = new Hooks(host);
    await hooks.install();
  });
  afterEach(async () => {
    closeHosts();
    delete process.env["POLICY_ROUTING_RUN"];
    await hooks.release();
    await host.exec("ip rule flush proto 214; ip route flush table 100; rm -rf /var/lib/policy-routing /run/policy-routing");
  });
  after(() => lab.stop());

  const back = (wish: Partial<Request>) =>
    rollback(host.connection, { why: "customer down", dryRun: false, mark: true, guard: {}, ...wish });
  const inRun = (run: string): void => {
    process.env["POLICY_ROUTING_RUN"] = run;
  };
  const rule = (fields: Fields = {}): Fields => ({
    connection: { ...host.connection, dialErrorLimit: 0, perDialTimeout: 3 },
    priority: 1000,
    from: "198.51.100.1",
    table: 100,
    persist: "none",
    ...fields,
  });

  it("unknown where the host is not reached any more: it names when its guard fires, and what to ask then", async () => {
    inRun("good");
    const made = await create("PolicyRule", rule());
    inRun("bad");
    await update(made, { table: 101 });
    const bad = await host.snapshot();
    inRun("back");
    await hooks.set({ place: "readback", number: 1 });
    const connection = { ...host.connection, dialErrorLimit: 0, perDialTimeout: 3 };
    const going = refusal(
      rollback(connection, { run: "bad", why: "customer down", dryRun: false, mark: true, guard: { confirmTimeout: 2 } }),
    );
    await caught(hooks, () => host.linkDown());
    const { message } = await going;
    await host.linkUp();
    assert.match(message, /: unknown: host not reachable since \S+Z; its guard fires at \S+Z: /);
    assert.match(
      message,
      /next: when the host answers again, run npx --no-install policy-routing history \S+: a rollback that stands there was confirmed/,
    );
    assert.equal(await host.snapshot(), bad);
    assert.equal((await readHistory(hostOf(host.connection))).revisions.length, 2);
  });

  it("reverted, but differs where a device went away in between; what differs is named", async () => {
    await host.batch(["link add gone0 type veth peer name gone1", "link set gone0 up"]);
    const route = { connection: host.connection, destination: "192.0.2.0/24", table: 100, dev: "gone0", persist: "none" };
    inRun("good");
    const made = await create("PolicyRoute", route);
    inRun("bad");
    await update(made, { mtu: 1300 });
    inRun("back");
    await hooks.set({ place: "readback", number: 1 });
    const [error] = await Promise.all([refusal(back({ run: "bad" })), caught(hooks, () => host.batch(["link del gone0"]))]);
    assert.match(error.message, /: reverted, but differs: route inet table 100 192\.0\.2\.0\/24: was .*, is nothing/);
    assert.equal((await readHistory(hostOf(host.connection))).revisions.length, 2);
  });

  it("a setting of a device that it put back is drift to a refresh, and an up that makes it again is refused by its mark", async () => {
    const routing = (word: string): Fields => ({
      connection: host.connection,
      persist: "none",
      rules: { one: { priority: 1000, from: "198.51.100.1", table: 100 } },
      reversePathFilter: { eth1: word },
    });
    inRun("good");
    const made = await create("HostRouting", routing("loose"));
    inRun("bad");
    const worse = await update(made, { reversePathFilter: { eth1: "strict" } });
    inRun("back");
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.equal((await host.exec("cat /proc/sys/net/ipv4/conf/eth1/rp_filter")).trim(), "2");
    assert.deepEqual((await read(worse))?.["reversePathFilter"], { eth1: "loose" });
    const refreshed = { ...worse, state: { ...worse.state, reversePathFilter: { eth1: "loose" } } };
    assert.match(
      (await refusal(update(refreshed, {}))).message,
      /it would make again what \S+ took back at \S+ \(run bad: customer down\): sysctl rp_filter eth1/,
    );
    await remove(made);
  });
});
