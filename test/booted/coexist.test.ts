import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Fields, type Made, remove, update, warnings } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { until } from "../lab/until";
import { ours } from "./held";
import { managers } from "./managers";
import { needBooted, suites } from "./suites";

const dropin = "/etc/systemd/networkd.conf.d/policy-routing.conf";
/** What systemd of a suite can be told to leave alone. The one of bullseye leaves rules and next hops alone anyway. */
const known = { bullseye: ["Routes"], bookworm: ["RoutingPolicyRules", "Routes"], trixie: ["RoutingPolicyRules", "Routes", "NextHops"] };

const networkd = managers.find(({ name }) => name === "systemd-networkd");

for (const suite of suites)
  describe(`a host with systemd-networkd (${suite})`, () => {
    let host: BootedHost;
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-coexist-${suite}`, suite });
      await networkd?.install(host);
      await settled();
    });
    const isLeft = (line: string): boolean => line === "" || (suite === "bullseye" && !line.includes(" table "));
    const settled = (): Promise<true> =>
      until("eth1 to be configured", async () => ((await host.result(networkd?.settled ?? "false")).code === 0 ? true : undefined), 30_000);
    let made: Made[] = [];
    afterEach(async () => {
      for (const one of made.toReversed()) await remove(one);
      made = [];
      closeHosts();
      assert.equal(await host.exec("find /etc -path '*policy-routing*' -o -name networkd.conf.d; ls /etc/rc.local 2>/dev/null || :"), "");
    });
    after(async () => {
      closeHosts();
      await host?.stop();
    });

    // By rc.local, so that nothing puts back what is removed.
    const make = async (kind: string, fields: Fields): Promise<void> => {
      made.push(await create(kind, { connection: host.connection, persist: "rc-local", ...fields }));
    };
    const rule = (fields: Fields = {}) => make("PolicyRule", { priority: 1000, from: "198.18.128.2", table: 100, ...fields });
    const route = (fields: Fields = {}) =>
      make("PolicyRoute", { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100, ...fields });
    const nexthop = (fields: Fields = {}) => make("NextHop", { nhid: 7, via: "198.18.128.1", dev: "eth1", ...fields });

    it("warns once, with the drop-in for its version; what it then does is what was said", async () => {
      const told = await warnings(async () => {
        await rule();
        await route();
        await nexthop();
      });
      const lines = told.split("\n").filter((line) => line.includes("systemd-networkd"));
      assert.equal(lines.length, 1, told);
      for (const key of known[suite]) assert.match(told, new RegExp(`ManageForeign${key}=no`));
      await host.exec("networkctl reconfigure eth1");
      await until("it to be swept away", async () => ((await ours(host)).split("\n").every(isLeft) ? true : undefined), 20_000);
    });

    it("is configured: it leaves alone what its version can be told to, and needs no restart for it", async () => {
      await host.exec("systemctl show --property=MainPID systemd-networkd >/run/before");
      const told = await warnings(async () => {
        await rule({ coexist: "configure" });
        await route({ coexist: "configure" });
        await nexthop({ coexist: "configure" });
      });
      assert.equal(made[0]?.state["persisted"], "rc-local");
      assert.equal(await host.exec("systemctl show --property=MainPID systemd-networkd | diff - /run/before"), "");
      const text = await host.exec(`cat ${dropin}`);
      assert.deepEqual(
        [...text.matchAll(/^ManageForeign(\w+)=no$/gm)].map(([, key]) => key),
        known[suite],
      );
      assert.doesNotMatch(told, /=no/);
      await make("PolicyRoute", { destination: "198.51.100.0/24", type: "blackhole", family: "inet", table: 100, coexist: "configure" });
      const declared = (await ours(host)).split("\n");
      await host.exec("systemctl restart systemd-networkd"); // when its time comes
      await settled();
      await host.exec("networkctl reconfigure eth1");
      await settled();
      // The device's own routes go with its addresses, and those of its next hops.
      const kindOf = (line: string): string =>
        line.startsWith("1000:") ? "RoutingPolicyRules" : line.startsWith("id ") ? "NextHops" : "Routes";
      const expected = declared.filter((line) => known[suite].includes(kindOf(line)) && !line.includes("dev eth1"));
      const left = (await ours(host)).split("\n");
      assert.deepEqual(
        left.filter((line) => expected.includes(line)),
        expected,
      );
    });

    it("is left as it was when coexist no longer says so; a drop-in of somebody else's counts as well", async () => {
      await rule({ coexist: "configure" });
      const [one] = made;
      assert.ok(one !== undefined);
      made = [await update(one, { coexist: "ignore" })];
      assert.equal((await host.result(`ls ${dropin}`)).code, 2);
      await host.exec("mkdir -p /etc/systemd/networkd.conf.d");
      const lines = known[suite].map((key) => `ManageForeign${key}=no\n`).join("");
      await writeFile(await host.file("/etc/systemd/networkd.conf.d/local.conf"), `[Network]\n${lines}`);
      closeHosts();
      const told = await warnings(() => route());
      assert.doesNotMatch(told, /=no/);
      await host.exec("rm -r /etc/systemd/networkd.conf.d");
    });
  });
