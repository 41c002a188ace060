// What else befalls a host that follows its uplink: others' hands, storms, a change that is under way.
import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { type Fields, refusal, update, warnings } from "../host/resource";
import { until } from "../lab/until";
import { type LeasedHost, main, second } from "./leased";
import { patience } from "./said";

/** Addresses that come and go, of which each is two events: a minute at the rate of the test below is five times as long. */
const storm = 100;

export function troubles(get: () => LeasedHost): void {
  it("shows true drift, also with the service at work; and repairs what somebody took away", async () => {
    await get().host.exec("systemctl stop policy-routing.service");
    const [own = ""] = await get().sources();
    await get().host.exec(`ip rule add pref 1001 from 198.18.128.99 table 102 proto 214; ip rule del pref 1001 from ${own} proto 214`);
    assert.deepEqual(await get().found(), { ...second, from: "198.18.128.99" });
    await get().host.exec("systemctl start policy-routing.service");
    await until("the host to follow again", async () => ((await get().sources()).join() === own ? true : undefined), patience);
    assert.deepEqual(await get().found(), second);
    // Within the time that the service needs.
    await get().host.exec("ip addr add 10.79.0.1/32 dev eth1");
    assert.deepEqual(await get().found(), second);
    await get().host.exec("ip addr del 10.79.0.1/32 dev eth1");
    assert.deepEqual(await get().found(), second);
  });

  it("follows through a storm of 1,000 address events a minute, never gives up, and takes a bounded share of a processor", async () => {
    const usage = async (): Promise<number> =>
      Number(/^usage_usec (\d+)/m.exec(await get().host.exec("cat /sys/fs/cgroup/system.slice/policy-routing.service/cpu.stat"))?.[1]) /
      1e6;
    const [own = ""] = await get().sources();
    const before = await usage();
    const began = Date.now();
    await get().host.exec(
      `for i in $(seq 1 ${storm}); do ip addr add 10.77.0.$((i % 200 + 1))/32 dev eth1; sleep 0.06; ip addr del 10.77.0.$((i % 200 + 1))/32 dev eth1; sleep 0.06; done`,
    );
    const seconds = (Date.now() - began) / 1000;
    await get().host.exec("ip addr add 10.78.0.1/32 dev eth1");
    const since = Date.now();
    const all = ["10.78.0.1", own].sort().join();
    await until("the rules of what is left", async () => ((await get().sources()).join() === all ? true : undefined), patience);
    const late = (Date.now() - since) / 1000;
    const share = (await usage()) - before;
    console.log(
      `      ${2 * storm} events in ${seconds.toFixed(0)} s: ${((100 * share) / seconds).toFixed(1)} % of a processor; right ${late.toFixed(1)} s later`,
    );
    assert.ok(late <= 6, `${late} s`);
    assert.ok(share / seconds <= 0.25, `${share} s of ${seconds}`);
    assert.equal((await get().host.result("ls /run/policy-routing/fought")).code, 2);
    await get().host.exec("ip addr del 10.78.0.1/32 dev eth1");
    await until("the rule of the lease alone", async () => ((await get().sources()).join() === own ? true : undefined), patience);
  });

  it("is undone rightly where the lease changes while a change is armed, and a right change is kept", async () => {
    const [own = ""] = await get().sources();
    const next = get().fresh();
    const rules = (more: Fields): Fields => ({ rules: { main, second: { ...second, ...more } } });
    // The address changes in the middle of the transaction, when its first steps are made under the guard.
    const restore = await get().host.replaceBinary(
      "/bin/ip",
      `#!/bin/bash
case "$*" in *-batch*) [ ! -e /run/swap ] || ! ls /run/policy-routing/t-*/armed >/dev/null 2>&1 || { rm /run/swap; for words in "add ${next}/32" "del ${own}/18"; do (exec -a ip ip.real addr $words dev eth1); done; } ;; esac
exec -a ip ip.real "$@"
`,
    );
    const follows = (address: string): Promise<true> =>
      until(`the host to follow to ${address}`, async () => ((await get().sources()).includes(address) ? true : undefined), patience);
    await get().host.exec(": >/run/swap");
    const probes = [{ route: "192.0.2.1", dev: "nowhere", expect: true }];
    const { message } = await refusal(update(get().made, { ...rules({ table: 103 }), guard: { confirmTimeout: 30, probes } }));
    assert.match(message, /reverted \(verified\)/);
    await follows(next);
    await get().host.exec(`ip addr add ${own}/18 dev eth1; ip addr del ${next}/32 dev eth1`);
    await follows(own);
    await get().host.exec(": >/run/swap");
    closeHosts();
    const told = await warnings(async () => {
      get().made = await update(get().made, { rules: { main, other: { ...second, priority: 1002 }, second } });
    });
    assert.match(told, /warning: .*eth1: has other addresses than when the change was planned: the host follows/);
    await follows(next);
    await restore();
  });
}
