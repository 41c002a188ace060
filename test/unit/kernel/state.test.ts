import assert from "node:assert/strict";
import { emptyState, routesAt, rulesAt, type State } from "../../../provider/src/kernel/observed/state";

it("rules and routes are found by their keys, in sequence", () => {
  const state: State = {
    ...emptyState,
    rules: [
      { rule: { family: "inet", priority: 1000, table: 100 }, protocol: 4, unread: [] },
      { rule: { family: "inet6", priority: 1000, table: 100 }, protocol: 4, unread: [] },
      { rule: { family: "inet", priority: 1000, table: 101 }, protocol: 214, unread: [] },
    ],
    routes: [{ route: { family: "inet", table: 100, destination: "default", dev: "e0" }, protocol: 4, unread: [] }],
  };
  assert.deepEqual(
    rulesAt(state, "inet", 1000).map(({ rule }) => rule.table),
    [100, 101],
  );
  assert.equal(rulesAt(state, "inet6", 1000).length, 1);
  assert.deepEqual(rulesAt(state, "inet", 1001), []);
  assert.equal(routesAt(state, "route inet table 100 default").length, 1);
  assert.deepEqual(routesAt(state, "route inet table 100 default metric 7"), []);
});
