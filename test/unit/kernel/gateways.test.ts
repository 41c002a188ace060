import assert from "node:assert/strict";
import type { Route } from "../../../provider/src/declaration/route/route";
import type { ObservedNexthop } from "../../../provider/src/kernel/observed/state";
import { newGateways, seenGateway } from "../../../provider/src/kernel/route/gateways";
import { host, link } from "./lookup/host";

const route = (via: string, dev: string | undefined, table = 102): Route => ({
  family: "inet",
  destination: "default",
  via,
  table,
  ...(dev === undefined ? {} : { dev }),
});

describe("gateways", () => {
  it("are asked about where a route comes or changes, once each", () => {
    const before = host({ routes: [route("198.51.100.1", "e1")] });
    assert.deepEqual(newGateways(before, before), []);
    const after = host({ routes: [route("198.51.100.9", "e1"), route("198.51.100.9", "e1", 103), route("198.51.100.8", undefined)] });
    assert.deepEqual(newGateways(before, after), [
      { via: "198.51.100.9", dev: "e1", used: false },
      { via: "198.51.100.8", dev: undefined, used: false },
    ]);
  });

  it("are found through next hop objects and their groups", () => {
    const nexthops: ObservedNexthop[] = [
      { nexthop: { nhid: 1, family: "inet", via: "198.51.100.1", dev: "e0" }, protocol: 214, unread: [] },
      { nexthop: { nhid: 2, family: "inet", via: "203.0.113.1", dev: "e1" }, protocol: 214, unread: [] },
      { nexthop: { nhid: 9, group: [{ nhid: 1 }, { nhid: 2 }] }, protocol: 214, unread: [] },
    ];
    const before = host({ nexthops });
    const after = host({ nexthops, routes: [{ family: "inet", destination: "default", table: 102, nhid: 9 }] });
    assert.deepEqual(newGateways(before, after), [
      { via: "198.51.100.1", dev: "e0", used: true },
      { via: "203.0.113.1", dev: "e1", used: true },
    ]);
  });

  it("are not asked about on a link without ARP, such as a tunnel", () => {
    const links = [link("tun0", { arp: false })];
    assert.deepEqual(newGateways(host({ links }), host({ links, routes: [route("198.51.100.1", "tun0")] })), []);
  });

  for (const [printed, state] of [
    ["[]", "absent"],
    ["[  ]\n", "absent"],
    ['[{"dst":"198.51.100.1","state":["FAILED"]}]', "failed"],
    ['[{"dst":"198.51.100.1","dev":"e1","state":["INCOMPLETE"]}]', "failed"],
    ['[{"dst":"198.51.100.1","lladdr":"02:00:00:00:00:01","state":["STALE"]}]', "known"],
    ['[{"dst":"198.51.100.1","lladdr":"02:00:00:00:00:01","router":null,"state":["REACHABLE"]}]', "known"],
    ['[{"dev":"e0","state":["FAILED"]},{"dev":"e1","state":["DELAY"]}]', "known"],
    [undefined, "unread"],
  ] as const)
    it(`of which ip neigh says ${printed?.trim() ?? "nothing"} are ${state}`, () => {
      assert.equal(seenGateway({ via: "198.51.100.1", dev: "e1", used: false }, printed).state, state);
    });
});
