import assert from "node:assert/strict";
import { adviceOn, parseNeighbours } from "../../../provider/src/kernel/persist/neighbours";

describe("what a person hears about others on the host", () => {
  const networkd = (version: number, values = "yes yes yes") => parseNeighbours(`networkd ${version} ${values}\n`);
  const told = (...parameters: Parameters<typeof adviceOn>): string => adviceOn(...parameters).join("\n");

  it("systemd-networkd: the keys that its version knows, and for what it has none", () => {
    assert.match(
      told(networkd(257), undefined, true),
      /ManageForeignRoutingPolicyRules=no ManageForeignRoutes=no ManageForeignNextHops=no /,
    );
    const bookworm = told(networkd(252), undefined, true);
    assert.match(bookworm, /write \[Network\] ManageForeignRoutingPolicyRules=no ManageForeignRoutes=no \(/);
    assert.match(bookworm, /for nexthops this version has no such key; policy-routing\.service puts it back$/);
    const bullseye = told(networkd(247), undefined, false);
    assert.match(bullseye, /write \[Network\] ManageForeignRoutes=no \(/);
    assert.match(
      bullseye,
      /^systemd-networkd 247 removes routes that it did not make.*"configure"; nothing puts it back: persist: "systemd" would$/,
    );
  });

  it("nothing, where it already leaves alone what it did not make, or where nobody is", () => {
    assert.deepEqual(adviceOn(networkd(257, "no false 0"), undefined, false), []);
    assert.deepEqual(adviceOn(parseNeighbours(""), undefined, false), []);
  });

  it("nothing more about keys that are written for it, but about those that do not exist", () => {
    assert.deepEqual(adviceOn(networkd(257), "configure", false), []);
    const text = told(networkd(252), "configure", true);
    assert.doesNotMatch(text, /=no/);
    assert.match(text, /for nexthops this version has no such key/);
  });

  it("nothing, where it is to be ignored", () => {
    assert.deepEqual(adviceOn(networkd(247), "ignore", false), []);
  });

  it("NetworkManager only where nothing puts it back; agents by name, once", () => {
    const found = parseNeighbours("NetworkManager\nagent tailscale\nagent amazon-ec2-net-utils\nagent tailscale\n");
    assert.equal(adviceOn(found, undefined, true).length, 2);
    assert.match(told(found, undefined, false), /^NetworkManager removes.*\ntailscale .*5210.*\namazon-ec2-net-utils .*10000/);
  });
});
