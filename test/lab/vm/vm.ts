import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type More, release, rootfs, rootfsWith, type Suite } from "../booted/rootfs.js";
import type { Place } from "../place.js";
import { must, type Result, run } from "../run.js";
import type { Connection } from "../ssh-server.js";
import { until } from "../until.js";
import { disk } from "./disk.js";
import { ensureVm, kernel, kernels, type Series } from "./kernel.js";

const longestBoot = 300_000;
/** The networks by which it is reached: at a port of loopback each, as device `mgmtN` with address 10.0.N.15. */
const ways = [2, 3] as const;
export type Way = (typeof ways)[number];
const addressBy = (way: Way): string => `10.0.${way}.15`;
/** Whom it sees there. */
export const clientBy = (way: Way): string => `10.0.${way}.2`;

/** A port of loopback that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

const drive = (tag: string, path: string): string[] => [
  "-drive",
  `file=${path},format=raw,if=none,id=${tag},readonly=on`,
  "-device",
  `virtio-blk-pci,drive=${tag}`,
];

const shared = (tag: string, path: string): string[] => [
  "-fsdev",
  `local,id=${tag},path=${path},security_model=none,readonly=on`,
  "-device",
  `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`,
];

/**
 * A machine with a kernel of Debian's, emulated (no KVM is needed), its root a disk that is read only, with a layer in memory. It ends with the
 * process that booted it, and nothing but loopback reaches it.
 */
export class Vm implements Place {
  iproute2 = "";
  kernel = "";

  private constructor(
    readonly series: Series,
    private readonly ports: Readonly<Record<Way, number>>,
    readonly directory: string,
    private readonly qemu: ChildProcess,
  ) {}

  /** `releases` are those whose `sh` and `ip` it has beside its own, as root file systems in /releases; `more` are packages that its own has. */
  static async boot(
    series: Series,
    { releases = [], more }: { readonly releases?: readonly Suite[]; readonly more?: More } = {},
  ): Promise<Vm> {
    await ensureVm();
    const [files, root, port, otherPort, directory, others] = await Promise.all([
      kernel(series),
      (more === undefined ? rootfs(kernels[series]) : rootfsWith(more, kernels[series])).then(disk),
      freePort(),
      freePort(),
      mkdtemp(join(tmpdir(), "policy-routing-vm-")),
      Promise.all(releases.map(async (suite) => [suite, await disk(await release(suite))] as const)),
    ]);
    const ports = { 2: port, 3: otherPort };
    for (const name of ["key", "host_key"])
      await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(directory, name)]);
    await copyFile(join(directory, "key.pub"), join(directory, "authorized_keys"));
    await writeFile(
      join(directory, "known_hosts"),
      `${ways.map((way) => `[127.0.0.1]:${ports[way]}`).join(",")} ${await readFile(join(directory, "host_key.pub"), "utf8")}`,
    );
    await writeFile(join(directory, "releases"), releases.map((suite) => `${suite}\n`).join(""));
    await copyFile(join(__dirname, "start.sh"), join(directory, "start.sh"));
    const log = await open(join(directory, "qemu.log"), "a");
    const words = [
      // The translated code of a long run would else take a gigabyte.
      ...["-accel", "tcg,thread=multi,tb-size=256", "-cpu", "max", "-M", "q35", "-m", "512", "-smp", "1"],
      ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", `file:${join(directory, "console")}`],
      ...["-kernel", join(files, "vmlinux"), "-initrd", join(files, "initrd"), "-append"],
      "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on nokaslr tsc=reliable no5lvl rdinit=/init",
      ...ways.flatMap((way) => [
        "-netdev",
        `user,id=net${way},restrict=on,ipv6=off,net=10.0.${way}.0/24,hostfwd=tcp:127.0.0.1:${ports[way]}-${addressBy(way)}:22`,
        "-device",
        `virtio-net-pci,netdev=net${way},romfile=`,
      ]),
      ...["-device", "virtio-rng-pci", ...drive("root", root), ...shared("kernel", files), ...shared("own", directory)],
      ...others.flatMap(([suite, path]) => drive(suite, path)),
    ];
    const qemu = spawn("setpriv", ["--pdeathsig", "KILL", "qemu-system-x86_64", ...words], { stdio: ["ignore", log.fd, log.fd] });
    await log.close();
    const vm = new Vm(series, ports, directory, qemu);
    await vm.#answered().catch(async (error: unknown) => {
      const console_ = await readFile(join(directory, "console"), "utf8").catch(() => "");
      await vm.stop();
      throw new Error(`Linux ${series} did not boot: ${String(error)}\n${console_.slice(-2000)}`);
    });
    return vm;
  }

  /** The options of an `ssh` to it; every later one goes by the first one's connection. */
  #ssh(...rest: readonly string[]): string[] {
    const options = {
      BatchMode: "yes",
      ConnectTimeout: "60",
      StrictHostKeyChecking: "no",
      UserKnownHostsFile: "/dev/null",
      LogLevel: "ERROR",
      // A machine that stands still ends what waits for it.
      ServerAliveInterval: "60",
      ServerAliveCountMax: "5",
      ControlPath: join(this.directory, "master"),
    };
    const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return ["-F", "none", "-T", ...words, "-i", join(this.directory, "key"), "-p", String(this.ports[2]), ...rest, "root@127.0.0.1"];
  }

  /** What a provider needs to know to log in. */
  connection(way: Way = 2): Connection & { readonly port: number } {
    const [privateKeyPath, knownHostsPath] = [join(this.directory, "key"), join(this.directory, "known_hosts")];
    return { host: "127.0.0.1", port: this.ports[way], user: "root", privateKeyPath, knownHostsPath };
  }

  /** Runs a command by the shell that a login has. */
  result(command: string): Promise<Result> {
    return run(["ssh", ...this.#ssh(), command], { timeoutMs: longestBoot });
  }

  /** The same, which has to succeed; what it printed. */
  async exec(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.result(command);
    if (code !== 0) throw new Error(`${command}: exit code ${code}: ${stderr.trim()}`);
    return stdout;
  }

  argv(...words: readonly string[]): readonly [string, string[]] {
    return ["ssh", [...this.#ssh(), words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")]];
  }

  async #answered(): Promise<void> {
    const first = ["ssh", ...this.#ssh("-o", "ControlMaster=yes", "-o", "ControlPersist=yes"), "uname -r && ip -V"] as const;
    const said = await until(
      "its sshd",
      async () => {
        if (this.qemu.exitCode !== null) throw new Error(`qemu ended: ${await readFile(join(this.directory, "qemu.log"), "utf8")}`);
        const { code, stdout } = await run(first, { timeoutMs: longestBoot });
        return code === 0 ? stdout : undefined;
      },
      longestBoot,
      300,
    );
    const [, release = "", iproute2 = ""] = /^(\S+)\n.*iproute2-([^\s,]+)/.exec(said) ?? [];
    this.kernel = release;
    this.iproute2 = iproute2;
  }

  async stop(): Promise<void> {
    await run(["ssh", ...this.#ssh("-O", "exit")], { timeoutMs: 10_000 });
    this.qemu.kill("SIGKILL");
    await rm(this.directory, { recursive: true, force: true });
  }
}
