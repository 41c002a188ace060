import assert from "node:assert/strict";
import { canonicalAddress, contains, networkOf, parsePrefix, printPrefix } from "../../../provider/src/declaration/address";

describe("an address", () => {
  it("is written as ip prints it", () => {
    assert.equal(canonicalAddress("203.0.113.1"), "203.0.113.1");
    assert.equal(canonicalAddress("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
    assert.equal(canonicalAddress("2001:0db8::0001"), "2001:db8::1");
    assert.equal(canonicalAddress("::ffff:203.0.113.1"), "::ffff:203.0.113.1");
    assert.equal(canonicalAddress("::"), "::");
  });

  for (const text of [
    "",
    "1",
    "010.0.0.1",
    "192.168.010.1",
    "0x7f.1",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4 ",
    "1.2.3.4\n",
    "203.0.113.1/24",
    "fe80::1%eth0",
    "2001:db8::1::2",
    "2001:db8:::",
    "12345::",
    "localhost",
    "[::1]",
    "１.2.3.4",
  ])
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(canonicalAddress(text), undefined));
});

describe("a prefix", () => {
  const printed = (text: string): string | undefined => {
    const prefix = parsePrefix(text);
    return prefix === undefined ? undefined : printPrefix(prefix);
  };

  it("of one address has no length", () => {
    assert.equal(printed("203.0.113.1/32"), "203.0.113.1");
    assert.equal(printed("2001:DB8::1/128"), "2001:db8::1");
    assert.equal(printed("203.0.113.0/24"), "203.0.113.0/24");
  });

  for (const text of [
    "203.0.113.0/33",
    "2001:db8::/129",
    "203.0.113.0/",
    "203.0.113.0/024",
    "203.0.113.0/-1",
    "1.2.3.4/1/1",
    "/24",
    "1.2.3.4/ 8",
    "1.2.3.4/255.0.0.0",
    "default",
  ])
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parsePrefix(text), undefined));

  for (const [text, network] of [
    ["198.18.77.129/25", "198.18.77.128"],
    ["198.18.77.129/0", "0.0.0.0"],
    ["198.18.77.129/32", "198.18.77.129"],
    ["255.255.255.255/1", "128.0.0.0"],
    ["2001:db8:1:2:3:4:5:6/64", "2001:db8:1:2::"],
    ["2001:db8:ffff::/33", "2001:db8:8000::"],
    ["2001:db8::1/0", "::"],
    ["2001:db8::1/127", "2001:db8::"],
  ] as const)
    it(`${text} is of the network ${network}`, () => {
      const prefix = parsePrefix(text);
      assert.ok(prefix);
      assert.equal(networkOf(prefix), network);
    });

  it("holds the addresses and prefixes inside it, of its family", () => {
    assert.ok(contains("198.18.0.0/15", "198.19.255.255"));
    assert.ok(contains("198.18.0.0/15", "198.19.0.0/16"));
    assert.ok(contains("0.0.0.0/0", "198.18.0.1"));
    assert.ok(contains("2001:db8::/32", "2001:db8:ffff::1"));
    assert.ok(!contains("198.18.0.0/15", "198.20.0.0"));
    assert.ok(!contains("198.18.0.0/15", "198.0.0.0/8"));
    assert.ok(!contains("::/0", "198.18.0.1"));
  });
});
