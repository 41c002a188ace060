import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { targetOf } from "../../provider/src/host/ssh/target";
import { type Host, type Lab, startLab } from "../lab/lab";
import type { Result } from "../lab/run";
import { checked, type Fields } from "./resource";

/** A program that runs on the host itself: an image's build, cloud-init, somebody at a console. */
describe("a local host", () => {
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-host-local", hosts: 1 });
    [host] = lab.hosts;
  });
  after(() => lab.stop());

  const rule = { connection: { host: "localhost", transport: "local" }, priority: 1500, from: "203.0.113.7", table: 77, persist: "none" };
  /** The controller is a process of the host. */
  const create = (fields: Fields, environment = ""): Promise<Result> => {
    const words = [process.execPath, "--require", "tsx/cjs", join(__dirname, "controller.ts"), "PolicyRule", JSON.stringify(fields)];
    return host.result(
      `cd ${join(__dirname, "../..")} && env -u SSH_CONNECTION ${environment} ${words.map((word) => `'${word}'`).join(" ")}`,
    );
  };
  const rules = async (): Promise<string> => host.exec("ip rule show | grep 'proto 214' || :");

  it("is changed without a login, under a guard, and confirmed by a shell of its own", async () => {
    const logins = await host.countLogins();
    const { code, stderr } = await create(rule);
    assert.equal(code, 0, stderr);
    assert.match(await rules(), /^1500:\tfrom 203.0.113.7 lookup 77 proto 214/);
    assert.equal((await host.countLogins()) - logins, 0);
    assert.match(await host.exec("cat /var/log/policy-routing.log"), /applied/);
    await host.exec("ip rule del pref 1500");
  });

  it("is put back when what must hold does not", async () => {
    const { code, stderr } = await create({
      ...rule,
      priority: 1501,
      guard: { probes: [{ route: "192.0.2.1", dev: "nowhere", expect: true }] },
    });
    assert.notEqual(code, 0);
    assert.match(stderr, /reverted \(verified\)/);
    assert.equal(await rules(), "");
  });

  it("protects the login of whoever runs the program there, where there is one", async () => {
    const cuts = { ...rule, priority: 1502, from: undefined, to: host.controller, table: undefined, action: "blackhole" };
    const { code, stderr } = await create(cuts, `SSH_CONNECTION='${host.controller} 40000 ${host.address} 22'`);
    assert.notEqual(code, 0);
    assert.match(stderr, /replies to this connection|allowManagementPathChange/);
    assert.equal(await rules(), "");
    const words = [process.execPath, "--require", "tsx/cjs", join(__dirname, "controller.ts"), "PolicyRule", JSON.stringify(cuts)];
    const asBySudo = `cd ${join(__dirname, "../..")} && SSH_CONNECTION='${host.controller} 40000 ${host.address} 22' sh -c 'env -u SSH_CONNECTION "$@"; exit $?' sh ${words.map((word) => `'${word}'`).join(" ")}`;
    const stripped = await host.result(asBySudo);
    assert.notEqual(stripped.code, 0, "as sudo, which takes the variable away");
    assert.match(stripped.stderr, /replies to this connection/);
    assert.equal(await rules(), "");
    const alone = await create(cuts);
    assert.equal(alone.code, 0, alone.stderr);
    await host.exec("ip rule del pref 1502");
  });

  it("is none but this machine, and takes nothing that is about a login", async () => {
    for (const [connection, says] of [
      [{ host: "edge-1.example.net", transport: "local" }, /its host is localhost/],
      [
        { host: "localhost", transport: "local", user: "root", password: "hidden words" },
        /local logs in nowhere: leave user, password out/,
      ],
      [{ host: "localhost", transport: "openssh", password: "hidden words" }, /openssh takes no password/],
    ] as const)
      await assert.rejects(
        checked("PolicyRule", { ...rule, connection }),
        ({ message }: Error) => says.test(message) && !/hidden words/.test(message),
      );
    // Defaults for all hosts may say it of a host elsewhere.
    await assert.rejects(
      targetOf({ host: "edge-1.example.net", transport: "local" }),
      /edge-1.example.net: transport: "local" is the machine on which Pulumi runs/,
    );
    const { transport, keys } = await targetOf({ host: "localhost", transport: "local", privateKeyPath: "/nowhere" });
    assert.deepEqual({ transport, keys }, { transport: "local", keys: [] });
  });
});
