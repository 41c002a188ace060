import assert from "node:assert/strict";
import { canonical } from "../../../provider/src/declaration/canonical";
import { ruleAttributes, settleRule } from "../../../provider/src/declaration/rule/rule";
import { isUnknown, unknownValue } from "../../../provider/src/declaration/unknown";
import { problemsWith } from "./problems";

const rule = (input: Record<string, unknown>) => canonical(ruleAttributes, input, settleRule);

describe("the canonical form", () => {
  it("has its fields in one order, however a person wrote them", () => {
    const one = rule({ priority: 1000, from: "198.18.1.2", table: 100 });
    const other = rule({ table: 100, from: "198.18.1.2/32", priority: 1000, not: false, to: null, iif: undefined });
    assert.deepEqual(one.problems, []);
    assert.equal(JSON.stringify(one.values), JSON.stringify(other.values));
    assert.equal(JSON.stringify(one.values), '{"priority":1000,"family":"inet","from":"198.18.1.2","table":100}');
  });

  it("tells all problems at once", () => {
    assert.deepEqual(
      problemsWith(
        ruleAttributes,
        { priority: 0, from: "010.0.0.1", to: "198.18.0.0/33", iif: "a b", tabel: 100, table: 0, not: "no" },
        settleRule,
      ),
      [
        "priority: expected a whole number from 1 to 32765",
        "from: expected an IPv4 or IPv6 address or prefix, such as 203.0.113.1, 203.0.113.0/24 or 2001:db8::/32",
        "to: expected an IPv4 or IPv6 address or prefix, such as 203.0.113.1, 203.0.113.0/24 or 2001:db8::/32",
        "iif: expected a device name of 1 to 15 letters, digits and . _ - (no blanks, quotes or slashes)",
        "tabel: unknown field: did you mean table?",
        "table: expected a table number from 1 to 4294967295, main, default or local",
        "not: expected true or false",
      ],
    );
  });

  it("says a wrong field once: rules across fields do not see it", () => {
    assert.deepEqual(problemsWith(ruleAttributes, { priority: 1000, family: "inet", table: 0 }, settleRule), [
      "table: expected a table number from 1 to 4294967295, main, default or local",
    ]);
  });

  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"])
    it(`does not know a field ${name}`, () => {
      const input = Object.fromEntries([...Object.entries({ priority: 1000, family: "inet", table: 100 }), [name, 1]]);
      assert.deepEqual(problemsWith(ruleAttributes, input, settleRule), [`${name}: unknown field`]);
    });
});

describe("a value that is not known yet", () => {
  it("is known at any depth", () => {
    assert.ok(isUnknown(unknownValue));
    assert.ok(isUnknown([{ deep: [unknownValue] }]));
    assert.ok(!isUnknown({ deep: [null, "x", 1] }));
  });

  it("passes, and what depends on it waits", () => {
    const { values, problems, pending } = rule({ priority: unknownValue, from: unknownValue, table: unknownValue });
    assert.deepEqual(problems, []);
    assert.deepEqual(values, { priority: unknownValue, from: unknownValue, table: unknownValue });
    assert.deepEqual([...pending], ["priority", "from", "table"]);
  });

  it("does not hide what is wrong elsewhere", () => {
    assert.deepEqual(problemsWith(ruleAttributes, { priority: unknownValue, from: unknownValue, table: 0 }, settleRule), [
      "table: expected a table number from 1 to 4294967295, main, default or local",
    ]);
  });

  it("of every single field passes", () => {
    for (const name of Object.keys(ruleAttributes)) {
      const { table: _table, ...rest } = { priority: 1000, family: "inet", table: 100 };
      const input = ["table", "goto", "action", "l3mdev"].includes(name) ? rest : { ...rest, table: 100 };
      const { problems, values } = rule({ ...input, [name]: unknownValue });
      assert.deepEqual(problems, [], name);
      assert.equal(Object.entries(values).find(([key]) => key === name)?.[1], unknownValue);
    }
  });
});
