import assert from "node:assert/strict";
import { conversation } from "../../../provider/src/cli/report/bothWays";
import type { Flow } from "../../../provider/src/declaration/flow";
import type { Route } from "../../../provider/src/declaration/route/route";
import type { Rule } from "../../../provider/src/declaration/rule/rule";
import type { Network } from "../../../provider/src/kernel/lookup/network";
import { address, host } from "../kernel/lookup/host";

const byE0: Route = { family: "inet", table: "main", destination: "default", dev: "e0", via: "198.18.1.1" };
const byE1: Route = { family: "inet", table: 101, destination: "default", dev: "e1", via: "198.18.2.1" };
const strict = { "net.ipv4.conf.all.rp_filter": 1 };

const from: Rule[] = [{ family: "inet", priority: 1000, from: "198.18.2.2", table: 101 }];

/** The near one has e0 and e1, of which main goes by e0; the far one has one uplink. */
const near = (rules: Rule[] = [], sysctls: Record<string, number> = {}): Network => host({ routes: [byE0, byE1], rules, sysctls });
function far(sysctls: Record<string, number> = {}, way: Route[] = [{ ...byE0, via: "198.18.77.1" }]): Network {
  const own: Route = { family: "inet", table: "local", type: "local", destination: "198.18.77.2", dev: "e0", src: "198.18.77.2" };
  const network = host({ addresses: [address("e0", "198.18.77.2")], sysctls });
  return { ...network, routes: [own, ...way].map((route) => ({ route, protocol: 4, unread: [] })) };
}
const flow: Flow = {
  family: "inet",
  from: "198.18.2.2",
  to: "198.18.77.2",
  mark: 0,
  uid: 0,
  ipproto: 6,
  sport: undefined,
  dport: undefined,
  tos: [0],
};

describe("a packet between two hosts of a program, and its reply", () => {
  it("fits where it arrives and its reply comes in where the host lets it", () => {
    const told = conversation({ near: near(from, strict), far: far() }, flow, "edge-2");
    assert.deepEqual(told, {
      fits: true,
      says: "by e1 via 198.18.2.1 (table 101); in at edge-2 by e0; back: by e0 via 198.18.77.1 (table main); in again by e1",
    });
  });

  it("does not fit where the reverse path filter of the sender drops the reply", () => {
    const { fits, says } = conversation({ near: near([], strict), far: far() }, flow, "edge-2");
    assert.equal(fits, false);
    assert.match(
      says,
      /in again by e1: dropped \(rp_filter of all is 1 \(strict\): the way back to 198\.18\.77\.2 leaves by e0, not by e1/,
    );
    assert.equal(conversation({ near: near(), far: far() }, flow, "edge-2").fits, true, "without a filter any way does");
  });

  it("does not fit where the other one drops it, or has no way back", () => {
    assert.match(conversation({ near: near(from), far: far(strict, []) }, flow, "edge-2").says, /in at edge-2 by e0: dropped/);
    assert.match(conversation({ near: near(from), far: far({}, []) }, flow, "edge-2").says, /back: no route/);
  });

  it("is not told where the sender has not chosen a source and may choose several", () => {
    const shared: Route = {
      family: "inet",
      table: "main",
      destination: "default",
      nexthops: [
        { dev: "e0", via: "198.18.1.1" },
        { dev: "e1", via: "198.18.2.1" },
      ],
    };
    const { fits, says } = conversation({ near: host({ routes: [shared] }), far: far() }, { ...flow, from: undefined }, "edge-2");
    assert.equal(fits, undefined);
    assert.match(says, /cannot be told/);
  });
});
