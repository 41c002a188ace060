import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { type Result, run } from "../lab/run";
import { connectionOf, previewOf } from "./preview";

const main = join(__dirname, "../../provider/dist/cli/main.js");
const schema = z.array(
  z.object({
    host: z.string(),
    checks: z.array(z.object({ check: z.string(), level: z.string(), says: z.string(), next: z.string().optional() })),
  }),
);
type Checks = z.infer<typeof schema>[number]["checks"];

const cli = (...args: string[]): Promise<Result> => run([process.execPath, main, "doctor", ...args]);

describe("policy-routing doctor", function () {
  this.timeout(120_000);
  let lab: Lab;
  let host: Host;
  before(async () => {
    await ensurePackages(["busybox"]);
    lab = await startLab({ name: "test-host-doctor" });
    host = lab.hosts[0];
  });
  after(() => lab.stop());

  /** All that a visit could leave: files, processes, units, lines of a log. */
  const traces = async (): Promise<string[]> => {
    const texts = [
      await host.snapshot(),
      await host.exec("find /run /etc /var/log /tmp ! -path '*/sshd.log' ! -path '/run/netns*' ! -path '/run/sudo*' | sort"),
      await host.exec("grep -ls 'policy-routin[g]' /proc/[0-9]*/cmdline || :"),
    ];
    return texts.join("\n").split("\n");
  };
  const login = (user = "root"): string[] => [`${user}@${host.address}`, "--identity", host.keyPath, "--known-hosts", host.knownHostsPath];
  const diagnosis = async (code: number, ...args: string[]): Promise<Checks> => {
    const before = await traces();
    const { stdout, stderr, code: is } = await cli(...args, "--json");
    assert.equal(is, code, `${stdout}${stderr}`);
    const after = await traces();
    assert.deepEqual([after.filter((line) => !before.includes(line)), before.filter((line) => !after.includes(line))], [[], []]);
    const [one] = schema.parse(JSON.parse(stdout));
    assert.ok(one !== undefined && one.host === host.address);
    for (const { level, next } of one.checks) assert.ok(level === "ok" || next !== undefined, stdout);
    return one.checks;
  };
  const levels = (checks: Checks): string[] => checks.filter(({ level }) => level !== "ok").map(({ check, level }) => `${level} ${check}`);
  const find = (checks: Checks, name: string): Checks[number] => {
    const found = checks.find(({ check }) => check === name);
    assert.ok(found !== undefined, `${name} is missing: ${JSON.stringify(checks)}`);
    return found;
  };

  it("on a host without systemd tells that nothing lasts, that all else is well, and leaves nothing there", async () => {
    const checks = await diagnosis(0, ...login());
    assert.deepEqual(levels(checks), ["warning persistence"]);
    assert.deepEqual(
      checks.map(({ check }) => check),
      [
        "login",
        "host key",
        "root",
        "versions",
        "IPv6",
        "namespace",
        "persistence",
        "neighbours",
        "uptime",
        "/run",
        "clock",
        "guard",
        "second login",
      ],
    );
    assert.match(find(checks, "guard").says, /^runs, as two processes that watch each other, .*; it was taken away again$/);
    assert.match(find(checks, "versions").says, /^Linux [0-9.]+.*, iproute2 [0-9.]+; /);
    const { stdout } = await cli(...login());
    assert.match(stdout, new RegExp(`^${host.address.replaceAll(".", "\\.")}\\n {2}ok {7}login +as root, `));
    assert.match(stdout, /^ {2}warning {2}persistence +what is applied is gone after a reboot: .*\n {20,}next: /m);
  });

  it("on a host whose programs are busybox's finds the same", async () => {
    const kept = "ip|login|su|mount|umount|nsenter|pgrep|pkill|hostname|nc|netcat|ps";
    await host.exec(
      `busybox=$(command -v busybox); for name in $($busybox --list); do case $name in ${kept}) ;; *) ln -sf $busybox /usr/local/bin/$name ;; esac; done`,
    );
    const checks = await diagnosis(0, ...login());
    await host.exec("/usr/bin/find /usr/local/bin -lname '*busybox' -delete");
    assert.deepEqual(levels(checks), ["warning persistence"]);
    assert.match(find(checks, "/run").says, /^[0-9]+ KiB are free$/);
    assert.equal(find(checks, "clock").says, "as the one here");
  });

  it("ends with 1 where sudo wants a password, where the user is not root, where the login or the host key is refused, and says what to do", async () => {
    assert.match(find(await diagnosis(0, ...login("ops"), "--sudo"), "root").says, /^by sudo/);
    const refused = await diagnosis(1, ...login("nosudo"), "--sudo");
    assert.deepEqual(levels(refused), ["fails sudo"]);
    assert.match(find(refused, "sudo").next ?? "", /in \/etc\/sudoers\.d\/: nosudo ALL/);
    const plain = await diagnosis(1, ...login("nosudo"));
    assert.deepEqual(levels(plain), ["fails root"]);
    assert.match(find(plain, "root").next ?? "", /log in as root, or set sudo: true/);
    assert.deepEqual(levels(await diagnosis(1, ...login("nobody"))), ["fails login"]);
    const strange = [`root@${host.address}`, "--identity", host.keyPath, "--known-hosts", "/nowhere"];
    assert.deepEqual(levels(await diagnosis(1, ...strange)), ["fails host key"]);
    const waived = await diagnosis(0, ...strange, "--insecure-ignore-host-key");
    assert.equal(find(waived, "host key").level, "warning");
  });

  it("fails where no guard can run, or no second login comes beside the first", async () => {
    const back = await host.replaceBinary("/usr/bin/setsid", null);
    const checks = await diagnosis(1, ...login());
    await back();
    assert.deepEqual(levels(checks), ["warning persistence", "fails guard"]);
    assert.match(find(checks, "guard").says, /there is no setsid on the host/);
    await host.fillRun();
    const full = await diagnosis(1, ...login());
    await host.freeRun();
    assert.ok(levels(full).includes("warning /run") && levels(full).includes("fails guard"), JSON.stringify(full));
    const log = "/etc/profile.once";
    await host.exec(
      `printf '[ ! -e /tmp/once ] || exit 7; : >/tmp/once\\n' >${log}; cp /root/.bashrc /root/.bashrc.kept 2>/dev/null; cp ${log} /root/.bashrc`,
    );
    const { stdout, code } = await cli(...login(), "--json");
    await host.exec(`rm -f /tmp/once ${log} /root/.bashrc; mv /root/.bashrc.kept /root/.bashrc 2>/dev/null || :`);
    assert.equal(code, 1, stdout);
    assert.deepEqual(levels(schema.parse(JSON.parse(stdout))[0]?.checks ?? []), ["warning persistence", "fails second login"]);
  });

  it("takes hosts and logins from what pulumi wrote, all of them or those that are named", async () => {
    const file = join(lab.hosts[0].keyPath, "../plan-for-doctor.json");
    const dead = { ...connectionOf(host), host: "198.19.255.254", perDialTimeout: 1, dialErrorLimit: 0 };
    const rule = { family: "inet", priority: 1000, table: 100 };
    const resources = [connectionOf(host), dead].map((connection, index) => ({
      kind: "PolicyRule",
      name: `rule-${index}`,
      after: { connection, ...rule },
    }));
    await writeFile(file, previewOf(resources));
    const all = await cli("--hosts", file, "--json");
    assert.equal(all.code, 1);
    const parsed = schema.parse(JSON.parse(all.stdout));
    assert.deepEqual(
      parsed.map(({ host: name, checks }) => [name, levels(checks)]),
      [
        [host.address, ["warning persistence"]],
        [dead.host, ["fails login"]],
      ],
    );
    assert.equal((await cli("--hosts", file, host.address)).code, 0);
    assert.equal((await cli("--hosts", file, "edge-9")).code, 2);
    assert.equal((await cli()).code, 2);
    assert.doesNotMatch(await readFile(file, "utf8"), /BEGIN/);
  });
});
