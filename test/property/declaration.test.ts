import assert from "node:assert/strict";
import fc from "fast-check";
import { familyOf, networkOf, parsePrefix, printPrefix } from "../../provider/src/declaration/address";
import { canonical } from "../../provider/src/declaration/canonical";
import { routeAttributes } from "../../provider/src/declaration/route/attributes";
import { settleRoute } from "../../provider/src/declaration/route/route";
import { ruleAttributes, settleRule } from "../../provider/src/declaration/rule/rule";
import { isUnknown, unknownValue } from "../../provider/src/declaration/unknown";
import { family, routeInput, ruleInput } from "./subjects";

const ruleForm = (input: Readonly<Record<string, unknown>>) => canonical(ruleAttributes, input, settleRule);
const routeForm = (input: Readonly<Record<string, unknown>>) => canonical(routeAttributes, input, settleRoute);
const forms = [
  ["rule", family.chain((of) => ruleInput(of)), ruleForm],
  ["route", family.chain(routeInput), routeForm],
] as const;

const prefix = fc.oneof(
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, length]) => `${address}/${length}`),
  fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, length]) => `${address}/${length}`),
);

/** Bit by bit, to compare with. */
function bits(address: string): string {
  if (familyOf(address) === "inet")
    return address
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("");
  const [head = "", tail] = address
    .replace(/[0-9.]+$/, (last) =>
      last.includes(".") ? (bits(last).match(/.{16}/g) ?? []).map((part) => Number.parseInt(part, 2).toString(16)).join(":") : last,
    )
    .split("::");
  const words = (text: string | undefined): string[] => (text === undefined || text === "" ? [] : text.split(":"));
  const zeros = tail === undefined ? 0 : 8 - words(head).length - words(tail).length;
  return [...words(head), ...Array.from({ length: zeros }, () => "0"), ...words(tail)]
    .map((word) => Number.parseInt(word, 16).toString(2).padStart(16, "0"))
    .join("");
}

describe("the canonical form", () => {
  for (const [what, inputs, form] of forms) {
    it(`of a ${what} is its own canonical form`, () => {
      fc.assert(
        fc.property(inputs, (input) => {
          const once = form(input);
          assert.deepEqual(once.problems, []);
          const twice = form(once.values);
          assert.deepEqual(twice.problems, []);
          assert.equal(JSON.stringify(twice.values), JSON.stringify(once.values));
        }),
        { numRuns: 1000 },
      );
    });

    it(`of a ${what} does not depend on the order in which it was written`, () => {
      fc.assert(
        fc.property(
          inputs.chain((input) =>
            fc.tuple(fc.constant(input), fc.shuffledSubarray(Object.entries(input), { minLength: Object.keys(input).length })),
          ),
          ([input, shuffled]) =>
            assert.equal(JSON.stringify(form(Object.fromEntries(shuffled)).values), JSON.stringify(form(input).values)),
        ),
      );
    });

    it(`of a ${what} takes any field that is not known yet, and reports nothing for it`, () => {
      fc.assert(
        fc.property(
          inputs.chain((input) => fc.tuple(fc.constant(input), fc.subarray(Object.keys(input)))),
          fc.constantFrom<unknown[]>(unknownValue, [unknownValue], { deep: [{ deeper: unknownValue }] }),
          ([input, names], unknown) => {
            const { problems, values } = form({ ...input, ...Object.fromEntries(names.map((name) => [name, unknown])) });
            assert.deepEqual(problems, []);
            assert.equal(Object.values(values).filter(isUnknown).length, names.length);
          },
        ),
      );
    });

    it(`of a ${what} never says in a problem what was written`, () => {
      fc.assert(
        fc.property(inputs, fc.string({ minLength: 8, maxLength: 20 }), (input, text) => {
          const marked = `${text.replace(/[a-z]/gi, "~")}§`;
          const all = Object.fromEntries(Object.keys(input).map((name) => [name, marked]));
          for (const problem of form(all).problems) assert.ok(!problem.text.includes(marked), problem.text);
        }),
      );
    });
  }
});

describe("a prefix", () => {
  it("masked keeps its first bits, and loses the others", () => {
    fc.assert(
      fc.property(prefix, (text) => {
        const parsed = parsePrefix(text);
        assert.ok(parsed, text);
        const network = networkOf(parsed);
        assert.equal(bits(network), bits(parsed.address).slice(0, parsed.length).padEnd(bits(parsed.address).length, "0"));
        assert.equal(networkOf({ ...parsed, address: network }), network);
      }),
      { numRuns: 1000 },
    );
  });

  it("printed and parsed is itself", () => {
    fc.assert(
      fc.property(prefix, (text) => {
        const parsed = parsePrefix(text);
        assert.ok(parsed);
        assert.deepEqual(parsePrefix(printPrefix(parsed)), parsed);
      }),
      { numRuns: 1000 },
    );
  });
});
