import assert from "node:assert/strict";
import { canonical } from "../../../provider/src/declaration/canonical";
import { commonFields } from "../../../provider/src/declaration/everyResource";
import { nearest, printFailure, printProblem } from "../../../provider/src/declaration/failures";
import { hostRoutingFields } from "../../../provider/src/declaration/hostRouting";

describe("the nearest known name", () => {
  const names = ["priority", "from", "to", "fwmark", "suppressPrefixlength"];
  for (const [written, meant] of [
    ["prioritty", "priority"],
    ["Priority", "priority"],
    ["form", "from"],
    ["fwMark", "fwmark"],
    ["fw_mark", "fwmark"],
    ["supressPrefixLength", "suppressPrefixlength"],
  ])
    it(`to ${written} is ${meant}`, () => assert.equal(nearest(written ?? "", names), meant));

  it("is not told when nothing is near", () => {
    assert.equal(nearest("description", names), undefined);
    assert.equal(nearest("x", []), undefined);
  });
});

describe("what was written instead is shown", () => {
  const failures = (input: Readonly<Record<string, unknown>>) => canonical(hostRoutingFields, input).problems.map(printFailure);

  it("as a number, as a text that is none, at any depth, and cut", () => {
    const rules = { a: { priority: "1001", from: "10.0.0.300", table: 100 }, b: { priority: 0, from: "x".repeat(80), table: 100 } };
    assert.deepEqual(failures({ rules }), [
      'rules.a.priority: expected a whole number from 1 to 32765, got "1001" (text)',
      'rules.a.from: expected an IPv4 or IPv6 address or prefix, such as 203.0.113.1, 203.0.113.0/24 or 2001:db8::/32, or a list of 1 to 256 of them, or { addressesOf: "eth1" }, got "10.0.0.300"',
      "rules.b.priority: expected a whole number from 1 to 32765, got 0",
      `rules.b.from: expected an IPv4 or IPv6 address or prefix, such as 203.0.113.1, 203.0.113.0/24 or 2001:db8::/32, or a list of 1 to 256 of them, or { addressesOf: "eth1" }, got "${"x".repeat(60)}..."`,
    ]);
  });

  it("but no secret, nor what stands in the place of an object that holds secrets", () => {
    const told = (connection: unknown) => canonical(commonFields, { connection }).problems.map(printFailure).join("; ");
    for (const connection of ["hunter22", { host: "h", password: 4711 }, { host: "h", proxy: "hunter22" }, { host: "h", privateKey: true }])
      assert.doesNotMatch(told(connection), /hunter22|4711|got/);
    assert.equal(told({ host: "h", port: "22" }), 'connection.port: expected a whole number from 1 to 65535, got "22" (text)');
  });
});

it("a problem is printed with its path", () => {
  assert.equal(printProblem({ path: ["guard", "probes", 0, "via"], text: "is required" }), "guard.probes.0.via: is required");
  assert.equal(printProblem({ path: [], text: "is required" }), "is required");
});
