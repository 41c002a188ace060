import assert from "node:assert/strict";
import { tagsOf } from "../../../../provider/src/declaration/owner";
import { parseRoutes, parseRules } from "../../../../provider/src/kernel/observed/parse";
import { nothingBeside } from "../../../../provider/src/managers/takeover/owners";
import { twinCommands } from "../../../../provider/src/managers/takeover/twins";

const tags = tagsOf(undefined);
const rule = (priority: number, protocol: number, more: object = { src: "203.0.113.10", table: "100" }) => ({
  priority,
  protocol,
  src: "all",
  ...more,
});
const route = (protocol: number) => ({ dst: "default", gateway: "203.0.113.1", dev: "eth1", protocol, flags: [] });
const commands = (
  rules: readonly Readonly<Record<string, unknown>>[],
  routes: readonly Readonly<Record<string, unknown>>[] = [],
): string[] => twinCommands({ rules: parseRules(rules, "inet"), routes: parseRoutes(routes, "inet", 100) }, tags, nothingBeside);

describe("twins of what is ours", () => {
  it("are what a manager made that says the same: by its tag, at any priority", () => {
    assert.deepEqual(
      commands([rule(1000, tags.owner), rule(1000, 4), rule(32764, 0), rule(1001, 4, { src: "203.0.113.11", table: "100" })]),
      ["ip -4 rule del pref 1000 from 203.0.113.10 table 100 proto 4", "ip -4 rule del pref 32764 from 203.0.113.10 table 100"],
    );
    assert.deepEqual(commands([], [route(tags.owner), route(4)]), ["ip -4 route del default via 203.0.113.1 dev eth1 table 100 proto 4"]);
  });

  it("are not the kernel's own rules, also where somebody made them anew, nor what a daemon or a DHCP client made, nor ours under its other tag", () => {
    const main = { table: "254" };
    assert.deepEqual(commands([rule(1000, tags.owner, main), rule(32766, 2, main)]), []);
    assert.deepEqual(commands([rule(1000, tags.owner, main), rule(32766, 0, main)]), []);
    assert.deepEqual(commands([rule(1000, tags.owner), rule(1000, tags.staging), rule(1000, 18)]), []);
    for (const proto of [0, 2, 9, 16, 11]) assert.deepEqual(commands([], [route(tags.owner), route(proto)]), []);
  });
});
