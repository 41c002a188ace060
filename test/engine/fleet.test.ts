// The example of a fleet on a lab: environments, waves, a broken canary, a dead host.
// One door: it is about an example, which imports dynamic resources. Waves by the plugin are in components.test.ts.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { openStack, type Stack } from "../engine-cli/engine";
import { type Host, type Lab, startLab } from "../lab/lab";
import { byName } from "./state";

const program = join(__dirname, "..", "..", "examples", "fleet");
/** `FLEET=20 npx mocha ...` for more. */
const size = Number(process.env["FLEET"] ?? 6);

type Fields = Readonly<Record<string, unknown>>;

describe("the example of a fleet", function () {
  this.timeout(300_000);
  let lab: Lab;
  let stack: Stack;
  before(async () => {
    lab = await startLab({ name: "engine-fleet", hosts: size });
    stack = await openStack({ program });
  });
  after(async () => {
    await stack?.remove();
    await lab?.stop();
  });

  const nameOf = (index: number): string => `edge-${String(index + 1).padStart(2, "0")}`;
  const fieldsOf = (host: Host): Fields => ({
    connection: { host: host.address },
    uplinks: Object.fromEntries(
      host.uplinks.map(({ device, address, gateway, prefix }, index) => [
        `isp${index + 1}`,
        { device, address: `${address}/${prefix.split("/")[1]}`, gateway, table: 101 + index },
      ]),
    ),
  });
  const shared = (host: Host): Fields => ({ ...host.connection, host: undefined, dialErrorLimit: 0, perDialTimeout: 3 });
  const configure = (waves: Fields, more: Readonly<Record<number, Fields>> = {}, defaults: Fields = {}) =>
    stack.configure({
      "fleet:waves": JSON.stringify(waves),
      "fleet:defaults": JSON.stringify({ connection: shared(lab.hosts[0]), ...defaults }),
      "fleet:hosts": JSON.stringify(
        Object.fromEntries(lab.hosts.map((host, index) => [nameOf(index), { ...fieldsOf(host), ...more[index] }])),
      ),
    });
  const logins = (): Promise<number[]> => Promise.all(lab.hosts.map((host) => host.countLogins()));
  const answering = async (): Promise<number> => {
    const answers = await Promise.all(lab.hosts.map((host) => lab.internet.tcpConnect(host.uplinks[1].address, 22, 1_500)));
    return answers.filter((yes) => yes).length;
  };

  it("every mistake in the configuration is told at once, with file and path, and no secret", async () => {
    await configure(
      {},
      { 1: { connection: { host: "h", port: 99_999, password: "TOPSECRET" }, uplink: {} }, 2: { enabled: 1 } },
      { conection: {}, guard: { confirmTimeout: "30" } },
    );
    const { stdout } = await stack.preview([], { expectFailure: true });
    for (const line of [
      "Pulumi.test.yaml: fleet:hosts.edge-02.uplink: unknown field: did you mean uplinks?",
      "Pulumi.test.yaml: fleet:hosts.edge-02.connection.port: expected a whole number from 1 to 65535, got 99999",
      "Pulumi.test.yaml: fleet:hosts.edge-03.enabled: expected true or false, got 1",
      "Pulumi.test.yaml: fleet:defaults.conection: unknown field: did you mean connection?",
      'Pulumi.test.yaml: fleet:defaults.guard.confirmTimeout: expected a whole number from 2 to 3600, got "30" (text)',
    ])
      assert.equal(stdout.split("Diagnostics:")[1]?.split(line).length, 2, `once: ${line}\n${stdout}`);
    assert.doesNotMatch(stdout, /TOPSECRET/);
  });

  it("a broken canary stops the later waves: no other host is touched", async () => {
    await configure({ canary: 1, batch: "50%" }, { 0: { expect: [{ to: "192.0.2.1", dev: "eth1" }] } });
    const before = await logins();
    const { stdout } = await stack.up([], { expectFailure: true });
    assert.match(stdout, /refused, nothing was changed: once it is made, expected 192\.0\.2\.1/);
    const after = await logins();
    assert.ok((after[0] ?? 0) > (before[0] ?? 0));
    assert.deepEqual(after.slice(1), before.slice(1));
    const going = await stack.up(["--continue-on-error"], { expectFailure: true });
    // The SDK (3.259) ends the program at a registration that failed; one that does not meets the gate.
    assert.match(going.stdout, /resource edge-01 .* failed to register|canary 1 of \d failed on edge-01: later waves were not begun/);
    assert.doesNotMatch(going.stdout, /wave 2/);
    assert.deepEqual((await logins()).slice(1), before.slice(1));
  });

  it("goes through its waves and tells where it is; the order leaves no trace, so other waves and one more host change nothing", async () => {
    await configure({ canary: 1, batch: "50%" }, { [size - 1]: { enabled: false } });
    const { stdout } = await stack.up();
    assert.match(stdout, new RegExp(`canary 1 of \\d begins: edge-01; ${size - 2} more wait`));
    assert.match(stdout, /wave 2 of \d begins: edge-02/);
    assert.equal(await answering(), size - 1);
    const state = byName(await stack.export());
    assert.deepEqual(state.get("edge-03")?.dependencies ?? [], []);
    const before = await logins();
    await configure({ canary: 2, batch: 1, pause: 3600 }, { [size - 1]: { enabled: false } });
    await stack.up(["--expect-no-changes"]);
    assert.deepEqual(await logins(), before, "no login and no pause");
    await configure({ canary: 1, batch: 2 });
    const ahead = await stack.preview();
    assert.match(
      ahead.stdout,
      new RegExp(`the canary \\(edge-01\\) has no change while ${nameOf(size - 1)} has one: it will show nothing`),
    );
    const more = await stack.up();
    assert.match(more.stdout, /\+ (1|2) created/);
    assert.match(more.stdout, new RegExp(`the canary \\(edge-01\\) had no change while ${nameOf(size - 1)} had one: it showed nothing`));
    const now = await logins();
    assert.deepEqual(now.slice(0, -1), before.slice(0, -1));
    assert.equal(await answering(), size);
  });

  it("pauses between waves where something changed, and in no preview", async () => {
    await configure({ canary: 1, batch: "100%", pause: 3600 }, {}, { toRule: true });
    assert.doesNotMatch((await stack.preview()).stdout, /the canary/, "it has a change, too");
    await configure({ canary: 1, batch: "100%", pause: 5 }, {}, { toRule: true });
    await stack.up();
    const state = byName(await stack.export());
    const [canary = 0, ...later] = lab.hosts.map((_host, index) => Date.parse(String(state.get(nameOf(index))?.outputs?.["appliedAt"])));
    assert.ok(later.length > 0 && later.every((at) => at - canary >= 5_000), JSON.stringify([canary, later]));
  });

  it("a dead host fails alone and soon, keep carries a refresh over it, and forget lets it go", async () => {
    const [, dead] = lab.hosts;
    assert.ok(dead !== undefined);
    await dead.linkDown();
    await configure({ canary: 0 }, {}, { killSwitch: true });
    const up = await stack.up(["--continue-on-error"], { expectFailure: true });
    assert.ok(up.seconds < 60, `${up.seconds} s`);
    assert.match(up.stdout, new RegExp(`${dead.address}: .*(not reachable|no login)`));
    const changed = await Promise.all(
      lab.hosts.filter((host) => host !== dead).map((host) => host.exec("ip route show table 101 type unreachable")),
    );
    assert.ok(changed.every((text) => text.includes("unreachable default")));

    const refresh = await stack.refresh([], { expectFailure: true });
    assert.match(refresh.stdout, /--exclude '\*\*NAME'.*or set POLICY_ROUTING_UNREACHABLE=keep for this run/);
    const kept = await stack.refresh([], { env: { POLICY_ROUTING_UNREACHABLE: "keep" } });
    assert.match(kept.stdout, new RegExp(`${dead.address}: not reachable: its state is kept as it was and was NOT looked at`));
    const { outputs } = byName(await stack.export()).get("edge-02") ?? {};
    assert.equal(outputs?.["observed"], false);

    const destroy = await stack.destroy([], { env: { POLICY_ROUTING_UNREACHABLE: "forget" } });
    assert.match(destroy.stdout, new RegExp(`NOT removed from ${dead.address}: unreachable`));
    await dead.linkUp();
    assert.match(await dead.exec("ip rule show"), /from all lookup main suppress_prefixlength 0/);
  });
});
