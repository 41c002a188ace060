import assert from "node:assert/strict";
import type { Neighbours } from "../../../../provider/src/kernel/persist/neighbours";
import { readFiles } from "../../../../provider/src/managers/takeover/formats/index";
import { printRemoval, removalsOf } from "../../../../provider/src/managers/takeover/removals";

const networkd = (version: number): Pick<Neighbours, "networkd" | "networkManager"> => ({
  networkd: { version, manages: { rules: true, routes: true, nexthops: true } },
  networkManager: true,
});
/** Of one file whose rule was taken. */
function removal(name: string, text: string, there?: Pick<Neighbours, "networkd" | "networkManager">) {
  const files = readFiles([{ name, path: name, text }]);
  const taken = files.flatMap(({ reading }) => reading.said.map(({ place }) => place));
  const [one, ...more] = removalsOf(files, taken, there);
  assert.ok(one !== undefined && more.length === 0);
  return one;
}
const network = "[Match]\nName=eth1\n[RoutingPolicyRule]\nFrom=203.0.113.10\nTable=100\nPriority=1000\n";
const netplan = (renderer = "") =>
  `network:\n  version: 2\n${renderer}  ethernets:\n    eth1:\n      routing-policy: [{ from: 203.0.113.10, table: 100, priority: 1000 }]\n`;
const keyfile = (device: string) =>
  `[connection]\nid=x\ntype=ethernet\ninterface-name=${device}\n[ipv4]\nrouting-rule1=priority 1000 from 203.0.113.10 table 100\n`;

describe("what makes a manager read its files again", () => {
  it("systemd-networkd: a restart; of 247, without the notes by which it would take ours for its own", () => {
    assert.equal(removal("eth1.network", network, networkd(252)).run, "systemctl restart systemd-networkd");
    assert.equal(
      removal("eth1.network", network, networkd(247)).run,
      "sed -i '/^RULE=/d' /run/systemd/netif/state && systemctl restart systemd-networkd",
    );
    const unknown = removal("eth1.network", network);
    assert.equal(unknown.run, "systemctl restart systemd-networkd");
    assert.match(unknown.why ?? "", /Where systemd is 247 or older, first sed -i/);
  });

  it("netplan: as its renderer, which is systemd-networkd where nothing says another", () => {
    const { run } = removal("1.yaml", netplan(), networkd(252));
    assert.equal(run, "netplan generate && systemctl restart systemd-networkd");
    const theirs = "netplan generate && nmcli connection reload && nmcli device reapply DEVICE";
    assert.equal(removal("1.yaml", netplan("  renderer: NetworkManager\n"), networkd(252)).run, theirs);
    assert.equal(removal("1.yaml", netplan(), { networkd: undefined, networkManager: true }).run, theirs);
  });

  it("NetworkManager: names the device, unless a shell would take its name for more than a word", () => {
    assert.equal(removal("eth1.nmconnection", keyfile("eth1")).run, "nmcli connection reload && nmcli device reapply eth1");
    assert.equal(removal("x.nmconnection", keyfile("a;reboot")).run, "nmcli connection reload && nmcli device reapply DEVICE");
  });

  it("files that are read again in one way stand together, and all of it on one line for a message", () => {
    const files = readFiles([
      { name: "a.network", text: network },
      { name: "b.network", text: network.replace("eth1", "eth2") },
    ]);
    const taken = files.flatMap(({ reading }) => reading.said.map(({ place }) => place));
    assert.deepEqual(removalsOf(files, taken, networkd(252)).map(printRemoval), [
      'a.network:3-6; b.network:3-6 (with coexist: "configure" in the program. No networkctl reload: it sets the device up anew: systemctl restart systemd-networkd)',
    ]);
  });
});
