// Which fields are secret, and that each of them is marked, as the SDK marks it.
import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import { describe, it } from "mocha";
import type { FieldTable } from "../../../provider/src/declaration/attribute";
import { connectionFields, proxyFields } from "../../../provider/src/declaration/connection";
import { unknownValue } from "../../../provider/src/declaration/unknown";
import { marked } from "../../../provider/src/runtime/marked";

const secretsOf = (fields: FieldTable): string[] => Object.entries(fields).flatMap(([name, { secret }]) => (secret === true ? [name] : []));
const secret = (value: unknown) => ({ [runtime.specialSigKey]: runtime.specialSecretSig, value });

describe("secrets", () => {
  it("every field of a login that holds one is declared so", () => {
    for (const fields of [connectionFields, proxyFields])
      assert.deepEqual(
        secretsOf(fields),
        Object.keys(fields).filter((name) => /password$|^privateKey$/i.test(name)),
      );
    assert.ok(secretsOf(proxyFields).length > 0);
  });

  it("each of them is marked, at the connection and at its proxy, and nothing else is", () => {
    const login = (fields: FieldTable, mark: (value: unknown) => unknown) => ({
      ...Object.fromEntries(Object.entries(fields).map(([name, { example }]) => [name, example])),
      ...Object.fromEntries(secretsOf(fields).map((name) => [name, mark("word")])),
    });
    const inputs = (mark: (value: unknown) => unknown) => ({
      priority: 1000,
      guard: { probes: [{ ping: "192.0.2.1" }] },
      connection: { ...login(connectionFields, mark), proxy: login(proxyFields, mark) },
    });
    assert.deepEqual(marked(inputs((value) => value)), inputs(secret));
  });

  it("what is not known yet, and what is not there, stays as it is", () => {
    for (const connection of [
      unknownValue,
      undefined,
      { host: "h", password: unknownValue, privateKey: null, proxy: unknownValue },
      "no object",
    ])
      assert.deepEqual(marked({ connection }), { connection });
  });
});
