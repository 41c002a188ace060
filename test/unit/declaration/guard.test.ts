import assert from "node:assert/strict";
import { canonical } from "../../../provider/src/declaration/canonical";
import { commonFields } from "../../../provider/src/declaration/everyResource";
import { unknownValue } from "../../../provider/src/declaration/unknown";
import { problemsWith } from "./problems";

const fields = { guard: commonFields.guard };
const problems = (guard: unknown): string[] => problemsWith(fields, { guard });
const probe = "expected an object such as { ping: ... }, { tcp: ... } or { route: ..., dev: ... }";

describe("a guard", () => {
  for (const good of [
    {},
    { confirmTimeout: 2 },
    { confirmTimeout: 3600, disabled: false },
    { probes: [{ ping: "192.0.2.1" }, { tcp: "192.0.2.1:443" }, { tcp: "[2001:db8::1]:22" }, { route: "192.0.2.1", dev: "eth1" }] },
    { probes: [{ route: "2001:db8::1", via: "fe80::1", from: "2001:db8::2", expect: true }] },
    { hold: 300 },
    { hold: 3600, confirmBy: "person", confirmTimeout: 10 },
    { hold: unknownValue, confirmBy: "person" },
    { confirmBy: "controller" },
    { probes: unknownValue },
    { probes: [{ ping: unknownValue }] },
  ])
    it(`may be ${JSON.stringify(good).replaceAll(unknownValue, "?")}`, () => assert.deepEqual(problems(good), []));

  const cases: [unknown, string[]][] = [
    [true, ["guard: expected an object such as { confirmTimeout: 30 }"]],
    [{ confirmTimeout: 1 }, ["guard.confirmTimeout: expected a whole number from 2 to 3600"]],
    [{ hold: 0 }, ["guard.hold: expected a whole number from 1 to 3600"]],
    [{ hold: 5, disabled: true }, ["guard.hold: needs the guard, which is disabled"]],
    [{ confirmBy: "person" }, ["guard.confirmBy: needs hold: how long a person has for it"]],
    [{ hold: 5, confirmBy: "me" }, ["guard.confirmBy: expected one of controller, person"]],
    [{ timeout: 5 }, ["guard.timeout: unknown field"]],
    [{ confirmTimout: 5 }, ["guard.confirmTimout: unknown field: did you mean confirmTimeout?"]],
    [{ probes: { ping: "192.0.2.1" } }, ["guard.probes: expected a list of probes"]],
    [{ probes: ["192.0.2.1"] }, [`guard.probes.0: ${probe}`]],
    [{ probes: [{}] }, [`guard.probes.0: ${probe}`]],
    [{ probes: [{ ping: "192.0.2.1", tcp: "192.0.2.1:443" }] }, [`guard.probes.0: ${probe}`]],
    [
      { probes: [{ ping: "192.0.2.1" }, { ping: "x" }] },
      ["guard.probes.1.ping: expected an IPv4 or IPv6 address, such as 203.0.113.1 or 2001:db8::1"],
    ],
    [{ probes: [{ route: "192.0.2.1" }] }, ["guard.probes.0.route: needs the expected dev or via"]],
    [{ probes: [{ ping: "192.0.2.1", from: "2001:db8::1" }] }, ["guard.probes.0.from: is of another address family"]],
    [{ probes: [{ tcp: "192.0.2.1" }] }, ["guard.probes.0.tcp: expected ADDRESS:PORT, with an IPv6 address in brackets"]],
  ];
  for (const [guard, expected] of cases) it(`may not be ${JSON.stringify(guard)}`, () => assert.deepEqual(problems(guard), expected));

  it("that says nothing is none", () => {
    assert.deepEqual({ ...canonical(fields, { guard: { disabled: false, allowManagementPathChange: false } }).values }, {});
  });
});
