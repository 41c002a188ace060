import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Lab, startLab } from "./lab";
import { must } from "./run";
import { freeSlot, labName, takenSlots, takeSlot } from "./slots";
import { takeDown } from "./teardown";
import { until } from "./until";

describe("a lab", function () {
  this.timeout(30_000);
  let lab: Lab;
  before(async () => {
    lab = await startLab({ name: "test-lab", hosts: 2 });
  });
  after(() => lab.stop());

  it("has hosts that are reached by real ssh, each a machine of its own", async () => {
    const facts = await Promise.all(
      lab.hosts.map((host) => host.ssh("hostname; cat /etc/machine-id /proc/sys/kernel/random/boot_id; ls -A /root")),
    );
    assert.deepEqual(
      facts.map(({ code }) => code),
      [0, 0],
    );
    const [first, second] = facts.map(({ stdout }) => stdout.trim().split("\n"));
    assert.equal(first?.[0], `${labName("test-lab")}-h1`);
    assert.equal(second?.[0], `${labName("test-lab")}-h2`);
    assert.equal(new Set([...first.slice(1), ...second.slice(1)]).size, 4, "no machine-id and no boot id twice");
    assert.notEqual(await lab.hosts[0].hostKey(), await lab.hosts[1]?.hostKey());
  });

  it("has a user with sudo, one without, and one with a password", async () => {
    const host = lab.hosts[0];
    assert.equal((await host.ssh("sudo -n id -u", "ops")).stdout, "0\n");
    assert.notEqual((await host.ssh("sudo -n id -u", "nosudo")).code, 0);
    assert.notEqual((await host.ssh("id -un", "guest")).code, 0);
    const env = { SSH_ASKPASS: join(__dirname, "askpass.sh"), SSH_ASKPASS_REQUIRE: "force", LAB_PASSWORD: lab.password };
    assert.equal((await host.ssh("id -un", "guest", { env })).stdout, "guest\n");
  });

  it("shows a host nothing of this machine's own settings", async () => {
    const seen = await lab.hosts[0].exec("ls -A /root /etc/policy-routing 2>&1; ls /etc/iproute2/rt_tables.d");
    assert.equal(seen, "ls: cannot access '/etc/policy-routing': No such file or directory\n/root:\nREADME\n");
    assert.doesNotMatch(await lab.hosts[0].exec("ls /run /tmp"), /policy-routing-lab|lab-test-lab/);
  });

  it("counts logins exactly", async () => {
    const host = lab.hosts[0];
    const before = await host.countLogins();
    const results = await Promise.all(Array.from({ length: 30 }, () => host.ssh("true")));
    assert.equal(results.filter(({ code }) => code === 0).length, 30);
    assert.equal((await host.countLogins()) - before, 30);
  });

  it("lets a daemon outlive the session that started it, and reaps it when it ends", async () => {
    const host = lab.hosts[0];
    const pid = (
      await host.ssh("setsid sh -c 'while [ ! -e /run/stop ]; do sleep 0.02; done' >/dev/null 2>&1 </dev/null & echo $!")
    ).stdout.trim();
    assert.equal(await host.exec(`ps -o ppid= -p ${pid} | tr -d ' '`), "1\n");
    await host.exec("touch /run/stop");
    await until("the daemon to be reaped", async () => ((await host.result(`[ -e /proc/${pid} ]`)).code === 0 ? undefined : true));
    assert.equal(await host.exec("ps -e -o stat= | grep -c ^Z || true"), "0\n");
  });

  it("lives beside another lab", async () => {
    const other = await startLab({ name: "test-other", uplinks: 3 });
    try {
      assert.notEqual(other.hosts[0].address, lab.hosts[0].address);
      assert.deepEqual(
        other.hosts[0].uplinks.map(({ device }) => device),
        ["eth0", "eth1", "eth2"],
      );
      assert.equal((await other.hosts[0].ssh("true")).code, 0);
      assert.equal((await lab.hosts[0].ssh("true")).code, 0);
    } finally {
      await other.stop();
    }
    await assertNothingLeft(labName("test-other"));
    assert.equal((await lab.hosts[0].ssh("true")).code, 0);
  });

  it("leaves nothing behind, also when it was killed while it was being made", async function () {
    this.timeout(60_000);
    for (const delay of [0, 40, 80, 120, 160, 250, 500]) {
      const child = spawn(process.execPath, ["--require", "tsx/cjs", join(__dirname, "cli.ts"), "--name", "test-killed", "up", "3"], {
        stdio: "ignore",
      });
      await until(
        "the lab to begin",
        async () => ((await takenSlots()).some((slot) => slot.lab === labName("test-killed")) ? true : undefined),
        20_000,
      );
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await takeDown("test-killed");
      await assertNothingLeft(labName("test-killed"));
    }
  });

  it("is seen with its slot, or is not seen, while others come and go", async () => {
    let isOver = false;
    const others = (async () => {
      for (let rounds = 0; rounds < 100; rounds++) {
        const slot = await takeSlot("test-comes-and-goes");
        await freeSlot({ slot, lab: "test-comes-and-goes", pid: undefined, orphaned: false });
      }
      isOver = true;
    })();
    while (!isOver) assert.ok((await takenSlots()).every(({ lab }) => lab !== ""));
    await others;
  });

  it("is refused while another process uses its name", async () => {
    const program = `require(${JSON.stringify(join(__dirname, "lab.ts"))}).startLab({ name: "test-used" }).then(() => { console.log("up"); setInterval(() => {}, 1000); })`;
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    await assert.rejects(startLab({ name: "test-used" }), { message: `the lab ${labName("test-used")} is in use by process ${child.pid}` });
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await startLab({ name: "test-used" })).stop();
    await assertNothingLeft(labName("test-used"));
  });
});

async function assertNothingLeft(name: string): Promise<void> {
  const ours = (text: string): string[] => text.split("\n").filter((line) => line.includes(`lab-${name}`));
  assert.deepEqual(ours(await readFile("/proc/mounts", "utf8")), []);
  assert.deepEqual(ours((await readdir("/run/netns")).join("\n")), []);
  assert.equal(existsSync(`/run/policy-routing-lab/lab-${name}`), false);
  const slots = await takenSlots();
  assert.equal(
    slots.some(({ lab }) => lab === name),
    false,
  );
  // Other labs come and go meanwhile: theirs is a link without a lab only for a moment.
  await until("every link to be of a lab", async () => {
    const links = (await must(["ip", "-o", "link"])).match(/(?<=\d: lab)\d+/g) ?? [];
    const taken = await takenSlots();
    return links.every((link) => taken.some(({ slot }) => slot === Number(link))) ? true : undefined;
  });
  await until("its last processes to end", async () => {
    const commands = await Promise.all(
      (await readdir("/proc")).filter((pid) => Number(pid) > 0).map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
    );
    return ours(commands.join("\n")).length === 0 ? true : undefined;
  });
}
