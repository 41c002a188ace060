// Going back over rules that follow a device: by what was declared, whatever its lease has become since.
import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { readHistory } from "../../provider/src/host/history/read";
import { type Request, rollback } from "../../provider/src/host/history/rollback";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { rulesOf } from "./monitor";
import { create, type Fields, type Made, read, refusal, remove, update } from "./resource";

describe("a rollback over a rule from the addresses of a device", function () {
  this.timeout(120_000);
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-host-back-followed" });
    host = lab.hosts[0];
    await host.exec("printf '#!/bin/sh\\n' >/etc/rc.local && chmod 755 /etc/rc.local");
    await host.exec("echo 1 >/proc/sys/net/ipv4/conf/eth1/promote_secondaries");
  });
  afterEach(async () => {
    closeHosts();
    delete process.env["POLICY_ROUTING_RUN"];
    await host.exec(
      "ip addr flush dev eth1 scope global; ip addr add 198.18.128.2/18 dev eth1; ip addr add 2001:db8:2::2/64 dev eth1 nodad",
    );
    await host.exec("rm -rf /var/lib/policy-routing /run/policy-routing");
    assert.deepEqual(await rulesOf(host), []);
    assert.equal((await host.result("ls /etc/policy-routing")).code, 2);
  });
  after(() => lab.stop());

  const back = (wish: Partial<Request>) =>
    rollback(host.connection, { why: "customer down", dryRun: false, mark: true, guard: {}, ...wish });
  const inRun = (run: string): void => {
    process.env["POLICY_ROUTING_RUN"] = run;
  };
  const rule = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    persist: "rc-local",
    priority: 1000,
    family: "inet",
    from: { addressesOf: "eth1" },
    table: 102,
    ...fields,
  });
  const line = (from: string, table: number): string => `1000: from ${from} lookup ${table} proto 214`;
  /** As the service does it on a host with one: a new lease, and the rules follow. */
  const lease = async (address: string): Promise<void> => {
    await host.exec(`ip addr flush dev eth1 scope global; ip addr add ${address}/18 dev eth1`);
    await host.exec("sh /etc/policy-routing/replay");
    closeHosts();
  };
  const isFollowing = async (made: Made): Promise<void> => {
    assert.match(await host.exec("tail -1 /run/policy-routing/register"), /^rule inet 1000\t\S+\t\S+\t@eth1\n$/);
    assert.match(await host.exec("cat /etc/policy-routing/objects/*"), / from @eth1 table 102 proto 214\n/);
    assert.deepEqual((await read(made))?.["from"], { addressesOf: "eth1" });
  };

  it("gives it back with what the device has by then; a lease that ended is no change by somebody else", async () => {
    inRun("good");
    const made = await create("PolicyRule", rule());
    inRun("bad");
    await update(made, { table: 103 });
    await lease("198.18.128.9");
    assert.deepEqual(await rulesOf(host), [line("198.18.128.9", 103)]);
    inRun("back");
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.deepEqual(await rulesOf(host), [line("198.18.128.9", 102)]);
    await isFollowing(made);
    await lease("198.18.128.10");
    assert.deepEqual(await rulesOf(host), [line("198.18.128.10", 102)]);
    const refreshed = { ...made, state: { ...made.state, table: 102 } };
    assert.match((await refusal(update(refreshed, { table: 103 }))).message, /it would make again what \S+ took back at /);
    await remove(made);
  });

  it("takes back that it went, and that it became literal, and is nothing where the lease alone changed", async () => {
    inRun("good");
    const made = await create("PolicyRule", rule());
    inRun("literal");
    const literal = await update(made, { from: "198.18.128.2" });
    inRun("gone");
    await remove(literal);
    await host.exec("ip addr flush dev eth1 scope global; ip addr add 198.18.128.9/18 dev eth1");
    await back({ run: "gone" });
    assert.deepEqual(await rulesOf(host), [line("198.18.128.2", 102)], "what was literal is literal");
    await back({ to: 1 });
    assert.deepEqual(await rulesOf(host), [line("198.18.128.9", 102)], "what followed follows");
    await isFollowing(made);
    const { revisions } = await readHistory(hostOf(host.connection));
    await lease("198.18.128.10");
    await update(made, {});
    assert.equal((await readHistory(hostOf(host.connection))).revisions.length, revisions.length);
    await remove(made);
    await host.exec("ip addr flush dev eth1 scope global; ip addr add 198.18.128.11/18 dev eth1");
    await back({ to: 1 });
    assert.deepEqual(await rulesOf(host), [line("198.18.128.11", 102)]);
    await isFollowing(made);
    await remove(made);
  });

  it("is refused where somebody changed more of it than its addresses, and where it was added to", async () => {
    inRun("good");
    const made = await create("PolicyRule", rule());
    inRun("bad");
    await update(made, { table: 103 });
    const changes = [
      [
        "ip rule del pref 1000; ip rule add pref 1000 from 198.18.128.2 table 105 proto 214",
        "ip rule del pref 1000 table 105; ip rule add pref 1000 from 198.18.128.2 table 103 proto 214",
      ],
      ["ip rule add pref 1000 from 198.18.128.2 fwmark 7 table 103 proto 214", "ip rule del pref 1000 fwmark 7"],
    ] as const;
    for (const [change, restore] of changes) {
      await host.exec(change);
      closeHosts();
      assert.match(
        (await refusal(back({ run: "bad" }))).message,
        /changed since by somebody else, and not by a change of this history: rule inet 1000/,
      );
      await host.exec(restore);
      closeHosts();
    }
    await back({ run: "bad" });
    await remove(made);
  });

  it("removes one that waits for its device, and does not make up what nobody could read", async () => {
    await host.exec("ip addr flush dev eth1 scope global");
    inRun("good");
    const other = await create("PolicyRule", rule({ priority: 1001, from: "198.51.100.1" }));
    inRun("waits");
    const waiting = await create("PolicyRule", rule());
    assert.deepEqual(await rulesOf(host), ["1001: from 198.51.100.1 lookup 102 proto 214"]);
    assert.equal((await back({ run: "waits" })).outcome, "applied");
    assert.doesNotMatch(await host.exec("cat /etc/policy-routing/objects/*"), /@eth1/);
    assert.equal(await read(waiting), undefined);
    inRun("waits again");
    const again = await create("PolicyRule", rule());
    inRun("gone");
    await remove(again);
    const error = await refusal(back({ run: "gone" }));
    assert.match(
      error.message,
      /refused, nothing was changed: rule inet 1000 was what follows eth1, which had no address\n {2}next: go back in the program/,
    );
    inRun("waits once more");
    const last = await create("PolicyRule", rule());
    await lease("198.18.128.9");
    assert.deepEqual(await rulesOf(host), [line("198.18.128.9", 102), "1001: from 198.51.100.1 lookup 102 proto 214"]);
    assert.equal((await back({ run: "waits once more" })).outcome, "applied");
    assert.deepEqual(await rulesOf(host), ["1001: from 198.51.100.1 lookup 102 proto 214"]);
    assert.equal(await read(last), undefined);
    await remove(other);
  });

  it("gives back a route by the gateway of a device, with what that has by then; a gateway that changed is no change by somebody else", async () => {
    const leads = (via: string) => host.exec(`ip route replace default via ${via} dev eth1 metric 100 proto 16`);
    const second = async () => (await host.exec("ip -N route show table 102")).trim();
    await leads("198.18.128.1");
    inRun("good");
    const { connection } = host;
    const fields: Fields = { family: "inet", destination: "default", via: { gatewayOf: "eth1" }, table: 102 };
    const made = await create("PolicyRoute", { connection, persist: "rc-local", ...fields });
    inRun("bad");
    await update(made, { mtu: 1400 });
    await leads("198.18.128.5");
    await host.exec("sh /etc/policy-routing/replay");
    closeHosts();
    assert.equal(await second(), "default via 198.18.128.5 dev eth1 proto 214 onlink mtu 1400");
    await leads("198.18.128.6");
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.equal(await second(), "default via 198.18.128.6 dev eth1 proto 214 onlink");
    assert.match(await host.exec("tail -1 /run/policy-routing/register"), /\t@eth1\n$/);
    assert.match(await host.exec("cat /etc/policy-routing/objects/*"), /\nroute add default via @eth1 table 102 proto 214\n/);
    closeHosts();
    assert.deepEqual((await read(made))?.["via"], { gatewayOf: "eth1" });
    inRun("gone");
    await remove(made);
    await leads("198.18.128.1");
    assert.equal((await back({ run: "gone" })).outcome, "applied");
    assert.equal(await second(), "default via 198.18.128.1 dev eth1 proto 214 onlink");
    await remove(made);
    await host.exec("ip route flush default dev eth1");
  });
});
