// Each pitfall of a multi-homed host, by packets where it is about packets: it is there without the answer, and gone with it.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, afterEach, before, describe, it } from "mocha";
import { canonical } from "../../provider/src/declaration/canonical";
import { expand, nftText } from "../../provider/src/declaration/multihomed/expand";
import { multihomedFields, settleMultihomed } from "../../provider/src/declaration/multihomed/multihomed";
import { closeHosts } from "../../provider/src/host/host";
import { readState } from "../../provider/src/host/reading/network";
import { findingsOf } from "../../provider/src/kernel/findings/index";
import { networkOfState } from "../../provider/src/kernel/lookup/stateJson";
import { type Host, type Lab, startLab } from "../lab/lab";
import { Namespace, namespaceOf } from "../lab/namespace";
import { must } from "../lab/run";
import { watch } from "./monitor";
import { create, type Fields, type Made, refusal, remove, update } from "./resource";

const ssh = 22;

/** Answers every connection at a port in a namespace, until it is ended. */
async function serve(namespace: string, port: number): Promise<() => void> {
  const server = `require("node:net").createServer((s) => s.on("error", () => {}).end("hello")).listen(${port}, () => console.log("listening"))`;
  const child = spawn("nsenter", [`--net=/run/netns/${namespace}`, "--", process.execPath, "-e", server], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return () => void child.kill("SIGKILL");
}

describe("a multi-homed host", function () {
  this.timeout(60_000);
  let lab: Lab;
  let host: Host;
  let clean: string;
  let made: Made | undefined;
  before(async () => {
    lab = await startLab({ name: "test-multihomed" });
    host = lab.hosts[0];
    clean = await host.snapshot();
  });
  afterEach(async () => {
    if (made !== undefined) await remove(made);
    made = undefined;
    closeHosts();
    assert.equal(await host.snapshot(), clean);
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const uplinkOf = (index: 0 | 1): Fields => {
    const { device, address, gateway, prefix, address6, gateway6, prefix6 } = host.uplinks[index];
    const length = (text: string) => text.split("/")[1];
    return {
      device,
      address: `${address}/${length(prefix)}`,
      gateway,
      table: 101 + index,
      v6: { address: `${address6}/${length(prefix6)}`, gateway: gateway6 },
    };
  };
  const valuesOf = (fields: Fields) => {
    const { values, problems } = canonical(
      multihomedFields,
      { uplinks: { isp1: uplinkOf(0), isp2: uplinkOf(1) }, ...fields },
      settleMultihomed,
    );
    assert.deepEqual(problems, []);
    return values;
  };
  const routing = (fields: Fields = {}): Fields => ({ connection: host.connection, ...expand(valuesOf(fields)) });
  const up = async (fields: Fields = {}, more: Fields = {}): Promise<void> => {
    made = await create("HostRouting", { ...routing(fields), ...more });
  };
  const [patient, hasty] = [10_000, 1_000];

  it("answers by the uplink that was asked, whose address the program does not know, and takes one more as it comes", async () => {
    const { address: _address, ...isp2 } = uplinkOf(1);
    made = await create("HostRouting", {
      ...routing({ uplinks: { isp1: uplinkOf(0), isp2: { ...isp2, address: "auto", v6: { address: "auto", gateway: "none" } } } }),
      persist: "rc-local",
    });
    const [, { address, prefix }] = host.uplinks;
    assert.equal(await lab.internet.tcpConnect(address, ssh, patient), true);
    const other = address.replace(/\d+$/, "88");
    await host.exec(`ip addr add ${other}/${prefix.split("/")[1]} dev eth1`);
    assert.equal(await lab.internet.tcpConnect(other, ssh, hasty), false);
    await host.exec("sh /etc/policy-routing/replay");
    assert.equal(await lab.internet.tcpConnect(other, ssh, patient), true);
    await host.exec(`ip addr del ${other}/${prefix.split("/")[1]} dev eth1`);
  });

  it("answers by the uplink that it was asked by, with both families, also under strict reverse path filters", async () => {
    const addresses = [host.uplinks[1].address, host.uplinks[1].address6];
    for (const address of addresses) assert.equal(await lab.internet.tcpConnect(address, ssh, hasty), false, `${address} before`);
    await up({ outside: [lab.internet.address, lab.internet.address6] }, { reversePathFilter: { eth0: "strict", eth1: "strict" } });
    const dropped = (await lab.providers[0].counters()).dropped;
    for (const address of [...addresses, host.uplinks[0].address, host.uplinks[0].address6])
      assert.equal(await lab.internet.tcpConnect(address, ssh, patient), true, `${address} after`);
    assert.equal((await lab.providers[0].counters()).dropped, dropped, "no reply left by the wrong uplink");
  });

  it("gives policy-routing check nothing to find, whichever options are chosen", async () => {
    for (const fields of [{}, { connmark: true }, { toRule: true }, { killSwitch: true }]) {
      await up(fields);
      const network = networkOfState(await readState(host.connection));
      // The lab's own way to the host is no uplink.
      const found = findingsOf(network, [214, 215]).filter(({ object }) => !object.endsWith(" on mgmt"));
      assert.deepEqual(found, [], JSON.stringify(fields));
      await remove(made ?? assert.fail());
      made = undefined;
    }
  });

  it("main's default is left to whoever made it; where it is asked for and another stands there, that is refused", async () => {
    await up();
    assert.match(await host.exec("ip -N -4 route show default"), /^default via \S+ dev eth0 *\n$/);
    await remove(made ?? assert.fail());
    made = undefined;
    const { message } = await refusal(create("HostRouting", routing({ mainDefault: "isp2" })));
    assert.match(message, /route inet table main default: a foreign route stands at this key: .* proto 3/);
  });

  it("without main's default the uplinks answer all the same", async () => {
    await up({ killSwitch: true });
    await host.exec("ip route del default");
    try {
      assert.equal(await lab.internet.tcpConnect(host.uplinks[1].address, ssh, patient), true);
      // The pitfall: suppressors do not pass over error routes.
      await host.exec("ip route add unreachable default metric 4278198272");
      assert.equal(await lab.internet.tcpConnect(host.uplinks[1].address, ssh, hasty), false);
      await host.exec("ip route del unreachable default metric 4278198272");
    } finally {
      await host.exec(`ip route add default via ${host.uplinks[0].gateway} dev eth0 proto 3`);
    }
  });

  it("an uplink that is gone does not leak by another one where the kill switch is on", async () => {
    const leaks = async (): Promise<boolean> => {
      const before = (await lab.providers[0].counters()).dropped;
      await host.exec(`ping -n -c 1 -W 1 -I ${host.uplinks[1].address} ${lab.internet.address} >/dev/null 2>&1 || true`);
      return (await lab.providers[0].counters()).dropped > before;
    };
    for (const killSwitch of [false, true]) {
      await up({ killSwitch });
      const [before] = [await host.exec("ip -4 route show table all dev eth1; ip -6 route show table all dev eth1")];
      assert.ok(before.length > 0);
      await host.exec("ip route flush table 102 type unicast");
      assert.equal(await leaks(), !killSwitch);
      await remove(made ?? assert.fail());
      made = undefined;
    }
  });

  it("a split default of a VPN captures the replies: an address outside tells, and the change is not kept", async () => {
    const { gateway } = host.uplinks[0];
    await host.batch([`route add 0.0.0.0/1 via ${gateway} dev eth0`, `route add 128.0.0.0/1 via ${gateway} dev eth0`]);
    try {
      const { message } = await refusal(create("HostRouting", routing({ outside: [lab.internet.address] })));
      assert.match(
        message,
        /refused, nothing was changed: once it is made, expected 192\.0\.2\.1 from 198\.18\.128\.2 .*: dev eth1, but it is unicast dev eth0/,
      );
    } finally {
      await host.batch(["route del 0.0.0.0/1", "route del 128.0.0.0/1"]);
    }
  });

  describe("with containers", () => {
    const container = namespaceOf("test-multihomed", "container");
    const address = "172.17.0.2";
    let stop: (() => void) | undefined;
    before(async () => {
      await must(["ip", "netns", "add", container]);
      await host.batch([
        "link add br0 type veth peer name c0",
        "link set br0 addrgenmode none",
        "address add 172.17.0.1/16 dev br0",
        "link set br0 up",
        `link set c0 netns ${container}`,
      ]);
      await new Namespace(container).batch([
        `address add ${address}/16 dev c0`,
        "link set c0 up",
        "link set lo up",
        "route add default via 172.17.0.1",
      ]);
      await host.exec("echo 1 >/proc/sys/net/ipv4/ip_forward");
      stop = await serve(container, 80);
      clean = await host.snapshot();
    });
    after(async () => {
      stop?.();
      await host.exec("ip link del br0; echo 0 >/proc/sys/net/ipv4/ip_forward; nft flush ruleset");
      await must(["ip", "netns", "del", container]);
    });

    it("they are reached from an uplink's address: main's own networks come before the uplink's table", async () => {
      const reached = async (): Promise<boolean> =>
        (await host.result(`ping -n -c 1 -W 1 -I ${host.uplinks[1].address} ${address}`)).code === 0;
      await up();
      assert.equal(await reached(), true);
      await host.exec("ip rule del pref 15000");
      assert.equal(await reached(), false, "the pitfall");
      await host.exec("ip rule add pref 15000 table main suppress_prefixlength 0 proto 214");
    });

    it("published ports on a secondary uplink answer by it, once connections are marked", async () => {
      const second = host.uplinks[1].address;
      await host.exec("nft -f -", {
        input: `table ip nat { chain pre { type nat hook prerouting priority dstnat; tcp dport 8080 dnat to ${address}:80; }; }\n`,
      });
      await up();
      assert.equal(
        await lab.internet.tcpConnect(second, 8080, hasty),
        false,
        "the pitfall: the reply's source is the container's when it is routed",
      );
      await remove(made ?? assert.fail());
      await up({ connmark: true });
      await host.exec("nft -f -", { input: nftText(valuesOf({})) });
      assert.equal(await lab.internet.tcpConnect(second, 8080, patient), true);
      assert.equal(await lab.internet.tcpConnect(host.uplinks[0].address, 8080, patient), true);
      assert.equal(await lab.internet.tcpConnect(second, ssh, patient), true);
      await host.exec("nft delete table inet policy_routing");
    });
  });

  it("with connection marks, one more uplink and later no marks any more: nothing else is touched", async () => {
    const devices = ["eth0", "eth1", "e3"];
    const filters = async (): Promise<string[]> =>
      Promise.all(devices.map(async (device) => (await host.exec(`sysctl -n net.ipv4.conf.${device}.rp_filter`)).trim()));
    await host.batch(["link add e3 type veth peer name p3", ...["e3", "p3"].map((device) => `link set ${device} addrgenmode none`)]);
    await host.batch(["address add 198.18.6.2/24 dev e3", "link set e3 up", "link set p3 up"]);
    try {
      const stood = await filters();
      await up({ connmark: true });
      assert.deepEqual(await filters(), ["2", "2", stood[2]]);
      const isp3 = { device: "e3", address: "198.18.6.2/24", gateway: "198.18.6.1", table: 103 };
      const uplinks = { isp1: uplinkOf(0), isp2: uplinkOf(1), isp3 };
      const growing = await watch(host);
      made = await update(made ?? assert.fail(), routing({ uplinks, connmark: true }));
      const added = await growing.end();
      assert.ok(added.length === 4 && added.every((line) => !line.startsWith("Deleted") && /103/.test(line)), added.join("\n"));
      assert.deepEqual(await filters(), ["2", "2", "2"]);
      const ending = await watch(host);
      made = await update(made, { ...routing({ uplinks }), reversePathFilter: undefined });
      const gone = await ending.end();
      assert.ok(gone.length === 5 && gone.every((line) => /^Deleted 101\d\d: from all fwmark /.test(line)), gone.join("\n"));
      assert.deepEqual(await filters(), stood);
      await remove(made);
      made = undefined;
    } finally {
      await host.exec("ip link del e3");
    }
  });

  it("answers by its uplink for each of several addresses there, and prefers an uplink for destinations but not for replies", async () => {
    const { address: first, gateway } = host.uplinks[1];
    const second = first.replace(/[0-9]+$/, "77");
    const { address } = lab.internet;
    await host.exec(`ip address add ${second}/18 dev eth1`);
    try {
      const several = { ...uplinkOf(1), address: [`${first}/18`, `${second}/18`], gateway, prefer: [`${address}/32`] };
      const way = async (words: string): Promise<string> => host.exec(`ip route get ${address} ${words}`);
      assert.match(await way(""), /dev eth0/);
      await up({ uplinks: { isp1: uplinkOf(0), isp2: several }, outside: [address] });
      for (const one of [first, second]) assert.equal(await lab.internet.tcpConnect(one, ssh, patient), true, one);
      assert.match(await way(""), /dev eth1 table 102/);
      assert.match(await way(`from ${host.uplinks[0].address}`), /dev eth0 table 101/);
      const watching = await watch(host);
      made = await update(made ?? assert.fail(), routing({ uplinks: { isp1: uplinkOf(0), isp2: { ...several, address: `${first}/18` } } }));
      assert.deepEqual(await watching.end(), [`Deleted 15102: from ${second} lookup 102 proto 214`]);
      await remove(made);
      made = undefined;
    } finally {
      await host.exec(`ip address del ${second}/18 dev eth1`);
    }
  });

  it("may be made of the second uplink alone: it answers by it, and the primary stays whoever's it is", async () => {
    const { address } = host.uplinks[1];
    assert.equal(await lab.internet.tcpConnect(address, ssh, hasty), false, "the pitfall");
    const watching = await watch(host);
    await up({ uplinks: { second: uplinkOf(1) }, outside: [lab.internet.address] });
    const added = await watching.end();
    assert.ok(added.length === 8 && added.every((line) => !line.includes("eth0")), added.join("\n"));
    for (const one of [address, host.uplinks[0].address]) assert.equal(await lab.internet.tcpConnect(one, ssh, patient), true, one);
  });

  it("an uplink that needs no gateway, as a tunnel, answers by its device alone, under a strict reverse path filter too", async () => {
    const far = namespaceOf("test-multihomed", "far");
    const [own, outside] = ["198.18.7.2", "198.51.100.77"];
    await must(["ip", "netns", "add", far]);
    try {
      // Nobody is asked for a neighbour's address, and both ends have the same: what one sends is for the other, as on a tunnel.
      await host.batch([
        "link add tun0 address 02:00:00:00:00:07 type veth peer name far0 address 02:00:00:00:00:07",
        ...["tun0", "far0"].map((device) => `link set ${device} arp off addrgenmode none`),
        `link set far0 netns ${far}`,
        `address add ${own}/32 dev tun0`,
        "link set tun0 up",
      ]);
      const beyond = new Namespace(far);
      await beyond.batch([`address add ${outside}/32 dev lo`, "link set lo up", "link set far0 up", `route add ${own}/32 dev far0`]);
      const answers = async (): Promise<boolean> =>
        (await beyond.result(`exec timeout 1 bash -c 'exec 3<>/dev/tcp/${own}/${ssh}'`)).code === 0;
      const tunnel = { device: "tun0", address: `${own}/32`, gateway: "none", table: 103 };
      assert.equal(await answers(), false, "the pitfall");
      await up({ uplinks: { tunnel }, outside: [outside] }, { reversePathFilter: { tun0: "strict" } });
      assert.equal(await answers(), true);
      assert.match(await host.exec("ip -N -4 route show table 103"), /^default dev tun0 proto 214 scope 253 *\n$/);
      await remove(made ?? assert.fail());
      made = undefined;
    } finally {
      await must(["ip", "netns", "del", far]);
      await host.exec("ip link del tun0 2>/dev/null; true");
    }
  });

  it("two uplinks on one link: each address answers ARP and packets by its own device", async () => {
    const peer = namespaceOf("test-multihomed", "peer");
    const link = new Namespace(peer);
    await must(["ip", "netns", "add", peer]);
    try {
      await host.batch(
        ["e1", "e2"].flatMap((device) => [
          `link add ${device} type veth peer name p-${device}`,
          `link set ${device} addrgenmode none`,
          `link set p-${device} netns ${peer}`,
        ]),
      );
      await link.batch([
        "link add lan type bridge",
        ...["p-e1", "p-e2"].flatMap((device) => [`link set ${device} master lan`, `link set ${device} up`]),
        "address add 198.18.5.50/24 dev lan",
        "link set lan up",
      ]);
      await host.batch(["address add 198.18.5.11/24 dev e1", "address add 198.18.5.12/24 dev e2", "link set e1 up", "link set e2 up"]);
      const macs = async (): Promise<(string | undefined)[]> => {
        await link.exec("ip neigh flush dev lan");
        await link.exec("for host in 11 12; do ping -n -c 1 -W 2 198.18.5.$host >/dev/null || exit 1; done");
        const neighbours = await link.exec("ip neigh show dev lan");
        return ["11", "12"].map((end) => new RegExp(`198\\.18\\.5\\.${end} lladdr (\\S+)`).exec(neighbours)?.[1]);
      };
      const sent = async (): Promise<number[]> =>
        Promise.all(["e1", "e2"].map(async (device) => Number(await host.exec(`cat /sys/class/net/${device}/statistics/tx_packets`))));
      const way = async (address: string): Promise<string> => host.exec(`ip route get 198.18.5.50 from ${address}`);
      assert.match(await way("198.18.5.12"), /dev e1/, "the pitfall");
      const uplink = (device: string, address: string, table: number): Fields => ({
        device,
        address: `${address}/24`,
        gateway: "198.18.5.1",
        table,
      });
      await up({ uplinks: { one: uplink("e1", "198.18.5.11", 201), two: uplink("e2", "198.18.5.12", 202) } });
      const own = await Promise.all(["e1", "e2"].map(async (device) => (await host.exec(`cat /sys/class/net/${device}/address`)).trim()));
      assert.deepEqual(await macs(), own);
      const [, before = 0] = await sent();
      await link.exec("ping -n -c 3 -i 0.2 -W 2 198.18.5.12 >/dev/null");
      const [, after = 0] = await sent();
      assert.ok(after >= before + 3, "the replies left by the second device");
      assert.match(await way("198.18.5.12"), /dev e2 table 202/);
      await remove(made ?? assert.fail());
      made = undefined;
    } finally {
      await must(["ip", "netns", "del", peer]);
      await host.exec("ip link del e1 2>/dev/null; ip link del e2 2>/dev/null; true");
    }
  });
});
