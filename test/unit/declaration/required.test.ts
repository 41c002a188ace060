// What the types and the documents call required is what the checks ask for, and nothing else.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Field, type FieldTable, required } from "../../../provider/src/declaration/attribute";
import { canonical } from "../../../provider/src/declaration/canonical";
import { connectionFields, proxyFields } from "../../../provider/src/declaration/connection";
import { commonFields } from "../../../provider/src/declaration/everyResource";
import { expectationFields } from "../../../provider/src/declaration/expectation";
import { guardFields, probeFields } from "../../../provider/src/declaration/guard";
import { hostRoutingFields } from "../../../provider/src/declaration/hostRouting";
import { multihomedFields, settleMultihomed } from "../../../provider/src/declaration/multihomed/multihomed";
import { sideFields, uplinkFields } from "../../../provider/src/declaration/multihomed/uplink";
import { nexthopAttributes } from "../../../provider/src/declaration/nexthop/attributes";
import { memberFields } from "../../../provider/src/declaration/nexthop/group";
import { routeAttributes } from "../../../provider/src/declaration/route/attributes";
import { nexthopFields } from "../../../provider/src/declaration/route/nexthops";
import { ruleAttributes } from "../../../provider/src/declaration/rule/rule";
import { routingTableAttributes } from "../../../provider/src/declaration/table/table";
import { kindOf } from "../../../provider/src/runtime/kinds";

const requiredOf = (fields: FieldTable): string[] =>
  Object.entries(fields)
    .filter(([, { absent }]) => absent === required)
    .map(([name]) => name)
    .sort();
/** The fields of which an empty object is told that they are required. */
const missed = (failures: readonly string[]): string[] =>
  failures.flatMap((failure) => /(\w+): is required(?::|$)/.exec(failure)?.[1] ?? []).sort();
const checked = (field: Field, value: unknown): string[] =>
  canonical({ field }, { field: value }).problems.map(({ path, text }) => `${path.join(".")}: ${text}`);

const [object, list, labelled] = [{}, [{}, {}], { label: {} }];
const parts: Readonly<Record<string, readonly [fields: FieldTable, of: Field, empty: unknown]>> = {
  connection: [connectionFields, commonFields.connection, object],
  proxy: [proxyFields, connectionFields.proxy, object],
  guard: [guardFields, commonFields.guard, object],
  probe: [probeFields, guardFields.probes, list],
  table: [routingTableAttributes, hostRoutingFields.tables, labelled],
  nexthop: [nexthopAttributes, hostRoutingFields.nexthops, labelled],
  "member of a group": [memberFields, nexthopAttributes.group, list],
  route: [routeAttributes, hostRoutingFields.routes, labelled],
  "next hop of a route": [nexthopFields, routeAttributes.nexthops, list],
  rule: [ruleAttributes, hostRoutingFields.rules, labelled],
  expectation: [expectationFields, hostRoutingFields.expect, list],
  uplink: [uplinkFields, multihomedFields.uplinks, labelled],
  "side of an uplink": [sideFields, uplinkFields.v6, object],
};

describe("required fields", () => {
  for (const [name, [fields, of, empty]] of Object.entries(parts))
    it(`${name}: ${requiredOf(fields).join(", ") || "none"}`, () => {
      assert.deepEqual([...new Set(missed(checked(of, empty)))], requiredOf(fields));
    });

  it("a resource asks for its connection and its entry's own", () => {
    const entries = {
      PolicyRule: ruleAttributes,
      PolicyRoute: routeAttributes,
      NextHop: nexthopAttributes,
      RoutingTable: routingTableAttributes,
    };
    for (const [kind, fields] of Object.entries(entries))
      assert.deepEqual(missed(kindOf(kind).check({}).failures), [...requiredOf(commonFields), ...requiredOf(fields), "owner"].sort());
    assert.deepEqual(missed(kindOf("HostRouting").check({}).failures), ["connection", "owner"]);
  });

  it("a multi-homed host asks for its uplinks", () => {
    const { problems } = canonical(multihomedFields, {}, settleMultihomed);
    assert.deepEqual(
      problems.map(({ path, text }) => [...path, text]),
      [[...requiredOf(multihomedFields), "one or more are required"]],
    );
  });
});
