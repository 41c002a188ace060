// A frame brings the functions that it calls, those that these call, and no others.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { library } from "../../../provider/src/host/scripts";
import { withLibrary } from "../../../provider/src/host/wire/library";

const definedIn = (text: string): string[] => [...text.matchAll(/^([a-z_0-9]+)\(\) /gm)].map(([, name = ""]) => name);
const all = definedIn(library);
const textOf = (name: string): string =>
  new RegExp(`^${name}\\(\\) (?:.*\\}(?: 2>/dev/null)?(?: #.*)?$|[\\s\\S]*?^[)}].*$)`, "m").exec(library)?.[0] ?? "";

/** Names of functions that stand as words in texts for people, for awk and for sed. */
const mereWords = ["change", "count", "leave", "network", "own", "process", "watch"];

describe("the functions that a frame brings", () => {
  it("are all there are, by their texts", () =>
    assert.deepEqual(
      all.filter((name) => textOf(name) === ""),
      [],
    ));

  for (const name of all)
    it(`for ${name}: each that stands in its text, however it is written there`, () => {
      const frame = withLibrary(name);
      const brought = new Set(definedIn(frame));
      // As a shell would see a word, in quotes or not.
      const words = new Set(
        textOf(name)
          .replaceAll(/ # .*$/gm, "")
          .match(/(?<![\w$/.=-])[a-z_][a-z_0-9]*(?![\w=])/g),
      );
      const missing = all.filter((one) => words.has(one) && !brought.has(one) && !mereWords.includes(one));
      assert.deepEqual(missing, []);
    });

  it("are few for a confirm, and have no guard's text where nothing is armed", () => {
    const frame = withLibrary("confirm t-1\nfinish t-1");
    assert.ok(frame.length < library.length / 5, `${frame.length} bytes`);
    assert.doesNotMatch(frame, /^library=/m);
  });

  const byUndo = ["batch_undo", "shown", "write_sysctl", "name_table", "unname_table", "complain"];

  for (const frame of ["retract t-1", "await_lock 30", "changed 1", "withdraw"])
    it(`have what an undo calls, where ${frame} may run one`, () => {
      const brought = new Set(definedIn(withLibrary(frame)));
      assert.deepEqual(
        byUndo.filter((name) => !brought.has(name)),
        [],
      );
    });

  it("are in the guard's text too, with what an undo calls", () => {
    const [, text = ""] = /^library='([\s\S]*?)'\neval /m.exec(withLibrary("arm 60").replaceAll("'\\''", '"')) ?? [];
    const inGuard = new Set(definedIn(text));
    assert.deepEqual(
      ["watch", "fire_now", "undo_once", ...byUndo].filter((name) => !inGuard.has(name)),
      [],
    );
  });
});
