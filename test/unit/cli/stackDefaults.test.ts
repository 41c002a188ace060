import { strict as assert } from "node:assert";
import { afterEach, describe, it } from "mocha";
import type { Preview } from "../../../provider/src/cli/preview/previewJson";
import { honourDefaults } from "../../../provider/src/cli/preview/stackDefaults";
import { reached, tellDefaults } from "../../../provider/src/host/ssh/defaults";

describe("connection defaults of a preview or a state", () => {
  afterEach(() => {
    tellDefaults("stack", undefined);
    tellDefaults("provider", undefined);
  });

  /** A provider of the plugin for each. */
  const previewOf = (config: Preview["config"], ...connections: readonly unknown[]): Preview => ({
    config,
    steps: connections.map((connection, index) => ({
      op: "same",
      urn: `urn:pulumi:dev::edge::pulumi:providers:policyrouting::own-${index}`,
      newState: { type: "pulumi:providers:policyrouting", inputs: { connection } },
    })),
    diagnostics: [],
    changeSummary: {},
  });
  const host = "edge-1.example.net";
  const honour = (preview: Preview): string => {
    const said: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = (text: string | Uint8Array): boolean => said.push(String(text)) > 0;
    try {
      honourDefaults(preview, "plan");
    } finally {
      process.stderr.write = write;
    }
    return said.join("");
  };

  it("are the stack's and those of the plugin's provider, which go first; several that say the same are one", () => {
    const config = { "policy-routing:connection": `{"user":"ops","port":2222}`, "policyrouting:connection": `{"user":"nobody"}` };
    assert.equal(honour(previewOf(config, `{"user":"root"}`, `{"user":"root"}`)), "");
    assert.deepEqual(reached({ host }), { host, user: "root", port: 2222 });
  });

  it("are the configuration's where no provider is shown", () => {
    assert.equal(honour(previewOf({ "policyrouting:connection": `{"user":"ops"}` })), "");
    assert.deepEqual(reached({ host }), { host, user: "ops" });
  });

  it("are taken without what of a provider is secret, as those of a resource are", () => {
    const password = (ciphertext: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext });
    assert.equal(honour(previewOf(undefined, { user: "ops", password: password("a") }, { user: "ops", password: password("b") })), "");
    assert.deepEqual(reached({ host }), { host, user: "ops" });
  });

  it("are none where providers say different ones, or a secret one, and that is said", () => {
    assert.match(honour(previewOf(undefined, `{"user":"root"}`, `{"user":"ops"}`)), /^policy-routing plan: .*providers say different/);
    assert.match(honour(previewOf(undefined, "[secret]")), /policyrouting:connection is secret/);
    assert.deepEqual(reached({ host }), { host });
  });
});
