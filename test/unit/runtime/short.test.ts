import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isPolicyRoutingError } from "../../../provider/src/errors";
import type { Handlers, Properties } from "../../../provider/src/runtime/handlers";
import { keptShort, long, short } from "../../../provider/src/runtime/short";

const rules = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`client-${index}`, { family: "inet", from: `203.0.113.${index}`, priority: 1000 + index }]),
);
const tables = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`uplink-${index}`, { tableId: index + 1, name: `uplink-${index}` }]),
);
const connection = { host: "edge-1.example.net", user: "root" };
const outs = { connection, rules, tables, exclusive: true, reversePathFilter: { eth1: "loose" }, machineId: "0", schema: 1 };

describe("the state of a whole host", () => {
  it("says in one short text what is in a field of entries that no program reads, where that is shorter", () => {
    const kept = short(outs);
    assert.deepEqual({ ...kept, rules }, outs, "nothing else: neither the tables nor what is short as it is");
    assert.match(String(kept["rules"]), /^deflated-2:[A-Za-z0-9+/=]+$/);
    assert.ok(JSON.stringify(kept["rules"]).length * 3 < JSON.stringify(rules).length);
    assert.deepEqual(long(kept), outs);
  });

  it("as each version has written it is read", () => {
    const said = { one: { family: "inet", from: "203.0.113.10", priority: 1000, table: 100 } };
    for (const text of [
      "deflated:Hcc7CgAhDAXAu7xaQrJ2uY0LCgF/SBoR776w083B6Bl6UFKzuqGwnh0BZY0GxcORmEQiCSNgLhvLfEOFmQM8vTX/ufcD",
      "deflated-2:q1bKz0slzigD/GbVAgA=",
    ])
      assert.deepEqual(long({ rules: text, schema: 1 }), { rules: said, schema: 1 });
  });

  it("that was edited by hand, or a newer version wrote, is refused with the field and the way out, before a host is asked", async () => {
    const text = String(short(outs)["rules"]);
    for (const rules of [text.slice(0, -9), text.replace(/:..../, ":AAAA"), text.replace("-2", "-3"), "deflated"])
      assert.throws(
        () => long({ rules }),
        (error) =>
          isPolicyRoutingError(error) &&
          /^rules: the state's outputs hold a text that cannot be read: .*\n.*put outputs\.rules as inputs\.rules says it/.test(
            error.message,
          ),
        rules,
      );
    assert.deepEqual(long({ persisted: "deflated-3:", rules: "else", name: undefined }), {
      persisted: "deflated-3:",
      rules: "else",
      name: undefined,
    });
  });

  it("is read as it is by every version before, and written short by each call", async () => {
    const heard: Properties[] = [];
    const hear = (props: Properties): Properties => {
      heard.push(props);
      return outs;
    };
    const calls: Handlers = {
      configure: async () => {},
      check: async (_olds, news) => ({ inputs: news, failures: [] }),
      diff: async () => ({ replaces: [] }),
      create: async () => ({ id: "id", outs }),
      read: async (id, props) => ({ id, props: hear(props), inputs: outs }),
      update: async (_id, olds) => ({ outs: hear(olds) }),
      delete: async (_id, props) => void hear(props),
    };
    const kept = keptShort(calls);
    const made = await kept.create(outs);
    assert.deepEqual(made, { id: "id", outs: short(outs) });
    for (const state of [made.outs, outs]) {
      assert.deepEqual(await kept.read("id", state), { id: "id", props: short(outs), inputs: outs });
      assert.deepEqual(await kept.update("id", state, outs), { outs: short(outs) });
      await kept.delete("id", state);
    }
    assert.deepEqual(
      heard,
      Array.from({ length: 6 }, () => outs),
    );
    assert.deepEqual(await keptShort({ ...calls, read: async () => ({}) }).read("id", outs), {}, "what is gone");
  });
});
