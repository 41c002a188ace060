import { strict as assert } from "node:assert";
import { runtime } from "@pulumi/pulumi";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { InitializationFailed } from "../../provider/src/runtime/initializationFailed";
import { type Host, type Lab, startLab } from "../lab/lab";
import { rulesOf, watch } from "./monitor";
import { checked, create, type Fields, type Made, read, refusal, remove, update, warnings } from "./resource";
import { type Silent, startListener } from "./silence";

const bootId = "/proc/sys/kernel/random/boot_id";

/** Removes /etc/machine-id, or gives another one, until it is taken back. */
async function machineId(host: Host, text: string | undefined): Promise<() => Promise<void>> {
  const old = await host.exec("cat /etc/machine-id");
  await host.exec(text === undefined ? "rm /etc/machine-id" : "cat >/etc/machine-id", { input: text ?? "" });
  return async () => {
    await host.exec("cat >/etc/machine-id", { input: old });
  };
}

describe("which machine an address leads to", () => {
  let lab: Lab;
  let host: Host;
  let second: Host;
  let clean: string;
  const silent: Silent[] = [];
  const opened = async (one: Promise<Silent>): Promise<Silent> => {
    silent.push(await one);
    return one;
  };
  before(async () => {
    lab = await startLab({ name: "test-host-machine", hosts: 2 });
    host = lab.hosts[0];
    const [, other] = lab.hosts;
    assert.ok(other !== undefined);
    second = other;
    clean = await both();
  });
  const both = async (): Promise<string> => `${await host.snapshot()}\n${await second.snapshot()}`;
  afterEach(async () => {
    closeHosts();
    assert.equal(await both(), clean);
  });
  after(async () => {
    closeHosts();
    await Promise.all(silent.map((one) => one.close()));
    await lab.stop();
  });

  const whole = (fields: Fields = {}): Promise<Made> =>
    create("HostRouting", {
      connection: host.connection,
      rules: { one: { priority: 1000, from: "198.18.128.2", table: 100 } },
      routes: { gate: { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 } },
      ...fields,
    });
  const told = async (made: Made, to: Host): Promise<{ moved: Made; said: string }> => {
    let moved = made;
    const said = await warnings(async () => {
      moved = await update(made, { connection: to.connection });
    });
    return { moved, said };
  };
  const byIpv6 = (): Fields => ({ ...host.connection, host: host.address6 });
  const rule = "1000: from 198.18.128.2 lookup 100 proto 214";

  it("an id keeps its words and its place in the register under another address; messages begin with the address of today", async () => {
    const made = await whole();
    const moved = await update(made, { connection: byIpv6() });
    assert.ok(moved.id.startsWith(`${host.address}/routing#`), moved.id);
    assert.match(await host.exec("cat /run/policy-routing/register"), new RegExp(`^rule inet 1000\t${moved.id}\t`, "m"));
    await host.batch(["rule add pref 1001 from 198.18.128.3 table 100 proto 77"]);
    const rules = { one: { priority: 1001, from: "198.18.128.3", table: 100 } };
    const error = await refusal(update(moved, { rules }));
    assert.ok(error.message.startsWith(`${host.address6}: `), error.message);
    await host.batch(["rule del pref 1001"]);
    await remove(moved);
  });

  it("without a machine-id: another address of the same machine changes nothing there", async () => {
    const back = await machineId(host, undefined);
    const made = await whole();
    assert.equal(made.state["machineId"], "");
    const seen = await watch(host);
    const moved = await update(made, { connection: byIpv6() });
    assert.deepEqual(await seen.end(), []);
    assert.deepEqual(await read(moved), await checked(moved.kind, moved.fields));
    await remove(moved);
    await back();
  });

  it("after an update that ended as reverted, but differs: the same, and what is missing is repaired", async () => {
    const made = await whole();
    await host.batch(["rule del pref 1000"]);
    const differs = { ...made, state: { ...made.state, machineId: "", persisted: "", observed: false } };
    const moved = await update(differs, { connection: byIpv6() });
    assert.deepEqual(await rulesOf(host), [rule]);
    assert.equal(moved.state["machineId"], (await host.exec("cat /etc/machine-id")).trim());
    await remove(moved);
  });

  it("two machines with one machine-id: the old one is cleaned once the new one is right", async () => {
    const back = await machineId(second, await host.exec("cat /etc/machine-id"));
    const moved = await update(await whole(), { connection: second.connection });
    assert.deepEqual([await rulesOf(host), await rulesOf(second)], [[], [rule]]);
    await remove(moved);
    await back();
  });

  it("two network namespaces of one running kernel are two machines", async () => {
    const [mine, its] = [await host.exec(`cat ${bootId}`), await second.exec(`cat ${bootId}`)];
    await second.exec(`cat >${bootId}`, { input: mine });
    const moved = await update(await whole(), { connection: second.connection });
    assert.deepEqual([await rulesOf(host), await rulesOf(second)], [[], [rule]]);
    await second.exec(`cat >${bootId}`, { input: its });
    await remove(moved);
  });

  it("where it cannot be told, nothing is removed, and it is said", async () => {
    const its = await second.exec(`cat ${bootId}`);
    await second.exec(`: >${bootId}`);
    const back = await machineId(second, undefined);
    const made = await whole();
    const { moved, said } = await told(made, second);
    assert.match(
      said,
      new RegExp(
        `^warning: ${host.address}: left as it is: it cannot be told whether it is another machine than ${second.address}\\.`,
        "m",
      ),
    );
    assert.deepEqual([await rulesOf(host), await rulesOf(second)], [[rule], [rule]]);
    await second.exec(`cat >${bootId}`, { input: its });
    await back();
    await remove(made);
    await remove(moved);
  });

  it("a move that ended as reverted, but differs, on the new machine: the next change makes that right, and cleans the old one", async () => {
    const made = await whole();
    const restore = await second.replaceBinary(
      "/usr/sbin/ip",
      `#!/bin/sh
case "$*" in
  *-force*) exit 0 ;;
  *-batch*) ip.real "$@"; echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2 ;;
esac
exec ip.real "$@"
`,
    );
    const error = await refusal(update(made, { connection: second.connection }));
    await restore();
    closeHosts();
    assert.match(error.message, /reverted, but differs/);
    assert.ok("properties" in error && typeof error.properties === "object" && error.properties !== null);
    assert.deepEqual(await rulesOf(host), [rule]);
    const kept = { ...made, state: { ...error.properties }, fields: { ...made.fields, connection: second.connection } };
    const moved = await update(kept, {});
    assert.deepEqual([await rulesOf(host), await rulesOf(second)], [[], [rule]]);
    await remove(moved);
  });

  it("a password that is kept beside the old address is marked as a secret", async () => {
    const made = await whole({ connection: { ...host.connection, password: "hunter2" } });
    const restore = await second.replaceBinary(
      "/usr/sbin/ip",
      `#!/bin/sh\ncase "$*" in *-force*) exit 0 ;; *-batch*) ip.real "$@"; echo no >&2; exit 2 ;; esac\nexec ip.real "$@"\n`,
    );
    const error = await refusal(update(made, { connection: second.connection }));
    await restore();
    closeHosts();
    assert.match(error.message, /reverted, but differs/);
    assert.ok(error instanceof InitializationFailed);
    // As the SDK says a secret to the engine.
    const secret = { [runtime.specialSigKey]: runtime.specialSecretSig, value: "hunter2" };
    assert.deepEqual(error.properties["connection"], { ...host.connection, password: secret });
    await remove(made);
    await second.batch(["rule del pref 1000 proto 214", "route del default table 100"]);
  });

  // Asking for an address that nobody has is no silence: the kernel answers for it, but sooner or later than a dial ends.
  const silences: [string, () => Promise<Fields>, string][] = [
    ["says nothing", async () => ({ ...(await opened(startListener())), perDialTimeout: 1 }), "no login within 1 s"],
    ["refuses at once", async () => ({ host: host.address, port: 9 }), `not reachable \\(\\S+ port 9\\).* came back: connect ECONNREFUSED`],
  ];
  for (const [how, place, reason] of silences)
    describe(`where the old address ${how}`, () => {
      const left = async (): Promise<Made> => {
        const { host: name, port, perDialTimeout } = await place();
        const connection = { ...host.connection, dialErrorLimit: 0, host: name, port, perDialTimeout };
        const made = await whole();
        return { ...made, fields: { ...made.fields, connection }, state: { ...made.state, connection } };
      };

      it("and the state knows the machine: it goes on, removes nothing, and says that it was not asked", async () => {
        const made = await left();
        const { moved, said } = await told(made, host);
        assert.match(said, /: not asked, so nothing is removed there: it is taken for an old address of this machine/);
        assert.deepEqual(await rulesOf(host), [rule]);
        await remove(moved);
      });

      it("and the state does not know it: an error, and nothing is changed anywhere; with POLICY_ROUTING_UNREACHABLE=forget it goes on and says so", async () => {
        const made = await left();
        const before = await both();
        const error = await refusal(update(made, { connection: second.connection }));
        assert.match(
          error.message,
          new RegExp(`${reason}.*POLICY_ROUTING_UNREACHABLE=forget for this run: if it is another machine, what it owns stays there`, "s"),
        );
        assert.equal(await both(), before);
        closeHosts();
        process.env["POLICY_ROUTING_UNREACHABLE"] = "forget";
        const { moved, said } = await told(made, second).finally(() => void delete process.env["POLICY_ROUTING_UNREACHABLE"]);
        assert.match(said, /NOT removed from [0-9.]+: unreachable. What .*\/routing#\S+ owns is still there/);
        assert.deepEqual([await rulesOf(host), await rulesOf(second)], [[rule], [rule]]);
        await remove(moved);
        await remove({ ...made, state: { ...made.state, connection: host.connection } });
      });
    });
});
