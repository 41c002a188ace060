import { entryKind } from "../entryKind";
import { nexthopKey } from "../key";
import { nexthopAttributes } from "./attributes";
import { memberFields } from "./group";
import { type Nexthop, settleNexthop } from "./nexthop";

export const nexthopKind = entryKind({
  resource: "NextHop",
  doc: "One next hop object or group: `ip nexthop`.",
  word: "nexthop",
  held: "nexthop",
  args: { name: "NexthopObjectArgs", doc: "What `ip nexthop` says of one next hop object or group." },
  parts: [{ name: "MemberArgs", doc: "One member of a group of next hops.", fields: memberFields }],
  fields: nexthopAttributes,
  settle: settleNexthop,
  section: {
    doc: "Next hop objects and groups, each with the fields of NextHop, and `adopt`.",
    such: '{ nhid: 1, via: "203.0.113.1", dev: "eth1" }',
    example: { isp1: { nhid: 1, via: "203.0.113.1", dev: "eth1" } },
  },
  keyFields: ["nhid"],
  keyFollows: [],
  key: ({ nhid }) => (nhid === undefined ? undefined : nexthopKey(nhid)),
  whole: (values): Nexthop | undefined => {
    const { nhid } = values;
    return nhid === undefined ? undefined : { ...values, nhid };
  },
  place: ({ nhid }) => `nexthop/${nhid}`,
  places: ["nexthop/7"],
});
