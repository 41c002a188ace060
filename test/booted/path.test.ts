import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { create, listenToStderr, remove } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { until } from "../lab/until";
import { armed, cutOff, lateness } from "./guard";
import { ours } from "./held";
import { needBooted, suites } from "./suites";

const path = "/opt/net/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

for (const suite of suites)
  describe(`a host whose ip is where no service looks for it (${suite})`, () => {
    let host: BootedHost;
    let stderr: ReturnType<typeof listenToStderr>;
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-path-${suite}`, suite });
      await host.exec(
        "mkdir -p /opt/net/bin && mv $(realpath /usr/sbin/ip) /opt/net/bin/ip && rm -f /usr/sbin/ip /usr/bin/ip; systemctl mask networking.service",
      );
      await host.setSshdOption("SetEnv", `PATH=${path}`);
      assert.equal((await host.ssh("command -v ip")).stdout, "/opt/net/bin/ip\n");
    });
    beforeEach(() => {
      stderr = listenToStderr();
    });
    afterEach(() => {
      stderr.end();
      closeHosts();
    });
    after(() => host?.stop());

    it("a change that cuts the controller off is undone by its guard", async () => {
      const before = await host.snapshot();
      const outcome = cutOff(host.controller, { ...host.connection });
      const late = await lateness(host, await armed(host));
      assert.ok(late >= 0 && late < 2, `${late} s`);
      assert.match((await outcome).message, /reverted \(verified\)/);
      assert.equal(await host.snapshot(), before);
    });

    it("what is persisted is put back when it vanishes, and after a reboot", async () => {
      const made = await create("PolicyRule", { connection: host.connection, priority: 1000, from: "198.51.100.1", table: 100 });
      assert.equal(made.state["persisted"], "systemd");
      const declared = await ours(host);
      assert.notEqual(declared, "");
      const back = () => until("it to be back", async () => ((await ours(host)) === declared ? true : undefined), 20_000);
      await host.batch(["rule del pref 1000"]);
      await back();
      closeHosts();
      await host.reboot();
      await back();
      await remove(made);
      assert.equal(await host.exec("find /etc -path '*policy-routing*'"), "");
    });

    it("a script of an earlier version, which does not find it, is written anew by the next change", async () => {
      const fields = { connection: host.connection, from: "198.51.100.1", table: 100 };
      const made = await create("PolicyRule", { ...fields, priority: 1000 });
      await host.exec("sed -i '/^PATH=.\\/opt/d' /etc/policy-routing/replay && systemctl restart policy-routing.service");
      closeHosts();
      const other = await create("PolicyRule", { ...fields, priority: 1001 });
      await host.batch(["rule del pref 1000"]);
      await until("it to be back", async () => ((await ours(host)).includes("1000:") ? true : undefined), 20_000);
      await remove(other);
      await remove(made);
    });
  });
