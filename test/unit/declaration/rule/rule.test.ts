import assert from "node:assert/strict";
import { canonical } from "../../../../provider/src/declaration/canonical";
import { ruleAttributes, settleRule } from "../../../../provider/src/declaration/rule/rule";
import { unknownValue } from "../../../../provider/src/declaration/unknown";
import { problemsWith } from "../problems";

const valid = { priority: 1000, family: "inet", table: 100 };
const problems = (input: Record<string, unknown>): string[] => problemsWith(ruleAttributes, input, settleRule);
const values = (input: Record<string, unknown>): unknown => {
  const { values: found, problems: wrong } = canonical(ruleAttributes, input, settleRule);
  assert.deepEqual(wrong, []);
  return { ...found };
};

const prefix = "expected an IPv4 or IPv6 address or prefix, such as 203.0.113.1, 203.0.113.0/24 or 2001:db8::/32";
const device = "expected a device name of 1 to 15 letters, digits and . _ - (no blanks, quotes or slashes)";
const mark = 'expected a mark such as 1, "0x1" or "0x1/0xff", with mark and mask from 0 to 0xffffffff';
const range = "expected a whole number from 1 to 32765";
const table = "expected a table number from 1 to 4294967295, main, default or local";

describe("a rule that cannot be meant", () => {
  const cases: [string, Record<string, unknown>, string[]][] = [
    ["a malformed address", { ...valid, from: "198.18.0.300" }, [`from: ${prefix}`]],
    ["octal octets", { ...valid, from: "010.0.0.1" }, [`from: ${prefix}`]],
    ["a name for an address", { ...valid, to: "host.example.net" }, [`to: ${prefix}`]],
    ["no text for an address", { ...valid, to: 7 }, [`to: ${prefix}`]],
    ["a prefix that is too long", { ...valid, to: "198.18.0.0/33" }, [`to: ${prefix}`]],
    [
      "mixed families",
      { priority: 1000, table: 100, from: "198.18.0.1", to: "2001:db8::1" },
      ["to: is of another address family than from"],
    ],
    ["a family that from denies", { ...valid, from: "2001:db8::1" }, ["family: is not the family of from, which is inet6"]],
    ["a family that to denies", { ...valid, family: "inet6", to: "198.18.0.1" }, ["family: is not the family of to, which is inet"]],
    ["no family", { priority: 1000, table: 100 }, ["family: is required where neither from nor to says it: inet or inet6"]],
    ["an unknown family", { ...valid, family: "ipv4" }, ["family: expected one of inet, inet6"]],
    ["priority 0", { ...valid, priority: 0 }, [`priority: ${range}`]],
    ["priority 32766", { ...valid, priority: 32766 }, [`priority: ${range}`]],
    ["a negative priority", { ...valid, priority: -1 }, [`priority: ${range}`]],
    ["half a priority", { ...valid, priority: 10.5 }, [`priority: ${range}`]],
    ["a priority that is no number", { ...valid, priority: "1000" }, [`priority: ${range}`]],
    ["no priority", { family: "inet", table: 100 }, ["priority: is required: a whole number from 1 to 32765"]],
    ["table 0", { ...valid, table: 0 }, [`table: ${table}`]],
    ["table 255", { ...valid, table: 255 }, ["table: table 255 holds the host's own addresses: write local if you mean it"]],
    ["a table beyond 32 bits", { ...valid, table: 4294967296 }, [`table: ${table}`]],
    ["a table's name", { ...valid, table: "rt2" }, [`table: ${table}`]],
    ["a device with a blank", { ...valid, iif: "eth 1" }, [`iif: ${device}`]],
    ["a device with a quote", { ...valid, iif: "eth'1" }, [`iif: ${device}`]],
    ["a device with a double quote", { ...valid, oif: 'eth"1' }, [`oif: ${device}`]],
    ["a device with a newline", { ...valid, oif: "eth1\n" }, [`oif: ${device}`]],
    ["a device with a slash", { ...valid, oif: "eth/1" }, [`oif: ${device}`]],
    ["a device whose name ends at a comment of ip -batch", { ...valid, iif: "eth#1" }, [`iif: ${device}`]],
    ["a device with a dollar", { ...valid, oif: "$(id)" }, [`oif: ${device}`]],
    ["a device that begins like an option", { ...valid, oif: "-force" }, [`oif: ${device}`]],
    ["a device of 16 characters", { ...valid, iif: "abcdefghijklmnop" }, [`iif: ${device}`]],
    ["a device without a name", { ...valid, iif: "" }, [`iif: ${device}`]],
    ["a device that is a number", { ...valid, iif: 1 }, ["iif: expected a device name, such as eth1"]],
    ["a mark beyond 32 bits", { ...valid, fwmark: "0x100000000" }, [`fwmark: ${mark}`]],
    ["a mask beyond 32 bits", { ...valid, fwmark: "1/4294967296" }, [`fwmark: ${mark}`]],
    ["a mark that is no number", { ...valid, fwmark: "all" }, [`fwmark: ${mark}`]],
    ["a negative mark", { ...valid, fwmark: -1 }, [`fwmark: ${mark}`]],
    ["half a mark", { ...valid, fwmark: 1.5 }, [`fwmark: ${mark}`]],
    ["two masks", { ...valid, fwmark: "1/2/3" }, [`fwmark: ${mark}`]],
    ["a flag that is a word", { ...valid, not: "yes" }, ["not: expected true or false"]],
    [
      "an unknown action",
      { priority: 1000, family: "inet", action: "drop" },
      ["action: expected one of blackhole, unreachable, prohibit, nop"],
    ],
    ["two things to do", { ...valid, action: "nop" }, ["action: cannot be combined with table: a rule does one thing"]],
    ["an unknown field", { ...valid, prioritty: 7 }, ["prioritty: unknown field: did you mean priority?"]],
    [
      "a field of other tools",
      { ...valid, fwMark: 7, sourceAddress: "x" },
      ["fwMark: unknown field: did you mean fwmark?", "sourceAddress: unknown field"],
    ],
  ];
  for (const [what, input, expected] of cases) it(`has ${what}`, () => assert.deepEqual(problems(input), expected));

  it("has nothing to do", () => {
    const [only, ...others] = problems({ priority: 1000, family: "inet" });
    assert.match(only ?? "", /^table: is required, unless .*action/);
    assert.deepEqual(others, []);
  });
});

describe("a rule in canonical form", () => {
  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    [
      "says its family",
      { priority: 1000, from: "198.18.0.1", table: 100 },
      { priority: 1000, family: "inet", from: "198.18.0.1", table: 100 },
    ],
    ["has no host bits", { ...valid, from: "198.18.0.77/24" }, { ...valid, from: "198.18.0.0/24" }],
    ["has no length for one address", { ...valid, to: "198.18.0.77/32" }, { ...valid, to: "198.18.0.77" }],
    [
      "does not say everything, only its family",
      { priority: 1000, to: "::/0", table: 100 },
      { priority: 1000, family: "inet6", table: 100 },
    ],
    ["does not say everything of host bits", { ...valid, from: "198.18.0.77/0" }, valid],
    ["has the kernel's tables by name", { ...valid, table: 254 }, { ...valid, table: "main" }],
    ["has marks in hexadecimal with their mask", { ...valid, fwmark: 255 }, { ...valid, fwmark: "0xff/0xffffffff" }],
    ["has marks in lower case", { ...valid, fwmark: "0X0A/0xFF" }, { ...valid, fwmark: "0xa/0xff" }],
    ["keeps a mark of zero, which is compared", { ...valid, fwmark: 0 }, { ...valid, fwmark: "0x0/0xffffffff" }],
    ["drops a mark of which nothing is compared", { ...valid, fwmark: "0/0" }, valid],
    ["drops a flag that is off", { ...valid, not: false }, valid],
    [
      "has lower-case addresses",
      { priority: 1000, from: "2001:DB8::1", table: 100 },
      { priority: 1000, family: "inet6", from: "2001:db8::1", table: 100 },
    ],
  ];
  for (const [what, input, expected] of cases)
    it(what, () => {
      assert.deepEqual(values(input), expected);
      assert.deepEqual(values(expected), expected);
    });
});

describe("a rule with values that are not known yet", () => {
  const cases: [string, Record<string, unknown>, string[]][] = [
    ["may get its family from them", { priority: 1000, table: 100, from: unknownValue }, []],
    ["may get its table from them", { priority: 1000, family: "inet", table: unknownValue }, []],
    ["may get its action from them", { priority: 1000, family: "inet", action: unknownValue }, []],
    ["is not said to mix families", { priority: 1000, table: 100, from: "198.18.0.1", to: unknownValue }, []],
    ["is told of what is wrong all the same", { priority: 0, table: unknownValue, from: unknownValue }, [`priority: ${range}`]],
  ];
  for (const [what, input, expected] of cases) it(what, () => assert.deepEqual(problems(input), expected));
});
