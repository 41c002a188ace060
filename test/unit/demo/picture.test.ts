import assert from "node:assert/strict";
import { picture, type Seen } from "../../demo/picture";

const [first, second] = [
  { device: "eth0", address: "198.18.64.2", gateway: "198.18.64.1" },
  { device: "eth1", address: "198.18.128.2", gateway: "198.18.128.1" },
] as const;
const seen: Seen = {
  client: "192.0.2.1",
  uplinks: [first, second],
  called: second.address,
  before: { device: first.device, gateway: first.gateway, packets: "3 dropped" },
  after: { device: second.device, gateway: second.gateway, packets: "12 passed" },
  cutOff: { applied: 2.4, undone: 10.8, told: 14.2, confirmTimeout: 8 },
  reboot: "Debian 12 was rebooted: all 14 rules and routes were there again.",
  lease: "A provider changed its lease: answered by its own uplink 0.5 s later.",
};

describe("the demo's picture", () => {
  it("fits a screen of 80 by 24, closed at its right side", () => {
    const lines = picture(seen);
    assert.ok(lines.length <= 22, String(lines.length));
    for (const line of lines) assert.equal([...line].length, 80, line);
  });

  it("shows by which uplink the replies left before and after, and what became of them: as it was seen", () => {
    const text = picture(seen).join("\n");
    assert.match(text, /──▶ 198\.18\.64\.1 {2}3 dropped .* {4}198\.18\.64\.1 /);
    assert.match(text, / {4}198\.18\.128\.1 .*──▶ 198\.18\.128\.1 {2}12 passed/);
    const other = picture({ ...seen, before: { ...seen.after, packets: "9 passed" } }).join("\n");
    assert.match(other, /──▶ 198\.18\.128\.1 {2}9 passed .*──▶ 198\.18\.128\.1 {2}12 passed/);
  });

  it("puts the times of the cut-off where they belong", () => {
    const marks = (told: number): number[] => {
      const line = picture({ ...seen, cutOff: { ...seen.cutOff, told } }).find((one) => one.includes("┼")) ?? "";
      return [...line].flatMap((character, index) => ("├┼┤".includes(character) ? [index] : []));
    };
    const [begin = 0, applied = 0, undone = 0, end = 0] = marks(14.2);
    assert.ok(Math.abs((applied - begin) / (end - begin) - 2.4 / 14.2) < 0.02);
    assert.ok(Math.abs((undone - begin) / (end - begin) - 10.8 / 14.2) < 0.02);
    assert.ok((marks(40)[2] ?? 0) < undone, "the same second stands further left on a longer line");
  });
});
