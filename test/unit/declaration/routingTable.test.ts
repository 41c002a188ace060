import assert from "node:assert/strict";
import { routingTableAttributes, settleRoutingTable } from "../../../provider/src/declaration/table/table";
import { unknownValue } from "../../../provider/src/declaration/unknown";
import { problemsWith } from "./problems";

const problems = (input: Record<string, unknown>): string[] => problemsWith(routingTableAttributes, input, settleRoutingTable);
const number = "tableId: expected a whole number from 1 to 4294967295";
const kernels = "tableId: is one of the kernel's own tables: 253 (default), 254 (main), 255 (local)";
const name = "name: expected a name of 1 to 31 letters, digits and . _ -, beginning with a letter";
const reserved = "name: is reserved: unspec, default, main, local, all, cache";

describe("a routing table's name", () => {
  for (const good of ["rt2", "uplink-1", "A.b_c", "x".repeat(31)])
    it(`may be ${good}`, () => assert.deepEqual(problems({ tableId: 100, name: good }), []));
  for (const bad of ["", "2rt", "-x", "a b", "a/b", "a'b", 'a"b', "a\n", "a;b", "$(id)", "ä", "x".repeat(32), "..", 7, null])
    it(`may not be ${JSON.stringify(bad)}`, () =>
      assert.deepEqual(problems({ tableId: 100, name: bad }), bad === null ? ["name: is required"] : [name]));
  for (const word of ["main", "default", "local", "unspec", "all", "cache"])
    it(`may not be ${word}`, () => assert.deepEqual(problems({ tableId: 100, name: word }), [reserved]));
});

describe("a routing table's number", () => {
  for (const bad of [0, -1, 1.5, 4294967296, "100"])
    it(`may not be ${bad}`, () => assert.deepEqual(problems({ tableId: bad, name: "rt2" }), [number]));
  for (const own of [253, 254, 255]) it(`may not be ${own}`, () => assert.deepEqual(problems({ tableId: own, name: "rt2" }), [kernels]));
  it("is required, like the name", () => assert.deepEqual(problems({}), ["tableId: is required", "name: is required"]));
  it("may be not known yet", () => assert.deepEqual(problems({ tableId: unknownValue, name: unknownValue }), []));
  it("is told of what is wrong at once", () =>
    assert.deepEqual(problems({ tableId: 0, nmae: "x" }), [number, "nmae: unknown field: did you mean name?", "name: is required"]));
});
