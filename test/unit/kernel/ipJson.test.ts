import assert from "node:assert/strict";
import type { IpObject } from "../../../provider/src/declaration/attribute";
import { isPolicyRoutingError } from "../../../provider/src/errors";
import { parseIpJson, readIpJson } from "../../../provider/src/kernel/observed/ipJson";
import { finish } from "../../../provider/src/kernel/observed/pieces";

/** All objects, and how many came at a time at most. */
function read(printed: string): { objects: IpObject[]; most: number; pieces: number } {
  const objects: IpObject[] = [];
  let most = 0;
  let pieces = 0;
  finish(
    readIpJson(printed, "rules", (some) => {
      objects.push(...some);
      most = Math.max(most, some.length);
      pieces++;
    }),
  );
  return { objects, most, pieces };
}

const many = (one: (index: number) => string, count: number): string =>
  `[${Array.from({ length: count }, (_, index) => one(index)).join(",")}]`;

describe("what `ip -j` printed", () => {
  const awkward: [string, (index: number) => string][] = [
    ["plain objects", (index) => `{"priority":${index},"src":"10.0.0.${index % 256}"}`],
    ["nested ones", (index) => `{"dst":"default","nexthops":[{"gateway":"10.0.0.${index % 256}","flags":[]},{"dev":"e0","flags":[{}]}]}`],
    ["brackets, commas, quotes and backslashes in strings", (index) => `{"iif":"],[{}\\\\\\"},${index}\\\\","x":"\\""}`],
    ["what is no object", (index) => (index % 3 === 0 ? "null" : index % 3 === 1 ? `"a,${index}"` : "[1,2,[3]]")],
  ];
  for (const [what, one] of awkward)
    it(`is read in pieces of at most 500 objects, none lost and none added: ${what}`, () => {
      const printed = many(one, 60_000);
      assert.ok(printed.length > 300_000);
      const { objects, most, pieces } = read(`some complaint before\n${printed}\nDump was [interrupted]`);
      assert.deepEqual(objects, parseIpJson(printed, "rules"));
      assert.ok(most <= 500 && pieces >= 120, `${most} at most, ${pieces} pieces`);
    });

  it("is one piece where it is short", () => {
    assert.deepEqual(read('[{"a":1},{"b":2}]'), { objects: [{ a: 1 }, { b: 2 }], most: 2, pieces: 1 });
    assert.deepEqual(read(""), { objects: [], most: 0, pieces: 1 });
  });

  const broken: [string, string, RegExp][] = [
    ["without an end", many((index) => `{"priority":${index}}`, 30_000).slice(0, -1), /is not JSON/],
    ["cut off in a string", many((index) => `{"iif":"e${index}"}`, 30_000).slice(0, -4), /is not JSON/],
    ["of which one object never ends", `[${'{"a":['.repeat(100_000)}`, /holds an object without an end/],
    ["of which one string never ends", `[{"a":"${"x".repeat(600_000)}`, /holds an object without an end/],
    ["of which one element is no JSON", many((index) => (index === 20_000 ? "{a:1}" : `{"priority":${index}}`), 30_000), /is not JSON/],
    ["with a bracket of another kind", `[${'{"a":1},'.repeat(50_000)}{"a":1}}`, /is not JSON/],
  ];
  for (const [what, printed, message] of broken)
    it(`is an error if it is an array ${what}`, () => {
      assert.throws(
        () => read(printed),
        (error) => isPolicyRoutingError(error) && error.kind === "protocol" && message.test(error.message) && error.message.length < 600,
      );
    });

  it("takes no longer than its length, whatever it says of tunnels", () => {
    const evil = `[{"x":[${'{"encap":"ip","dst":['.repeat(11_000)}`;
    const began = process.cpuUsage();
    assert.throws(() => read(evil));
    const { user, system } = process.cpuUsage(began);
    assert.ok(user + system < 500_000, `${(user + system) / 1000} ms`);
  });
});
