import assert from "node:assert/strict";
import type { Ended } from "../../run/ended";
import type { Job } from "../../run/jobs";
import { runAll } from "../../run/pool";

const job = (name: string, more: Partial<Job> = {}): Job => ({ name, files: [name], needsCli: false, ...more });
const well = (one: Job): Ended => ({ job: one, seconds: 0, processor: 0, passing: 1, pending: 0, failing: 0, reasons: [], output: "" });
const seconds: Readonly<Record<string, number>> = { long: 30, middle: 20, short: 10 };
const secondsOf = ({ name }: Job): number => seconds[name] ?? 1;

/** Jobs that end when they are told to, and what has begun. */
function stage(): { run: (one: Job) => Promise<Ended>; begun: string[]; end: (name: string) => Promise<void> } {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (one: Job): Promise<Ended> =>
    new Promise((resolve) => {
      begun.push(one.name);
      ends.set(one.name, () => resolve(well(one)));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { run, begun, end };
}

describe("a pool of workers", () => {
  const has = Promise.resolve(undefined);

  it("begins the longest first, and the next one when a worker is free", async () => {
    const { run, begun, end } = stage();
    const all = runAll([job("short"), job("long"), job("middle")], { workers: 2, secondsOf, run, cli: has });
    assert.deepEqual(begun, ["long", "middle"]);
    await end("middle");
    assert.deepEqual(begun, ["long", "middle", "short"]);
    await end("short");
    await end("long");
    assert.deepEqual(
      (await all).map((one) => one.job.name),
      ["middle", "short", "long"],
    );
  });

  it("runs what measures time last, alone, one after the other", async () => {
    const { run, begun, end } = stage();
    const jobs = [job("long", { alone: "it measures" }), job("middle", { alone: "it measures" }), job("short"), job("other")];
    const all = runAll(jobs, { workers: 2, secondsOf, run, cli: has });
    assert.deepEqual(begun, ["short", "other"]);
    await end("short");
    assert.deepEqual(begun, ["short", "other"]);
    await end("other");
    assert.deepEqual(begun, ["short", "other", "long"]);
    await end("long");
    assert.deepEqual(begun, ["short", "other", "long", "middle"]);
    await end("middle");
    assert.equal((await all).length, 4);
  });

  it("runs of booted hosts two files at a time, of engines two, and of others what is next", async () => {
    const { run, begun, end } = stage();
    const engines = ["long", "middle", "third"].map((name) => job(name, { lane: "engine" }));
    const booted = ["short", "last", "more"].map((name) => job(name, { lane: "booted" }));
    const all = runAll([...engines, ...booted, job("other")], { workers: 6, secondsOf, run, cli: has });
    assert.deepEqual(begun, ["long", "middle", "short", "last", "other"]);
    await end("other");
    assert.deepEqual(begun, ["long", "middle", "short", "last", "other"]);
    await end("long");
    assert.deepEqual(begun, ["long", "middle", "short", "last", "other", "third"]);
    await end("short");
    assert.deepEqual(begun, ["long", "middle", "short", "last", "other", "third", "more"]);
    for (const name of ["middle", "third", "last", "more"]) await end(name);
    assert.equal((await all).length, 7);
  });

  it("takes a lane for as long as all that is left of it", async () => {
    const { run, begun, end } = stage();
    const all = runAll([job("long"), job("middle", { lane: "booted" }), job("short", { lane: "booted" })], {
      workers: 1,
      secondsOf: (one) => secondsOf(one) + (one.lane === "booted" ? 20 : 0),
      run,
      cli: has,
    });
    assert.deepEqual(begun, ["middle"]);
    await end("middle");
    await end("long");
    await end("short");
    assert.deepEqual(begun, ["middle", "long", "short"]);
    assert.equal((await all).length, 3);
  });

  it("does what needs no Pulumi CLI until there is one", async () => {
    const { run, begun, end } = stage();
    let come = (_why: undefined): void => {};
    const cli = new Promise<undefined>((resolve) => {
      come = resolve;
    });
    const all = runAll([job("long", { needsCli: true }), job("short")], { workers: 1, secondsOf, run, cli });
    assert.deepEqual(begun, ["short"]);
    await end("short");
    assert.deepEqual(begun, ["short"]);
    come(undefined);
    await new Promise(setImmediate);
    assert.deepEqual(begun, ["short", "long"]);
    await end("long");
    assert.equal((await all).length, 2);
  });

  it("says of what it could not run that it did not", async () => {
    const cli = Promise.resolve("no Go");
    const run = async (one: Job): Promise<Ended> => well(one);
    const all = await runAll([job("long", { needsCli: true }), job("short")], { workers: 1, secondsOf, run, cli });
    assert.deepEqual(
      all.map((one) => [one.job.name, one.wrong]),
      [
        ["short", undefined],
        ["long", "did not run: there is no Pulumi CLI: no Go"],
      ],
    );
  });
});
