import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Delta, Header } from "../../../../provider/src/kernel/history/revision";
import { parseRevision, printRevision } from "../../../../provider/src/kernel/history/text";

const header: Header = {
  time: "2026-11-25T14:36:00Z",
  txn: "t-1",
  boot: "b",
  stack: "organization/edge/prod",
  tag: 214,
  who: "bob@ci",
  run: "ci-4711",
  why: "it's \"é\" \u202e 'END_OF_LINES'",
};
const owner = { id: "edge-1/routing#a", stack: "organization/edge/prod" };
const stored = {
  file: "40-rule-inet-1000",
  channel: "4",
  needs: ["systemd", "networkd"],
  adopts: true as const,
  lines: ["rule add pref 1000 table 100 proto 214"],
};
const deltas: Delta[] = [
  {
    key: "rule inet 1000",
    before: { ...owner, object: { rule: { family: "inet", priority: 1000, from: "198.51.100.1", table: 100 } }, stored },
    took: ["from all lookup 9 proto 4"],
    gave: ["from all lookup 8 proto 4"],
  },
  {
    key: "route inet table 100 default",
    after: { ...owner, object: { route: { family: "inet", table: 100, destination: "default", via: "198.18.0.1", dev: "eth1" } } },
  },
  {
    key: "route inet table 102 default",
    before: { ...owner, more: "@eth1", object: undefined, stored },
    after: {
      ...owner,
      more: "@eth1",
      object: { route: { family: "inet", table: 102, destination: "default", via: { gatewayOf: "eth1" } } },
    },
  },
  { key: "nexthop 7", after: { ...owner, object: { nexthop: { nhid: 7, via: "198.18.0.1", dev: "eth1" } } } },
  {
    key: "rule inet 1001",
    before: { ...owner, more: "@eth1", object: undefined, stored },
    after: { ...owner, more: "@eth1", object: { rule: { family: "inet", priority: 1001, from: { addressesOf: "eth1" }, table: 100 } } },
  },
  { key: "table 100", after: { ...owner, object: { name: { tableId: 100, name: "second" } } } },
  {
    key: "sysctl rp_filter eth1",
    after: { ...owner, more: "1 2", object: { sysctl: { file: "rp_filter", device: "eth1", value: 2 } } },
  },
];

describe("a revision as text", () => {
  const lines = printRevision(header, deltas);

  it("says what something needs to be put back as one word, as in its file on the host", () => {
    assert.match(lines[1] ?? "", /"needs":"systemd,networkd"/);
  });

  it("is read as it was printed, and names its owners once", () => {
    assert.deepEqual(parseRevision(lines), { ...header, deltas });
    assert.equal(lines.join("\n").split("edge-1/routing#a").length, 2);
  });

  it("is ASCII without an apostrophe, whatever a person says", () => assert.match(lines.join("\n"), /^[\x20-\x26\x28-\x7e\n]*$/));

  it("of a newer form is known by its header alone", () => {
    const newer = lines.map((line, index) => (index === 0 ? line.replace('"form":1', '"form":2') : line));
    assert.deepEqual(parseRevision(newer), { ...header, deltas: undefined });
  });

  it("is none where it is cut off, or another file", () => {
    assert.equal(parseRevision(lines.join("\n").slice(0, -10).split("\n")), undefined);
    for (const text of ["", "{}", "hello"]) assert.equal(parseRevision([text]), undefined);
  });

  it("says of an entry that it is more than this version knows, where it is", () => {
    const [first = "", second = ""] = lines;
    const more = parseRevision([first, second.replace('"table":100}', '"table":100,"newWord":1}')]);
    assert.deepEqual(more?.deltas?.[0]?.before?.object, undefined);
    assert.equal(more?.deltas?.[0]?.before?.id, owner.id);
    const last = lines.at(-1)?.replace('"rp_filter"', '"new_filter"') ?? "";
    assert.deepEqual(parseRevision([first, last])?.deltas?.[0]?.after?.object, undefined);
  });
});
