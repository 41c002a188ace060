import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { until } from "../lab/until";
import { rulesOf } from "./monitor";
import { create, type Fields, read, refusal, remove, update } from "./resource";

/** Where each has a program: for all that it does not have, the host's own stay. */
const userlands = {
  busybox: "busybox=$(command -v busybox); for name in $($busybox --list); do ln -sf $busybox /usr/local/bin/$name; done",
  // Its ping needs what systemd sets on a booted host.
  toybox:
    "echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range; toybox=$(command -v toybox); for name in $($toybox); do ln -sf $toybox /usr/local/bin/$name; done",
  uutils: "for file in /usr/lib/cargo/bin/coreutils/*; do ln -sf $file /usr/local/bin/${file##*/}; done",
} as const;
/** The lab's own, and what is none of a userland. */
const kept = "ip login su mount umount nsenter pgrep pkill hostname sh nc netcat";
const shells = { dash: "/bin/dash", bash: "/bin/bash", "busybox's sh": "/bin/busybox" } as const;

describe("a host with another userland", function () {
  this.timeout(120_000);

  let lab: Lab;
  let host: Host;
  before(async () => {
    await ensurePackages(["busybox", "toybox", "rust-coreutils"]);
    lab = await startLab({ name: "test-host-userland" });
    host = lab.hosts[0];
  });
  afterEach(async () => {
    closeHosts();
    await host.exec("rm -rf /run/policy-routing");
  });
  after(() => lab.stop());

  const guard = { confirmTimeout: 2 };
  const failing = { ...guard, confirmTimeout: 30, probes: [{ route: "192.0.2.1", dev: "nowhere", expect: true }] };
  const whole = (table: number, more: Fields = {}): Fields => ({
    connection: host.connection,
    guard,
    persist: "rc-local",
    tables: { rt2: { tableId: 100, name: "rt2" } },
    rules: { out: { priority: 1000, from: "198.18.128.2", table } },
    routes: { out: { destination: "192.0.2.0/24", type: "blackhole", table: 100 } },
    ...more,
  });
  const clean = async (): Promise<string> =>
    [await host.snapshot(), await host.exec("find /etc /run -path '*policy-routing*' -name '[0-9]*'")].join();

  /** What must hold whatever programs there are. */
  const contract = async (): Promise<void> => {
    const before = await clean();
    const answering = { ...guard, probes: [{ ping: host.uplinks[1].gateway, expect: true }] };
    const made = await create("HostRouting", whole(100, { guard: answering }));
    assert.equal(made.state["persisted"], "rc-local");
    const register = await host.exec("cat /run/policy-routing/register");
    const changed = await host.snapshot();
    // Undone on the spot: the register has its old length.
    assert.match((await refusal(update(made, whole(101, { guard: failing })))).message, /: reverted \(verified\): /);
    assert.equal(await host.snapshot(), changed);
    assert.equal(await host.exec("cat /run/policy-routing/register"), register);
    // Undone by its guard.
    const cut = { connection: host.connection, priority: 1009, to: "198.19.0.0/16", action: "blackhole" };
    const cutOff = await refusal(create("PolicyRule", { ...cut, persist: "none", guard: { ...guard, allowManagementPathChange: true } }));
    assert.match(cutOff.message, /: reverted \(verified\): /);
    assert.equal(await host.snapshot(), changed);
    // Put back.
    await host.exec("ip rule del pref 1000; ip route flush table 100");
    assert.equal((await host.ssh("/usr/local/bin/sh /etc/policy-routing/replay")).code, 0);
    assert.equal(await host.snapshot(), changed);
    const other = await update(made, whole(102));
    assert.notEqual(await read(other), undefined);
    await remove(other);
    assert.equal(await clean(), before);
  };

  for (const [userland, install] of Object.entries(userlands))
    describe(`of ${userland}`, () => {
      before(async () => {
        await host.exec(`${install}; cd /usr/local/bin && rm -f ${kept}`);
        assert.equal((await host.ssh("command -v head")).stdout, "/usr/local/bin/head\n");
      });
      after(() => host.exec("rm -rf /usr/local/bin && mkdir /usr/local/bin"));

      for (const [shell, path] of Object.entries(shells))
        it(`is changed, undone, cut off and put back, by ${shell}`, async () => {
          await host.exec(`ln -sf ${path} /usr/local/bin/sh`);
          await contract();
        });
    });

  describe("in which something is missing", () => {
    const rule = (): Fields => ({ connection: host.connection, priority: 1000, from: "198.18.128.2", table: 100 });
    const named = async (program: string, message: RegExp): Promise<void> => {
      const path = (await host.exec(`command -v ${program}`)).trim();
      const mend = await host.replaceBinary(path, null);
      try {
        const before = await rulesOf(host);
        const began = performance.now();
        const error = await refusal(create("PolicyRule", rule()));
        const seconds = (performance.now() - began) / 1000;
        assert.match(error.message, message);
        assert.ok(seconds < 5, `told after ${seconds.toFixed(1)} s`); // a login on a busy machine is most of it
        assert.deepEqual(await rulesOf(host), before);
      } finally {
        closeHosts();
        if (program === "mv") await host.exec('perl -e \'rename("/usr/bin/mv.real", "/usr/bin/mv")\'');
        else await mend();
      }
    };

    for (const program of ["cat", "grep", "ln", "mkdir", "mv", "readlink", "rm", "rmdir", "sed", "sleep", "tail", "wc"])
      it(`${program}: is named at once, and nothing was changed`, () =>
        named(program, new RegExp(`: programs are missing on the host: ${program}\n {2}ran: command -v ${program}\n`)));

    it("head: is named at once, and nothing was changed", () => named("head", /: programs are missing on the host: head\n/));

    it("setsid: is named at once, and nothing was changed", () =>
      named("setsid", /: nothing was changed: the guard could not be started: there is no setsid on the host/));

    it("dd: another one does its work", async () => {
      const mend = await host.replaceBinary("/usr/bin/dd", null);
      const made = await create("PolicyRule", rule());
      const register = await host.exec("cat /run/policy-routing/register");
      assert.match((await refusal(update(made, { table: 101, guard: failing }))).message, /: reverted \(verified\): /);
      assert.equal(await host.exec("cat /run/policy-routing/register"), register);
      await remove(made);
      await mend();
    });

    it("fractions of a second for sleep: whole ones do", async () => {
      const mend = await host.replaceBinary(
        "/usr/bin/sleep",
        "#!/bin/sh\ncase $1 in *.*) echo invalid >&2; exit 1 ;; esac\nexec sleep.real $1\n",
      );
      const before = await host.snapshot();
      const cut = { ...rule(), from: undefined, table: undefined, to: "198.19.0.0/16", action: "blackhole" };
      const error = await refusal(create("PolicyRule", { ...cut, guard: { ...guard, allowManagementPathChange: true } }));
      assert.match(error.message, /: reverted \(verified\): /);
      assert.equal(await host.snapshot(), before);
      await until("the guards to end", async () =>
        (await host.result("pgrep -f '[/]run/policy-routing/t-'")).code === 1 ? true : undefined,
      );
      await mend();
    });

    it("/etc/machine-id, a log and logger: nothing breaks", async () => {
      const log = "/var/log/policy-routing.log";
      await host.exec(`mv /etc/machine-id /etc/machine-id.away; rm -f ${log}; mkdir ${log}; mv /usr/bin/logger /usr/bin/logger.away`);
      try {
        const made = await create("PolicyRule", rule());
        assert.match((await refusal(update(made, { table: 101, guard: failing }))).message, /: reverted \(verified\): /);
        const cut = { ...rule(), priority: 1009, from: undefined, table: undefined, to: "198.19.0.0/16", action: "blackhole" };
        const error = await refusal(create("PolicyRule", { ...cut, guard: { ...guard, allowManagementPathChange: true } }));
        assert.match(error.message, /: reverted \(verified\): /);
        await remove(made);
      } finally {
        await host.exec(`mv /etc/machine-id.away /etc/machine-id; rmdir ${log}; mv /usr/bin/logger.away /usr/bin/logger`);
      }
    });
  });
});
