// A program without any language: YAML, by the plugin and its schema.
// One door: other languages have the plugin alone.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { routes, rules } from "./host";
import { type YamlProgram, yamlHowTo } from "./languages";
import { useSite } from "./site";
import { resource, stateText } from "./state";
import { useYaml } from "./yamlProject";

describe("a program in YAML", function () {
  this.timeout(600_000);
  const site = useSite("yaml", 4);
  const open = useYaml();

  it("declares a host and a rule that goes by its output; again there is nothing to do; a mistake is told in the words of TypeScript", async () => {
    const host = site.host();
    const [, { device, address, gateway, prefix }] = host.uplinks;
    const empty = await host.snapshot();
    const { stack, write } = await open(yamlHowTo(host, 1001));
    await stack.up();
    assert.deepEqual(await rules(host), [`1000 from ${address} lookup 102 proto 214`, `1001 from all to ${address} lookup 102 proto 214`]);
    assert.deepEqual(await routes(host, 102), [
      `default via ${gateway} dev ${device} proto 214`,
      `${prefix} dev ${device} proto 214 scope 253 src ${address}`,
    ]);
    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);
    await write(yamlHowTo(host, 99_999));
    const { stdout } = await stack.preview([], { expectFailure: true });
    assert.match(stdout, /priority: expected a whole number from 1 to 32765, got 99999/);
    await stack.destroy();
    assert.equal(await host.snapshot(), empty);
  });

  it("the provider's configuration says once how hosts are reached, for up, refresh, import and destroy, and a password in it is secret", async () => {
    const host = site.host();
    const empty = await host.snapshot();
    const { user, privateKeyPath, knownHostsPath } = host.connection;
    const connection = { host: host.address };
    const rule = (n: number, more: object = {}, options: object = {}): object => ({
      type: "policyrouting:PolicyRule",
      properties: { connection: { ...connection, ...more }, priority: n, from: "198.51.100.1", table: 7 },
      ...options,
    });
    const other = {
      type: "pulumi:providers:policyrouting",
      properties: { connection: { user, privateKeyPath, knownHostsPath, password: "WORD-explicit" }, owner: 220 },
    };
    const { stack } = await open({ resources: { one: rule(1000), other, two: rule(1001, {}, { options: { provider: "${other}" } }) } });
    const set = (name: string, value: string, how: string) =>
      stack.run(["config", "set", "--path", `policyrouting:connection.${name}`, how, "--stack", stack.name, "--", value]);
    await set("user", "nobody-of-that-name", "--plaintext");
    await set("privateKeyPath", String(privateKeyPath), "--plaintext");
    await set("knownHostsPath", String(knownHostsPath), "--plaintext");
    const refused = await stack.up([], { expectFailure: true });
    assert.match(refused.stdout, /nobody-of-that-name/);
    await set("user", String(user), "--plaintext");
    await set("password", "WORD-stack", "--secret");
    await stack.up();
    assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 7 proto 214", "1001 from 198.51.100.1 lookup 7 proto 220"]);
    assert.doesNotMatch(await stateText(stack), /WORD-/);
    const { inputs } = await resource(stack, "one");
    assert.deepEqual(inputs?.["connection"], connection, "what is said once is no part of a resource");
    await stack.refresh(["--expect-no-changes"]);
    await stack.preview(["--expect-no-changes"]);
    await host.exec("ip rule add pref 1002 from 198.51.100.2 table 7");
    const what = ["policyrouting:index:PolicyRule", "three", `${host.address}/rule/inet/1002`];
    await stack.run(["import", ...what, "--yes", "--skip-preview", "--protect=false", "--generate-code=false", "--stack", stack.name]);
    await stack.up();
    await host.exec("ip rule del pref 1002");
    await stack.destroy();
    assert.equal(await host.snapshot(), empty);
  });

  it("getHost and lookup read a host, in a preview too, and what they answer goes into a program", async () => {
    const host = site.host();
    const { connection, uplinks } = host;
    const [first, { device, address, gateway }] = uplinks;
    await host.exec(`ip route add default via ${gateway} dev ${device} table 102; ip rule add pref 1000 from ${address} table 102`);
    const before = await host.snapshot();
    const call = (name: string, more: object = {}): object => ({
      "fn::invoke": { function: `policyrouting:${name}`, arguments: { connection, ...more } },
    });
    const program = (to: string): YamlProgram => ({
      variables: { seen: call("getHost"), way: call("lookup", { to, from: address }) },
      outputs: { gateways: "${seen.gateways}", rule: "${way.rule}", dev: "${way.dev}", via: "${way.via}", sentence: "${way.sentence}" },
    });
    const { stack, write } = await open(program("192.0.2.1"));
    const { stdout } = await stack.preview();
    assert.ok(stdout.includes(gateway), stdout);
    await stack.up();
    const { gateways, ...way } = await stack.outputs();
    assert.deepEqual(way, {
      rule: `ip -4 rule pref 1000 from ${address} table 102`,
      dev: device,
      via: gateway,
      sentence: `by ${device} via ${gateway} (table 102)`,
    });
    assert.ok(Array.isArray(gateways));
    assert.deepEqual(
      gateways.filter((one: { family: string }) => one.family === "inet"),
      [
        { dev: device, family: "inet", via: gateway, table: 102 },
        { dev: first.device, family: "inet", via: first.gateway, table: "main" },
      ],
    );
    assert.equal(await host.snapshot(), before);
    await write(program("nowhere"));
    const wrong = await stack.preview([], { expectFailure: true });
    assert.match(wrong.stdout + wrong.stderr, /to: expected an (IPv4 or IPv6 )?address/);
  });

  it("a live preview tells at each resource what up would run there, and what would be refused, and changes nothing", async () => {
    const host = site.host();
    const { connection } = host;
    await host.exec("ip rule add pref 1001 from 198.51.100.1 table 7");
    const before = await host.snapshot();
    const rule = (priority: number, table: number): object => ({
      type: "policyrouting:PolicyRule",
      properties: { connection, persist: "none", priority, from: "198.51.100.1", table },
    });
    const { stack, write } = await open({ resources: { free: rule(1000, 7), taken: rule(1001, 7) } });
    const quiet = await host.countLogins();
    await stack.preview();
    assert.equal(await host.countLogins(), quiet, "not asked for, it opens no connection");
    await stack.run(["config", "set", "policyrouting:livePreview", "true", "--stack", stack.name]);
    const { stdout } = await stack.preview();
    assert.match(stdout, /PolicyRule \(free\):[\s\S]*up would run now:\s+ip -4 rule add pref 1000 from 198\.51\.100\.1 table 7/);
    assert.match(stdout, /PolicyRule \(taken\):[\s\S]*would be refused:[\s\S]*ip -4 rule pref 1001/);
    assert.doesNotMatch(stdout, /rule del/, "resources that are to be made do not take from each other");
    assert.equal(await host.snapshot(), before);
    await write({ resources: { free: rule(1000, 7) } });
    await stack.up();
    await write({ resources: { free: rule(1000, 8) } });
    const changed = await stack.preview();
    assert.match(changed.stdout, /up would run now:[\s\S]*table 8/);
    assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 7 proto 214", "1001 from 198.51.100.1 lookup 7"]);
  });
});
