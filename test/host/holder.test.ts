import { strict as assert } from "node:assert";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { until } from "../lab/until";
import { rulesOf } from "./monitor";
import { create, type Fields, remove, warnings } from "./resource";

/** Four objects, of which each waits for an `ip` of its own: rules and routes of both families. */
const persisted = {
  rules: { four: { priority: 1000, from: "198.18.128.2", table: 100 }, six: { priority: 1000, from: "2001:db8::1", table: 100 } },
  routes: {
    four: { destination: "192.0.2.0/24", type: "blackhole", table: 100 },
    six: { destination: "2001:db8:1::/48", type: "blackhole", table: 100 },
  },
};

/** They take what a lease takes: both at once, each on a host of its own. */
describe("who puts back what is persisted, called by somebody who has more to do", function () {
  this.timeout(120_000);

  let lab: Lab;
  const scenarios: [string, (host: Host) => Promise<void>][] = [];
  const scenario = (name: string, run: (host: Host) => Promise<void>): void => void scenarios.push([name, run]);

  const rule = (host: Host): Fields => ({ connection: host.connection, priority: 1500, from: "198.18.128.3", table: 100, persist: "none" });

  /** An `ip` that takes its time for what replay adds, and an `ifup` with two interfaces to bring up, in one process group. */
  const ifup = async (host: Host, seconds: number): Promise<void> => {
    await host.exec("ip rule flush proto 214; ip -6 rule flush proto 214; ip route flush table 100; ip -6 route flush table 100");
    await host.replaceBinary("/usr/sbin/ip", `#!/bin/sh\ncase "$*" in *' -force -batch -') sleep ${seconds} ;; esac\nexec ip.real "$@"\n`);
    const script = "echo eth0 up; sh /etc/policy-routing/replay || :; echo eth1 up";
    await writeFile(await host.file("/tmp/ifup"), `${script}\n`);
    await host.exec("setsid sh /tmp/ifup >/tmp/up 2>&1 </dev/null & ");
    await until("replay to hold the host", async () =>
      (await host.result("[ -s /run/policy-routing/lock.* ]")).code === 0 ? true : undefined,
    );
  };
  const said = async (host: Host): Promise<string> => readFile(await host.file("/tmp/up"), "utf8");

  scenario("it may take longer than a lease: it is waited for, and everything is put back", async (host) => {
    await ifup(host, 7);
    const told = await warnings(async () => remove(await create("PolicyRule", rule(host))));
    assert.match(told, /: waits for replay, which puts back what is persisted\n/);
    assert.match(await said(host), /^eth0 up\n(added .*\n){4}eth1 up\n$/);
    assert.equal((await rulesOf(host)).length, 1);
  });

  scenario("it hangs: it is ended with what it started, and whoever called it goes on", async (host) => {
    await ifup(host, 600);
    await remove(await create("PolicyRule", rule(host)));
    await until("eth1", async () => (/^eth1 up$/m.test(await said(host)) ? true : undefined));
    assert.equal(await host.exec("pgrep -f '[e]tc/policy-routing/replay|sleep 6[0]0' || true"), "");
  });

  const running = new Map<string, Promise<unknown>>();
  before(async () => {
    lab = await startLab({ name: "test-host-holder", hosts: scenarios.length });
    for (const [index, [name, run]] of scenarios.entries()) {
      const host = lab.hosts[index];
      assert.ok(host !== undefined);
      await create("HostRouting", { connection: host.connection, persist: "rc-local", ...persisted });
      running.set(
        name,
        run(host).then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
    }
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  for (const [name] of scenarios)
    it(name, async () => {
      const error = await running.get(name);
      if (error !== undefined) throw error;
    });
});
