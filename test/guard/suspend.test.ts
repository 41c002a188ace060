// A machine that sleeps while a change is held: nothing of it runs, and its uptime (CLOCK_BOOTTIME, by which a guard counts) goes on.
import { strict as assert } from "node:assert";
import { readdir, readlink, writeFile } from "node:fs/promises";
import { describe } from "mocha";
import { rulesOf } from "../host/monitor";
import { create, read, refusal } from "../host/resource";
import type { Host } from "../lab/lab";
import { until } from "../lab/until";
import { auditOf, isFired, run, verified } from "./fixture";
import { heldFields, isHeld } from "./held";
import { atOnce } from "./scenarios";

/**
 * The offset of a clock is fixed for a namespace once something runs in it. So what the host reads in place of its uptime is a file, kept up
 * by another /proc and written in one piece, to which the seconds that it slept are added.
 */
async function withClock(host: Host): Promise<void> {
  await host.exec(`mkdir /tmp/proc && mount -t proc proc /tmp/proc && echo 0 >/tmp/slept
    cat >/tmp/clock <<'END'
while read -r now _ </tmp/proc/uptime && read -r slept </tmp/slept; do
  printf '%-30s\\n' "$((\${now%%.*} + slept)).00 0.00" 1<>/tmp/uptime
  sleep 0.1
done
END
    printf '%-30s\\n' 1 >/tmp/uptime
    setsid sh /tmp/clock >/dev/null 2>&1 </dev/null & mount --bind /tmp/uptime /proc/uptime`);
  await until("a clock", async () => ((await host.exec("cat /proc/uptime")).includes(".") ? true : undefined));
}

/** Stops all that runs on it, lets that time go by, and wakes it. */
async function sleepFor(host: Host, seconds: number): Promise<void> {
  const all = await processesOf(host);
  for (const pid of all) signal(pid, "SIGSTOP");
  await writeFile(await host.file("/tmp/slept"), `${seconds}\n`);
  for (const pid of all) signal(pid, "SIGCONT");
}

/** In the controller's numbers. */
async function processesOf(host: Host): Promise<number[]> {
  const namespaceOf = (pid: number | string): Promise<string> => readlink(`/proc/${pid}/ns/pid`).catch(() => "");
  const here = await namespaceOf(await host.pid());
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => ((await namespaceOf(pid)) === here ? [Number(pid)] : [])));
  return found.flat();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

describe("a host that sleeps while a change is held", function () {
  this.timeout(180_000);

  atOnce("test-guard-suspend", {
    "for longer than its guard has time undoes it when it wakes, long before the end of the hold": async (host) => {
      await withClock(host);
      const before = await host.snapshot();
      const making = refusal(create("HostRouting", heldFields(host, { confirmTimeout: 30, hold: 600 })));
      await isHeld(host);
      await sleepFor(host, 3600);
      const woke = performance.now();
      await isFired(host, 20_000);
      const { message } = await making;
      assert.ok(performance.now() - woke < 25_000, `${performance.now() - woke} ms`);
      assert.match(message, verified);
      assert.match(message, /held for [0-9]+ of 600 s, then its guard had fired: the controller's sign came too late/);
      assert.equal(await host.snapshot(), before);
      assert.equal((await host.result("ls /var/lib/policy-routing/history")).stdout, "");
      assert.match((await auditOf(host)).at(-1) ?? "", /: undone$/);
    },

    "for a moment keeps it, and it is confirmed at its end": async (host) => {
      await withClock(host);
      const making = create("HostRouting", heldFields(host, { confirmTimeout: 60, hold: 15 }));
      await isHeld(host);
      await sleepFor(host, 20);
      assert.notEqual(await read(await making), undefined);
      assert.equal((await rulesOf(host)).length, 1);
      assert.equal((await host.result(`ls ${run}/t-*/armed`)).stdout, "");
    },
  });
});
