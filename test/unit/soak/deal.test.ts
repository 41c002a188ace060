import assert from "node:assert/strict";
import { deal } from "../../soak/deal";
import { faults } from "../../soak/faults/index";
import { Random } from "../../soak/random";
import type { Trait } from "../../soak/site";
import { subjects } from "../../soak/subjects/index";

const traits = (...all: Trait[]): ReadonlySet<Trait> => new Set(all);
const hosts = [
  traits("namespace"),
  traits("namespace", "relay"),
  traits("namespace", "persist"),
  traits("booted", "persist", "monitor"),
  traits("booted", "persist", "monitor", "relay"),
];
const dealt = (count: number, seed = 1, to = hosts) => deal(new Random(seed), count, to, faults, subjects);
const names = (count: number, seed?: number) => dealt(count, seed).hands.flatMap((hand) => hand.map(({ fault }) => fault.name));
const byName = (a: string, b: string): number => (a < b ? -1 : 1);

describe("faults and changes dealt out over hosts", () => {
  it("are every kind of fault once, if there are as many, whatever the seed; then again", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const all = faults.map(({ name }) => name).sort(byName);
      assert.deepEqual(names(faults.length, seed).sort(byName), all);
      const drawn = names(500, seed);
      for (const name of all) assert.ok(drawn.filter((one) => one === name).length >= 3, name);
    }
  });

  it("are every kind of change", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const drawn = new Set(dealt(faults.length, seed).hands.flatMap((hand) => hand.map(({ subject }) => subject.name)));
      assert.deepEqual([...drawn].sort(byName), subjects.map(({ name }) => name).sort(byName));
    }
  });

  it("are some of every group of faults, where there are fewer, and none that takes long", () => {
    const groups = new Set(faults.map(({ group }) => group));
    const few = new Set(dealt(groups.size, 3).hands.flatMap((hand) => hand.map(({ fault }) => fault.group)));
    assert.deepEqual([...few].sort(byName), [...groups].sort(byName));
    const rare = faults.filter((fault) => fault.rare === true).map(({ name }) => name);
    for (const seed of [1, 2, 3])
      assert.deepEqual(
        names(faults.length - rare.length, seed).filter((name) => rare.includes(name)),
        [],
      );
  });

  it("are the same for the same seed, and others for another", () => {
    const text = (seed: number): string =>
      JSON.stringify(dealt(100, seed).hands.map((hand) => hand.map(({ fault, subject }) => [fault.name, subject.name])));
    assert.equal(text(7), text(7));
    assert.notEqual(text(7), text(8));
  });

  it("go only to hosts that can bear them, and what no host can bear is named", () => {
    const { hands } = dealt(400);
    for (const [index, hand] of hands.entries())
      for (const { fault, subject } of hand)
        for (const trait of [...(fault.on ?? []), ...(subject.on ?? [])])
          assert.ok(hosts[index]?.has(trait), `${fault.name} on host ${index}`);
    const impossible = dealt(100, 1, [traits("namespace")]).impossible;
    assert.deepEqual(
      [...impossible].sort(byName),
      faults
        .filter(({ on = [] }) => on.length > 0)
        .map(({ name }) => name)
        .sort(byName),
    );
  });

  it("leave no host with much more to do than another", () => {
    const sizes = dealt(500).hands.map((hand) => hand.reduce((sum, { fault }) => sum + (fault.rare === true ? 8 : 1), 0));
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 9, sizes.join(" "));
  });
});
