// Where what goes on at a host stands: in the rows of the resources that wait for it.
import { strict as assert } from "node:assert";
import { beforeEach, describe, it } from "mocha";
import { Rows } from "../../../provider/src/plugin/rows";

describe("the rows of a run", () => {
  let rows: Rows;
  let said: string[];
  const tell = (host: string) => rows.saying((line, { urn = "the stack" } = {}) => said.push(`${urn}: ${line}`))(host, `${host} goes on`);
  const at = (host: string) => ({ connection: { host } });
  beforeEach(() => {
    rows = new Rows();
    said = [];
  });

  it("are those of the resources that wait for the host, until each has ended, however it ends", async () => {
    let made = (_answer: string): void => {};
    let refused = (_error: Error): void => {};
    const one = rows.during("one", [at("edge-1")], new Promise<string>((resolve) => (made = resolve)));
    const two = rows.during("two", [at("edge-1"), at("edge-2")], new Promise((_resolve, reject) => (refused = reject)));
    tell("edge-1");
    assert.deepEqual(said.splice(0), ["one: edge-1 goes on", "two: edge-1 goes on"]);
    made("made");
    assert.equal(await one, "made");
    tell("edge-1");
    tell("edge-2");
    assert.deepEqual(said.splice(0), ["two: edge-1 goes on", "two: edge-2 goes on"]);
    refused(new Error("refused"));
    await assert.rejects(two, /refused/);
    tell("edge-1");
    assert.deepEqual(said, ["the stack: edge-1 goes on"]);
  });

  it("of more than ten it is told once, in the row of the stack", async () => {
    let made = (): void => {};
    const end = new Promise<void>((resolve) => (made = resolve));
    const working = Array.from({ length: 10 }, (_, index) => rows.during(`rule ${index}`, [at("edge-1")], end));
    tell("edge-1");
    assert.equal(said.splice(0).length, 10);
    working.push(rows.during("rule 10", [at("edge-1")], end));
    tell("edge-1");
    assert.deepEqual(said, ["the stack: edge-1 goes on"]);
    made();
    await Promise.all(working);
  });
});
