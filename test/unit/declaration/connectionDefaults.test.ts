import assert from "node:assert/strict";
import type { Connection } from "../../../provider/src/declaration/connection";
import { type ConnectionDefaults, holdsSecrets, parseDefaults, withDefaults } from "../../../provider/src/declaration/connectionDefaults";
import { printFailure } from "../../../provider/src/declaration/failures";

describe("defaults of connections", () => {
  const merged: [string, Connection, ConnectionDefaults, Connection][] = [
    ["fill in what is left out", { host: "h" }, { user: "ops", port: 2222 }, { host: "h", user: "ops", port: 2222 }],
    ["give way to what is said", { host: "h", user: "root" }, { user: "ops" }, { host: "h", user: "root" }],
    ["give way to a flag that is off", { host: "h", sudo: false }, { sudo: true }, { host: "h", sudo: false }],

    [
      "keep a passphrase with its key: not for another key",
      { host: "h", privateKeyPath: "mine" },
      { privateKey: "theirs", privateKeyPassword: "secret", password: "p" },
      { host: "h", privateKeyPath: "mine", password: "p" },
    ],
    [
      "give a passphrase's key to a passphrase",
      { host: "h", privateKeyPassword: "secret" },
      { privateKeyPath: "theirs" },
      { host: "h", privateKeyPassword: "secret", privateKeyPath: "theirs" },
    ],
    ["do not waive a host key that is named", { host: "h", hostKey: "k" }, { insecureIgnoreHostKey: true }, { host: "h", hostKey: "k" }],
    [
      "do not put another host key beside known_hosts that are named",
      { host: "h", knownHostsPath: "mine" },
      { hostKey: "k" },
      { host: "h", knownHostsPath: "mine" },
    ],
    [
      "have a jump host as one field",
      { host: "h", proxy: { host: "a" } },
      { proxy: { host: "b", user: "ops" } },
      { host: "h", proxy: { host: "a" } },
    ],
    ["do not lead to the jump host through itself", { host: "j" }, { proxy: { host: "j" }, user: "ops" }, { host: "j", user: "ops" }],
  ];
  for (const [what, connection, defaults, expected] of merged)
    it(what, () => {
      const once = withDefaults(connection, defaults);
      assert.deepEqual(once, expected);
      assert.deepEqual(withDefaults(once, defaults), expected, "it says the same of what it made");
    });

  const wrong: [string, unknown, string[]][] = [
    ["a field that no connection has", { usr: "ops" }, ["it.usr: unknown field: did you mean user?"]],
    ["a host: each resource names its own", { host: "h" }, ["it.host: each resource names its own host"]],
    ["a value of another form", '{"port":"x"}', ['it.port: expected a whole number from 1 to 65535, got "x" (text)']],
    ["a text that is no JSON", "user=SECRET", ["it: expected a JSON object such as { user: ... }"]],
    ["a list", ["ops"], ["it: expected a JSON object such as { user: ... }"]],
    ["a jump host without a name", { proxy: { user: "u" } }, ["it.proxy.host: is required"]],
    ["a secret of another form is not shown", { password: 5 }, ["it.password: expected a password"]],
  ];
  for (const [what, value, failures] of wrong)
    it(`refuse ${what}`, () => assert.deepEqual(parseDefaults("it", value).failures.map(printFailure), failures));

  it("are the same as an object and as its JSON", () => {
    const values = { user: "ops", sudo: true, proxy: { host: "j" } };
    assert.deepEqual(parseDefaults("it", values), { values, failures: [] });
    assert.deepEqual(parseDefaults("it", JSON.stringify(values)), { values, failures: [] });
  });

  it("know whether they hold a password or a key", () => {
    for (const value of [{ password: "p" }, '{"proxy":{"host":"j","privateKey":"k"}}', { sudoPassword: "p" }])
      assert.equal(holdsSecrets(value), true);
    for (const value of [{ user: "ops" }, '{"proxy":{"host":"j"}}', undefined, "password"]) assert.equal(holdsSecrets(value), false);
  });
});
