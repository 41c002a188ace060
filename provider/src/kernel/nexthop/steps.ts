import { nexthopKey } from "../../declaration/key";
import { nexthopAttributes } from "../../declaration/nexthop/attributes";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import { type IpStep, ipStep } from "../plan/step";
import { wordsOf } from "../words";

/** `ip nexthop` takes no family for a group, and none need be said for IPv4. */
export const command = (verb: "add" | "replace", nexthop: Nexthop, proto: number): IpStep =>
  ipStep(nexthopKey(nexthop.nhid), nexthop.family === "inet6" ? "inet6" : undefined, [
    "nexthop",
    verb,
    ...wordsOf(nexthopAttributes, nexthop, proto === 0 ? [] : ["proto", String(proto)]),
  ]);

/** The kernel deletes by number alone, whoever made the object: only while it is shown with our tag. */
export const deletion = (nhid: number, proto: number): IpStep => ({
  ...ipStep(nexthopKey(nhid), undefined, ["nexthop", "del", "id", String(nhid)]),
  onlyIf: { words: ["nexthop", "show", "id", String(nhid)], text: `proto ${proto} ` },
});

export const describe = (nexthop: Nexthop): string =>
  ["ip", ...(nexthop.family === "inet6" ? ["-6"] : []), "nexthop", ...wordsOf(nexthopAttributes, nexthop)].join(" ");
