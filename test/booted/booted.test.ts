import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { takeDownBooted } from "../lab/booted/teardown";
import { run } from "../lab/run";
import { labName, takenSlots } from "../lab/slots";
import { until } from "../lab/until";
import { needBooted, suites } from "./suites";

const name = labName("booted-killed");

async function leftovers(): Promise<string[]> {
  const named = (text: string): string[] => text.split("\n").filter((line) => line.includes(name));
  const commands = (await readdir("/proc"))
    .filter((pid) => Number(pid) > 0)
    .map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return [
    ...named(await readFile("/proc/mounts", "utf8")),
    ...named((await readdir("/run/netns")).join("\n")),
    ...named((await Promise.all(commands)).join("\n").replaceAll("\0", " ")),
    ...named((await run(["find", "/sys/fs/cgroup", "/run", "-maxdepth", "4", "-name", `*${name}*`])).stdout),
    ...(await takenSlots()).filter(({ lab }) => lab === name).map(({ slot }) => `slot ${slot}`),
    ...(existsSync(`/run/policy-routing-lab/lab-${name}`) ? ["its directory"] : []),
  ];
}

for (const suite of suites)
  describe(`a booted host (${suite})`, () => {
    let host: BootedHost;
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name, suite });
    });
    after(() => takeDownBooted(name));

    it("has systemd, sessions of logind, sudo, and counts logins", async () => {
      assert.equal(await host.exec("systemctl is-system-running"), "running\n");
      const before = await host.countLogins();
      assert.match((await host.ssh("cat /proc/self/cgroup", "ops")).stdout, /^0::\/user\.slice\/user-\d+\.slice\/session-\w+\.scope$/m);
      assert.equal((await host.ssh("sudo -n id -u", "ops")).stdout, "0\n");
      assert.notEqual((await host.ssh("sudo -n id -u", "nosudo")).code, 0);
      assert.equal((await host.countLogins()) - before, 3);
    });

    it("keeps /etc over a reboot, and nothing of the kernel's", async () => {
      const before = await host.snapshot();
      const facts = "cat /etc/machine-id /proc/sys/kernel/random/boot_id";
      const [machine, boot] = (await host.exec(facts)).trim().split("\n");
      await host.batch(["rule add pref 100 from 198.51.100.1 table 100", "route add default via 198.18.128.1 table 100"]);
      await host.exec("touch /run/gone");
      await host.reboot();
      assert.equal((await host.ssh("true")).code, 0);
      assert.equal((await host.result("ls /run/gone")).code, 2);
      assert.equal(await host.snapshot(), before);
      const [same, other] = (await host.exec(facts)).trim().split("\n");
      assert.equal(same, machine);
      assert.notEqual(other, boot);
    });

    it("loses its management link and gets it back; its sshd stops and starts", async () => {
      const reachable = async (timeoutMs: number): Promise<boolean> => (await host.ssh("true", "root", { timeoutMs })).code === 0;
      await host.linkDown();
      assert.equal(await reachable(1_000), false);
      await host.linkUp();
      assert.equal(await reachable(20_000), true);
      await host.stopSshd("die");
      assert.equal(await reachable(5_000), false);
      await host.setSshdOption("AllowUsers", "ops").catch(() => host.startSshd());
      assert.equal(await reachable(20_000), false);
      await host.setSshdOption("AllowUsers", null);
      assert.equal(await reachable(20_000), true);
    });

    it("leaves nothing behind, also when its controller was killed while it was being made", async () => {
      await host.stop();
      assert.deepEqual(await leftovers(), []);
      const program = `require(${JSON.stringify(join(__dirname, "../lab/booted/booted.ts"))}).startBooted({ name: "${name}", suite: "${suite}" })`;
      for (const delay of [0, 100, 300, 600, 1_000, 2_000]) {
        const child = spawn(process.execPath, ["--require", "tsx/cjs", "-e", program], { stdio: "ignore" });
        const ended = once(child, "exit");
        await until("it to begin", async () => ((await takenSlots()).some(({ lab }) => lab === name) ? true : undefined), 60_000);
        await sleep(delay);
        child.kill("SIGKILL");
        await ended;
        await takeDownBooted(name);
        assert.deepEqual(await leftovers(), [], `killed after ${delay} ms`);
      }
    });
  });
