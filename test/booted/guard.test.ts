import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { diagnosisOf } from "../../provider/src/cli/doctor/diagnosis";
import { closeHosts } from "../../provider/src/host/host";
import { examine } from "../../provider/src/host/reading/examine";
import { create, listenToStderr, remove } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { must } from "../lab/run";
import { until } from "../lab/until";
import { type Armed, armed, changedAt, cutOff, lateness, seconds, unitOf } from "./guard";
import { needBooted, suites } from "./suites";

for (const suite of suites)
  describe(`the guard of a booted host (${suite})`, () => {
    let host: BootedHost;
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-guard-${suite}`, suite });
    });
    let stderr: ReturnType<typeof listenToStderr>;
    beforeEach(() => {
      stderr = listenToStderr(); // every session tells of the undone changes that it finds
    });
    afterEach(async function () {
      stderr.end();
      closeHosts();
      // What one test left must not fail the next: neither in the kernel nor in the store, which would put it back.
      if (this.currentTest?.state !== "failed") return;
      await host.exec("rm -rf /etc/policy-routing");
      await host.reboot();
    });
    after(() => host?.stop());

    const units = async (): Promise<string> =>
      (await host.exec("systemctl list-units --all --no-legend --plain 'policy-routing-guard*'")).trim();
    const failed = async (): Promise<string> => (await host.exec("systemctl --failed --no-legend --plain")).trim();
    const journal = (unit: string): Promise<string> => host.exec(`journalctl --sync; journalctl --output=short-unix --unit=${unit}`);
    const show = async (guard: Armed, property: string): Promise<string> =>
      (await host.exec(`systemctl show --property=${property} --value ${unitOf(guard)}`)).trim();
    const collected = (): Promise<true> =>
      until("the unit to be collected", async () => ((await units()) === "" ? true : undefined), 20_000);

    /** Ends the guard's process and waits until systemd started it again. */
    const kill = async (guard: Armed, signal: string): Promise<void> => {
      const restarts = Number(await show(guard, "NRestarts"));
      await host.exec(`kill -${signal} ${await show(guard, "MainPID")}`);
      await until("the guard to be restarted", async () => (Number(await show(guard, "NRestarts")) > restarts ? true : undefined), 20_000);
    };

    /** Cuts the controller off, lets something happen to the guard, and sees it fire in time and put everything back. */
    const fires = async (what: string, happens: (guard: Armed) => Promise<void>, login: Record<string, unknown> = {}): Promise<void> => {
      const before = await host.snapshot();
      const outcome = cutOff(host.controller, { ...host.connection, ...login });
      const guard = await armed(host);
      await happens(guard);
      const late = await lateness(host, guard);
      console.log(`      ${what}: fired ${late.toFixed(2)} s after its deadline`);
      assert.ok(late >= 0 && late < 2, `${late} s`);
      assert.match((await outcome).message, /reverted \(verified\)/);
      assert.equal(await host.snapshot(), before);
      await collected();
      assert.equal(await failed(), "");
    };

    it("is tried by doctor as a service, which finds all well and leaves neither a unit nor a file", async () => {
      const traces = async (): Promise<string> => [await host.snapshot(), await host.exec("find /run/policy-routing* /etc | sort")].join();
      await host.exec("mkdir -p /run/policy-routing");
      const before = await traces();
      const checks = diagnosisOf(host.connection, await examine(host.connection));
      assert.deepEqual(
        checks.filter(({ level }) => level !== "ok"),
        [],
      );
      assert.match(checks.find(({ check }) => check === "guard")?.says ?? "", /^runs, as a service of systemd, /);
      assert.match(checks.find(({ check }) => check === "persistence")?.says ?? "", /^systemd puts back after a reboot$/);
      assert.equal(await traces(), before);
      await collected();
      assert.equal(await failed(), "");
    });

    it("undoes what cut the controller off", () => fires("left alone", async () => {}));

    it("does so after daemon-reload, daemon-reexec and kill -9", () =>
      fires("reload, reexec, kill -9", async (guard) => {
        await host.exec("systemctl daemon-reload");
        await kill(guard, "KILL");
        await host.exec("systemctl daemon-reexec");
      }));

    it("does so after a mere kill", () => fires("kill", (guard) => kill(guard, "TERM")));

    it("does so when every process of the SSH session was killed", () =>
      fires("session killed", async () => {
        const scopes = (await host.exec("systemctl list-units --no-legend --plain 'session-*.scope' | cut -d' ' -f1")).trim();
        assert.notEqual(scopes, "");
        await host.exec(`systemctl kill --signal=KILL ${scopes.replaceAll("\n", " ")}`);
      }));

    it("does so with KillUserProcesses=yes and a user with sudo", async () => {
      await host.exec("mkdir -p /etc/systemd/logind.conf.d");
      await writeFile(await host.file("/etc/systemd/logind.conf.d/kill.conf"), "[Login]\nKillUserProcesses=yes\n");
      await host.exec("systemctl restart systemd-logind");
      // Else the test would show nothing.
      const { stdout } = await host.ssh(
        "setsid sudo sleep 1000 >/dev/null 2>&1 </dev/null & for try in $(seq 100); do pgrep -f '^sleep 1000' && break; sleep 0.05; done",
        "ops",
      );
      assert.match(stdout, /^\d+\n$/);
      await until(
        "what the session started to be killed",
        async () => ((await host.result("pgrep -f '^sleep 1000'")).code === 1 ? true : undefined),
        20_000,
      );
      await fires("KillUserProcesses=yes", async () => void (await host.exec("loginctl terminate-user ops")), { user: "ops", sudo: true });
      await host.exec("rm /etc/systemd/logind.conf.d/kill.conf && systemctl restart systemd-logind");
    });

    it("does so when the clock is set", async function () {
      // A machine has one clock, containers or not: whoever runs here at the same time would feel it.
      if (process.env["POLICY_ROUTING_STEP_CLOCK"] !== "1") {
        console.log("      skipped: it sets this machine's clock; POLICY_ROUTING_STEP_CLOCK=1 allows it");
        this.skip();
      }
      await fires("clock an hour ahead and back", async () => {
        for (const step of ["+1 hour", "-1 hour"]) await must(["date", `--set=${step}`]);
      });
    });

    it("ends within two seconds when the change is confirmed: it looks each second", async () => {
      const made = await create("PolicyRule", {
        connection: host.connection,
        priority: 200,
        from: "198.51.100.1",
        table: 100,
        guard: { confirmTimeout: 30 },
      });
      const [txn] = (await host.exec("cd /run/policy-routing; ls -td t-*/confirmed")).split("/");
      const unit = `policy-routing-guard-${txn}.service`;
      const confirmed = (await changedAt(await host.file(`/run/policy-routing/${txn}/confirmed`))) ?? Number.NaN;
      await collected();
      const [, ended] = /^([0-9.]+) .*(?:Deactivated successfully|Succeeded)/m.exec(await journal(unit)) ?? [];
      const after = Number(ended) - confirmed;
      console.log(`      ended ${after.toFixed(2)} s after it was confirmed`);
      assert.ok(after < 2, `${after} s`);
      assert.equal(await failed(), "");
      await remove(made);
      await collected();
    });

    it("ends when its text is gone, however it is killed", async () => {
      const outcome = cutOff(host.controller, { ...host.connection }, 60);
      const guard = await armed(host);
      await host.exec(`ip rule del pref 100; rm -rf /run/policy-routing; kill -KILL ${await show(guard, "MainPID")}`);
      await collected();
      assert.equal(await failed(), "");
      await outcome;
    });

    it("writes what happened to the journal", async () => {
      await host.exec("journalctl --sync");
      const lines = (await host.exec("journalctl --identifier=policy-routing --output=cat")).trim().split("\n");
      const undone = /^transaction t-\w+ of organization\/test\/host by \S+ pid \d+: undone$/;
      assert.ok(lines.filter((line) => undone.test(line)).length >= 5, lines.join("\n"));
      assert.ok(
        lines.some((line) => /^t-\w+ of organization\/test\/host by \S+ pid \d+: \d+ steps for \S+: applied in run \S+: /.test(line)),
        lines.join("\n"),
      );
    });

    it("is gone with all that it guarded when the host boots anew", async () => {
      const outcome = cutOff(host.controller, { ...host.connection }, 10 * seconds);
      await armed(host);
      await host.reboot();
      assert.equal((await host.result("ls /run/policy-routing")).code, 2);
      assert.deepEqual(
        (await host.ip("rule show")).map(({ priority }) => priority),
        [0, 32766, 32767],
      );
      assert.match((await outcome).message, /reverted \(verified\).*the host was rebooted meanwhile/s);
      const made = await create("PolicyRule", { connection: host.connection, priority: 200, from: "198.51.100.1", table: 100 });
      assert.deepEqual(
        (await host.ip("rule show")).map(({ priority }) => priority),
        [0, 200, 32766, 32767],
      );
      await remove(made);
    });
  });
