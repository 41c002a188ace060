import assert from "node:assert/strict";
import { canonical } from "../../../provider/src/declaration/canonical";
import { addressOf, connectionFields } from "../../../provider/src/declaration/connection";
import { commonFields, internalFields, settleCommon } from "../../../provider/src/declaration/everyResource";
import { unknownValue } from "../../../provider/src/declaration/unknown";
import { problemsWith } from "./problems";

const fields = { ...commonFields, ...internalFields };
const owner = { stack: "organization/project/stack" };
const problems = (connection: unknown): string[] => problemsWith(fields, { connection, owner }, settleCommon);
const values = (connection: unknown): unknown => canonical(fields, { connection, owner }, settleCommon).values.connection;

describe("a connection", () => {
  it("needs only a host", () => {
    assert.deepEqual(problems({ host: "edge-1.example.net" }), []);
    for (const host of ["198.18.0.1", "2001:db8::1", "fe80::1%eth0", "edge_1"]) assert.deepEqual(problems({ host }), []);
  });

  const cases: [string, unknown, string[]][] = [
    ["is required", undefined, ["connection: is required"]],
    ["is no text", "edge-1", ["connection: expected an object such as { host: ... }"]],
    ["is no list", ["edge-1"], ["connection: expected an object such as { host: ... }"]],
    ["needs a host", {}, ["connection.host: is required"]],
    ["has no blank in its host", { host: "edge 1" }, ["connection.host: expected a host name or address, or an alias of ~/.ssh/config"]],
    ["has no newline in its host", { host: "edge\nx" }, ["connection.host: expected a host name or address, or an alias of ~/.ssh/config"]],
    ["has no empty host", { host: "" }, ["connection.host: expected a host name or address"]],
    ["has a port up to 65535", { host: "h", port: 65536 }, ["connection.port: expected a whole number from 1 to 65535"]],
    ["has a known field", { host: "h", usr: "root" }, ["connection.usr: unknown field: did you mean user?"]],
    [
      "has a known field in its proxy",
      { host: "h", proxy: { host: "j", pasword: "x" } },
      ["connection.proxy.pasword: unknown field: did you mean password?"],
    ],
    ["has no proxy of a proxy", { host: "h", proxy: { host: "j", proxy: { host: "k" } } }, ["connection.proxy.proxy: unknown field"]],
    ["needs a host in its proxy", { host: "h", proxy: { user: "u" } }, ["connection.proxy.host: is required"]],
    ["has flags that are true or false", { host: "h", sudo: "yes" }, ["connection.sudo: expected true or false"]],
    ["has a password that is not empty", { host: "h", password: "" }, ["connection.password: expected a password"]],
    [
      "is told all at once",
      { port: 0, proxy: { port: 0 } },
      [
        "connection.port: expected a whole number from 1 to 65535",
        "connection.proxy.port: expected a whole number from 1 to 65535",
        "connection.proxy.host: is required",
        "connection.host: is required",
      ],
    ],
  ];
  for (const [what, connection, expected] of cases) it(what, () => assert.deepEqual(problems(connection).sort(), expected.sort()));

  it("keeps flags that are off, for a default may be on, but in a jump host's; has one order of fields", () => {
    assert.equal(
      JSON.stringify(
        values({
          sudo: false,
          insecureIgnoreHostKey: false,
          user: "root",
          host: "h",
          proxy: { user: "u", host: "j", insecureIgnoreHostKey: false },
        }),
      ),
      '{"host":"h","user":"root","insecureIgnoreHostKey":false,"sudo":false,"proxy":{"host":"j","user":"u"}}',
    );
  });

  it("may be not known yet, as a whole or in part", () => {
    assert.deepEqual(problems(unknownValue), []);
    assert.deepEqual(problems({ host: unknownValue }), []);
    assert.deepEqual(problems({ host: "h", proxy: { host: "j", password: unknownValue } }), []);
  });

  it("keeps its address when the login changes", () => {
    assert.equal(addressOf({ host: "h", user: "a", password: "p" }), addressOf({ host: "h", user: "b", privateKeyPath: "k" }));
    for (const other of [{ host: "i" }, { host: "h", port: 23 }, { host: "h", proxy: { host: "j" } }])
      assert.notEqual(addressOf(other), addressOf({ host: "h" }));
  });

  it("has every field of @pulumi/command's", () => {
    const names = [
      "host",
      "port",
      "user",
      "password",
      "privateKey",
      "privateKeyPassword",
      "agentSocketPath",
      "hostKey",
      "dialErrorLimit",
      "perDialTimeout",
      "proxy",
    ];
    assert.deepEqual(
      names.filter((name) => !Object.keys(connectionFields).includes(name)),
      [],
    );
  });
});
