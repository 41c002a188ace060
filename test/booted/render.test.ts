import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Fields, remove, stateOf } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { must, run } from "../lab/run";
import { until } from "../lab/until";
import { managers, put } from "./managers";
import { needBooted, suites } from "./suites";

const main = join(__dirname, "../../provider/dist/cli/main.js");

/** Rules, routes and next hops that no fresh host has, in the kernel's words, whoever made them. */
async function made({ namespace }: BootedHost): Promise<string> {
  const show = async (...words: string[]): Promise<string[]> =>
    (await must(["ip", "-n", namespace, "-N", "-d", "-o", ...words]))
      .split("\n")
      .map((line) => line.replace(/ proto \d+| (linkdown|dead)\b/g, "").trim())
      // networkd gives every rule a table; a rule that refuses or drops is not looked up in it.
      .map((line) => line.replace(/ lookup 254(?= [678]$)/, ""))
      .filter((line) => line !== "" && !/^(0|32766|32767):/.test(line))
      .sort();
  const tables = ["100", "101", "102"].flatMap((table) => ["-4", "-6"].map((family) => [family, "route", "show", "table", table]));
  const lists = [["-4", "rule"], ["-6", "rule"], ...tables, ["nexthop"]].map((words) => show(...words).catch(() => []));
  return (await Promise.all(lists)).flat().join("\n");
}

type Entries = Record<string, Fields>;
type Whole = Fields & { readonly nexthops: Entries; readonly routes: Entries; readonly rules: Entries };

function declared(host: BootedHost): Whole {
  const [, { device, address, prefix, gateway, address6, gateway6 }] = host.uplinks;
  return {
    connection: host.connection,
    persist: "none",
    coexist: "ignore",
    tables: { rt2: { tableId: 100, name: "rt2" } },
    nexthops: {
      isp: { nhid: 7, via: gateway, dev: device },
      isp6: { nhid: 8, via: gateway6, dev: device },
      isps: { nhid: 9, group: [{ nhid: 7, weight: 3 }] },
      drop: { nhid: 10, blackhole: true },
    },
    routes: {
      link: { destination: prefix, dev: device, src: address, table: 100 },
      default: { destination: "default", via: gateway, dev: device, table: 100, mtu: 1400, advmss: 1360, initcwnd: 20 },
      default6: { destination: "default", via: gateway6, dev: device, table: 100, metric: 50 },
      last: { destination: "default", type: "unreachable", family: "inet", metric: 4000, table: 100 },
      last6: { destination: "default", type: "blackhole", family: "inet6", metric: 4000, table: 102 },
      object: { destination: "198.51.100.0/24", nhid: 7, table: 101 },
      object6: { destination: "2001:db8:99::/48", nhid: 8, table: 101 },
      group: { destination: "203.0.113.0/24", nhid: 9, table: 101 },
      dropped: { destination: "203.0.114.0/24", nhid: 10, table: 101 },
      far: { destination: "192.0.2.128/25", via: "100.64.0.1", dev: device, onlink: true, table: 101 },
    },
    rules: {
      from: { priority: 1000, from: address, table: 100 },
      to: { priority: 1001, to: address, table: 100 },
      from6: { priority: 1000, from: address6, table: 100 },
      mark: { priority: 1100, family: "inet", fwmark: "0x10/0xff", iif: device, table: 101 },
      not: { priority: 1101, from: prefix, not: true, oif: device, tos: 16, table: 101 },
      ssh: { priority: 1102, family: "inet6", ipproto: "tcp", dport: "22", sport: "1024-2048", table: 101 },
      ping: { priority: 1103, family: "inet", ipproto: 1, table: 101 },
      user: { priority: 1104, family: "inet", uidrange: "1000-1999", table: 101 },
      main: { priority: 1105, family: "inet", suppressPrefixlength: 0, table: "main" },
      stop: { priority: 1106, to: "198.51.100.128/25", action: "prohibit" },
      tunnel: { priority: 1107, family: "inet", uidrange: "2000", table: 100 },
    },
  };
}

/** What systemd 247 has keys for: neither next hops in routes, nor groups of them, nor what a rule does besides a lookup. */
function declaredOlder(host: BootedHost): Whole {
  const { nexthops, routes, rules, ...rest } = declared(host);
  const those = (entries: Entries, known: (one: Fields) => boolean): Entries =>
    Object.fromEntries(Object.entries(entries).filter(([, one]) => known(one)));
  return {
    ...rest,
    nexthops: those(nexthops, ({ via }) => via !== undefined),
    routes: those(routes, ({ nhid, advmss }) => (nhid ?? advmss) === undefined),
    rules: those(rules, ({ action }) => action === undefined),
  };
}

const without = (entries: Entries, ...names: string[]): Entries =>
  Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)));

/** Without next hop objects, which neither has. */
function declaredPlainly(host: BootedHost): Whole {
  const { routes, ...rest } = declared(host);
  return { ...rest, nexthops: {}, routes: without(routes, "object", "object6", "group", "dropped") };
}

/** What netplan has keys for; the 0.101 of Debian 11 has none for windows of congestion. */
function declaredForNetplan(host: BootedHost, isOlder: boolean): Whole {
  const { routes, rules, ...rest } = declaredPlainly(host);
  const [, { prefix }] = host.uplinks;
  return {
    ...rest,
    routes: { ...routes, default: { ...routes["default"], advmss: undefined, ...(isOlder ? { initcwnd: undefined } : {}) } },
    rules: {
      ...without(rules, "mark", "not", "ssh", "ping", "user", "main", "stop", "tunnel"),
      marked: { priority: 1100, from: prefix, fwmark: 16, tos: 16, table: 101 },
    },
  };
}

for (const suite of suites)
  describe(`policy-routing render on a booted host (${suite})`, () => {
    let host: BootedHost;
    let folder: string;
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-render-${suite}`, suite });
      folder = await mkdtemp(join(tmpdir(), "booted-render-"));
    });
    after(async () => {
      closeHosts();
      await host?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    async function managedBy(name: string): Promise<void> {
      const manager = managers.find((one) => one.name === name);
      assert.ok(manager !== undefined);
      await manager.install(host);
      await until(`${name} to settle`, async () => ((await host.result(manager.settled)).code === 0 ? true : undefined), 30_000);
    }

    /** Makes it by HostRouting, writes it down, takes it away; what it was, and the files of the manager on the host. */
    async function handOver(fields: Fields, backend: string[], at: (path: string) => string = (path) => path): Promise<string> {
      const resource = await create("HostRouting", fields);
      const wanted = await made(host);
      const state = {
        deployment: { resources: [{ urn: "urn", type: "pulumi-nodejs:dynamic/policyrouting:HostRouting", inputs: stateOf(resource) }] },
      };
      await remove(resource);
      closeHosts();
      assert.equal(await made(host), "");
      const output = join(folder, ...backend);
      const told = await run([process.execPath, main, "render", "--backend", ...backend, "--output", output, "-"], {
        input: JSON.stringify(state),
      });
      assert.deepEqual([told.code, told.stderr], [0, ""]);
      for (const path of told.stdout.trim().split("\n")) await put(host, at(path.slice(output.length)), await readFile(path, "utf8"));
      return wanted;
    }

    const becomes = async (wanted: string, how: string): Promise<void> => {
      let seen = "";
      await until(
        `all of it by ${how}`,
        async () => {
          seen = await made(host);
          return seen === wanted ? true : undefined;
        },
        20_000,
      ).catch(async () => {
        const told = await host.exec("journalctl -b -n 40 --no-pager -o cat -u systemd-networkd -u networking");
        assert.equal(seen, wanted, `${how}\n${told}`);
      });
    };

    /** The table of this user's rule has a route that refuses behind the one by eth1: nothing of it leaves another way while eth1 is away. */
    const leaks = async (): Promise<string> => (await host.result("ip route get 203.0.115.9 uid 2000")).stdout;

    it("ifupdown makes the same of it: by ifdown and ifup, at boot; and takes all of it away", async () => {
      await managedBy("ifupdown");
      const wanted = await handOver(declared(host), ["ifupdown"]);
      await host.exec("ifup --force lo; ifdown eth1; ifup eth1");
      await becomes(wanted, "ifup");
      await host.exec("ifdown eth1");
      assert.equal(await leaks(), "");
      await host.exec("ifup eth1");
      await becomes(wanted, "ifup, once eth1 was away");
      await host.reboot();
      await becomes(wanted, "a reboot");
      const { code, stderr } = await host.result("ifdown eth1; ifdown --force lo");
      assert.equal(code, 0, stderr);
      assert.equal(await made(host), "");
      await host.exec(
        "rm /etc/network/interfaces.d/* /etc/iproute2/rt_tables.d/policy-routing.conf; systemctl disable --quiet networking.service 2>&1",
      );
    });

    it("NetworkManager makes the same of it, appended to its connection, at its coming up and at boot", async function () {
      if (suite === "bullseye") {
        console.log("    skipped: NetworkManager 1.30 has no connections of loopback, and no types of routes");
        this.skip();
      }
      await managedBy("NetworkManager");
      const wanted = await handOver(declaredPlainly(host), ["NetworkManager"]);
      await host.exec(
        "cat /etc/NetworkManager/policy-routing/eth1 >>/etc/NetworkManager/system-connections/eth1.nmconnection; nmcli connection reload; nmcli connection up policy-routing; nmcli connection up eth1",
      );
      await becomes(wanted, "NetworkManager");
      await host.exec("nmcli connection down eth1");
      assert.equal(await leaks(), "");
      await host.exec("nmcli connection up eth1");
      await becomes(wanted, "NetworkManager, once eth1 was away");
      await host.reboot();
      await becomes(wanted, "a reboot");
      await host.exec(
        "systemctl disable --quiet --now NetworkManager.service 2>&1; rm -r /etc/NetworkManager/system-connections/* /etc/NetworkManager/policy-routing /etc/iproute2/rt_tables.d/policy-routing.conf",
      );
    });

    it("systemd-networkd makes the same of it, at a restart and at boot", async () => {
      await managedBy("systemd-networkd");
      const [first, second] = host.uplinks;
      const isOlder = suite === "bullseye";
      const fields = isOlder ? declaredOlder(host) : declared(host);
      const both = {
        destination: "192.0.2.0/25",
        table: 101,
        nexthops: [
          { via: first.gateway, dev: first.device },
          { via: second.gateway, dev: second.device, weight: 3 },
        ],
      };
      const backend = ["systemd-networkd", ...(isOlder ? ["--systemd", "247"] : [])];
      const wanted = await handOver({ ...fields, routes: { ...fields.routes, both } }, backend, (path) =>
        path.replace(/\/(eth\d)\.network\.d\//, "/10-$1.network.d/"),
      );
      await host.exec("systemctl restart systemd-networkd");
      await becomes(wanted, "a restart");
      await host.exec("ip link set eth1 down");
      await until(
        "the way by eth1 to go",
        async () => ((await host.exec("ip route show table 100")).includes(" eth1 ") ? undefined : true),
        20_000,
      );
      assert.equal(await leaks(), "");
      await host.exec("ip link set eth1 up");
      await becomes(wanted, "systemd-networkd, once eth1 was away");
      await host.reboot();
      await becomes(wanted, "a reboot");
    });

    it("netplan makes the same of it, beside what its other files say of the device, at a restart and at boot", async () => {
      await host.exec("rm -rf /etc/systemd/network/* /etc/iproute2/rt_tables.d/policy-routing.conf");
      await managedBy("netplan");
      const wanted = await handOver(declaredForNetplan(host, suite === "bullseye"), ["netplan"]);
      await host.exec("netplan generate && systemctl restart systemd-networkd");
      await becomes(wanted, "a restart");
      await host.reboot();
      await becomes(wanted, "a reboot");
    });
  });
