// Components for every language, as YAML has them: the plugin makes what they are made of.
// One door: dynamic resources have no components for other languages.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Host } from "../lab/lab";
import { rules } from "./host";
import { useSite } from "./site";
import { byName, nameOf, resource, stateText } from "./state";
import { useYaml } from "./yamlProject";

type Fields = Readonly<Record<string, unknown>>;

const uplinksOf = ({ uplinks }: Host): Fields =>
  Object.fromEntries(
    uplinks.map(({ device, address, gateway, prefix }, index) => [
      `isp${index + 1}`,
      { device, address: `${address}/${prefix.split("/")[1]}`, gateway, table: 101 + index },
    ]),
  );

describe("components in YAML", function () {
  this.timeout(600_000);
  const site = useSite("components", 5);
  const open = useYaml();

  it("MultihomedHost makes every uplink answer, by an explicit provider too, and tells its mistakes in the words of TypeScript", async () => {
    const [host, internet] = [site.host(), site.lab.internet];
    const { host: address, ...login } = host.connection;
    const clean = await host.snapshot();
    const program = (more: Fields = {}) => ({
      resources: {
        own: { type: "pulumi:providers:policyrouting", properties: { connection: login, owner: 220 } },
        edge: {
          type: "policyrouting:MultihomedHost",
          properties: { connection: { host: address }, persist: "none", uplinks: { ...uplinksOf(host), ...more } },
          options: { provider: "${own}" },
        },
        beside: {
          type: "policyrouting:PolicyRule",
          properties: {
            connection: { host: address },
            persist: "none",
            priority: 900,
            from: "198.51.100.1",
            table: '${edge.tables["isp2"]}',
          },
          options: { provider: "${own}" },
        },
      },
      outputs: { commands: "${edge.commands}" },
    });
    const { stack, write } = await open(program());
    await stack.preview();
    await stack.up();
    const answers = await Promise.all(host.uplinks.map((uplink) => internet.tcpConnect(uplink.address, 22, 1_500)));
    assert.deepEqual(answers, [true, true]);
    assert.ok((await rules(host)).includes("900 from 198.51.100.1 lookup 102 proto 220"));
    assert.ok((await rules(host)).every((rule) => rule.includes("proto 220")));
    const { commands } = await stack.outputs();
    assert.ok(Array.isArray(commands) && commands.includes(`ip rule add pref 15102 from ${host.uplinks[1].address} table 102`));
    const { deployment } = await stack.export();
    const providers = deployment.resources.filter(({ type }) => type.startsWith("pulumi:providers:"));
    assert.deepEqual(
      providers.map(({ urn }) => nameOf(urn)),
      ["own"],
      "what it is made of goes by the component's provider",
    );
    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);
    await write(program({ isp9: { device: "eth1", address: "198.51.100.1", gateway: "198.51.100.2", table: 254 } }));
    const { stdout } = await stack.preview([], { expectFailure: true });
    assert.match(stdout, /MultihomedHost edge: uplinks\.isp9\.address: expected an address with its prefix length/);
    await write(program());
    await stack.destroy();
    assert.equal(await host.snapshot(), clean);
  });

  it("Fleet makes its hosts wave by wave; a wave that fails stops the later ones, which stay as they are; a password is the only secret", async () => {
    const [first, second, third, fourth] = [site.host(), site.host(), site.host(), site.host()];
    const all = [first, second, third, fourth];
    const rule = (table: number): Fields => ({ source: { priority: 1000, from: "198.51.100.1", table } });
    const program = (table: number, more: Fields = {}, waves: Fields = { canary: ["c"], batch: 1 }) => ({
      resources: {
        beside: {
          type: "policyrouting:PolicyRule",
          properties: { connection: first.connection, persist: "none", priority: 900, from: "198.51.100.9", table: 9 },
        },
        fleet: {
          type: "policyrouting:Fleet",
          properties: {
            ...waves,
            hosts: {
              a: {
                connection: { ...first.connection, password: { "fn::secret": "WORD-a" } },
                persist: "none",
                uplinks: { isp2: { ...Object(uplinksOf(first)["isp2"]), name: "${beside.persisted}" } },
              },
              b: { connection: second.connection, persist: "none", rules: rule(table) },
              c: { connection: third.connection, persist: "none", rules: rule(table), ...more },
              d: { connection: fourth.connection, enabled: false, rules: rule(table) },
            },
          },
        },
      },
      outputs: { persisted: "${fleet.persisted}" },
    });
    const { stack, write } = await open(program(5));
    const before = await stack.preview();
    assert.match(before.stdout, /rollout in 3 waves:\s+canary 1 of 3: c\s+wave 2 of 3: a\s+wave 3 of 3: b/);
    assert.match(before.stdout, /fleet-a/, "a value that is not known yet hides no host");
    assert.deepEqual(await Promise.all(all.map(rules)), [[], [], [], []]);
    const { stdout } = await stack.up();
    assert.match(stdout, /canary 1 of 3 begins: c; 2 more wait[\s\S]*wave 2 of 3 begins: a[\s\S]*wave 3 of 3 begins: b/);
    assert.deepEqual(await rules(second), ["1000 from 198.51.100.1 lookup 5 proto 214"]);
    assert.deepEqual(await rules(fourth), []);
    assert.deepEqual(await stack.outputs(), { persisted: { a: "none", b: "none", c: "none" } });
    const state = byName(await stack.export());
    const at = (name: string): number => Date.parse(String(state.get(name)?.outputs?.["appliedAt"]));
    assert.ok(at("fleet-c") < at("fleet-a") && at("fleet-a") < at("fleet-b"));
    assert.deepEqual((await resource(stack, "fleet-a")).inputs?.["uplinks"], undefined);
    assert.equal(JSON.stringify((await resource(stack, "fleet-a")).inputs).split("4dabf18193072939515e22adb298388d").length, 2);
    assert.doesNotMatch(await stateText(stack), /WORD-a/);
    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);

    await write(program(6, { expect: [{ to: "192.0.2.1", dev: "eth1" }] }));
    for (const more of [[], ["--continue-on-error"]]) {
      const failed = await stack.up(more, { expectFailure: true });
      // Without the option the engine ends the run at a resource that failed: of what came of it no component hears.
      assert.match(
        failed.stdout,
        more.length > 0
          ? /canary 1 of 3 failed on c: later waves were not begun/
          : /Fleet resource 'fleet' has a problem: not all of it was made: the run ended first, by another error or a person/,
      );
      assert.doesNotMatch(failed.stdout + failed.stderr, /connection is closing/);
      assert.match(failed.stdout, /fleet-c \*\*updating failed\*\*/);
      assert.doesNotMatch(failed.stdout, /wave 2 of 3 begins|deleted/);
      assert.deepEqual(await rules(second), ["1000 from 198.51.100.1 lookup 5 proto 214"]);
    }
    assert.deepEqual([...byName(await stack.export()).keys()].filter((name) => name.startsWith("fleet-")).sort(), [
      "fleet-a",
      "fleet-b",
      "fleet-c",
    ]);

    await write(program(6, { expect: [{ to: "192.0.2.1", dev: "eth1" }] }, { canary: 0 }));
    const others = await stack.up(["--continue-on-error"], { expectFailure: true });
    assert.match(others.stdout, /fleet-c \*\*updating failed\*\*/);
    assert.doesNotMatch(others.stdout, /has a problem/);
    assert.deepEqual(await rules(second), ["1000 from 198.51.100.1 lookup 6 proto 214"], "a host that fails stops no other of its wave");
    assert.deepEqual(await stack.outputs(), { persisted: { a: "none", b: "none" } });

    await write(program(6, {}, { canary: ["z"], batch: "a third" }));
    const wrong = await stack.preview([], { expectFailure: true });
    assert.match(wrong.stdout, /canary: z is none of the hosts/);
    assert.match(wrong.stdout, /batch: expected a number of hosts of 1 or more, or a share/);
    await write(program(6));
    await stack.up();
    assert.deepEqual(await rules(third), ["1000 from 198.51.100.1 lookup 6 proto 214"]);
    await stack.destroy();
    assert.deepEqual(await Promise.all(all.map(rules)), [[], [], [], []]);
  });
});
