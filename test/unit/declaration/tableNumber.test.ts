import assert from "node:assert/strict";
import { tableNumber, tableOf, tableSchema } from "../../../provider/src/declaration/tableNumber";

describe("a routing table", () => {
  for (const [written, canonical] of [
    [1, 1],
    [100, 100],
    [252, 252],
    [256, 256],
    [4294967295, 4294967295],
    [254, "main"],
    ["main", "main"],
    [253, "default"],
    ["local", "local"],
  ] as const)
    it(`${written} is ${canonical}`, () => assert.equal(tableSchema.parse(written), canonical));

  for (const written of [
    0,
    255,
    -1,
    1.5,
    4294967296,
    2 ** 60,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "100",
    "rt2",
    "",
    "unspec",
    null,
    true,
    {},
    [100],
  ])
    it(`is not ${typeof written === "number" ? written : JSON.stringify(written)}, and the failure says what it may be`, () => {
      const { success, error } = tableSchema.safeParse(written);
      assert.equal(success, false);
      assert.deepEqual(
        [...new Set(error?.issues.map(({ message }) => message))],
        [
          written === 255
            ? "table 255 holds the host's own addresses: write local if you mean it"
            : "expected a table number from 1 to 4294967295, main, default or local",
        ],
      );
    });

  it("has one number and one canonical form", () => {
    for (const number of [1, 100, 253, 254, 255, 4294967295]) assert.equal(tableNumber(tableOf(number)), number);
  });
});
