import assert from "node:assert/strict";
import { nexthopAttributes } from "../../../provider/src/declaration/nexthop/attributes";
import { checkNeeds, needsOf } from "../../../provider/src/kernel/plan/gate";

describe("a group's member with a weight over 255", () => {
  const needs = (weight: number) => needsOf(nexthopAttributes, { group: [{ nhid: 1, weight }] });

  it("is refused, in words, for a kernel whose byte for it is too short, before anything changes", () => {
    assert.throws(() => checkNeeds(needs(256), { iproute2: "6.1.0", kernel: "6.1.0-56-amd64" }), {
      message: /group with a weight over 255 needs iproute2 5\.3 and Linux 6\.12; it has 6\.1\.0 and 6\.1\.0-56-amd64/,
    });
    checkNeeds(needs(256), { iproute2: "6.1.0", kernel: "6.12.118" });
    checkNeeds(needs(255), { iproute2: "5.9.0", kernel: "5.10.0-46-amd64" });
  });
});
