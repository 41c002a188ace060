import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { after, afterEach, before, describe, it } from "mocha";
import type { Connection } from "../../provider/src/declaration/connection";
import { closeHosts } from "../../provider/src/host/host";
import { section } from "../../provider/src/host/wire/answer";
import { Shell } from "../../provider/src/host/wire/shell";
import { type Host, type Lab, startLab } from "../lab/lab";
import { startRelay } from "../lab/relay";
import { must } from "../lab/run";
import { until } from "../lab/until";
import { create, listenToStderr, type Made, refusal, remove } from "./resource";

describe("a connection", () => {
  let lab: Lab;
  let host: Host;
  let second: Host;
  let folder: string;
  let key: string;
  const environment = { HOME: process.env["HOME"], SSH_AUTH_SOCK: process.env["SSH_AUTH_SOCK"] };
  before(async () => {
    lab = await startLab({ name: "test-host-connect", hosts: 2 });
    host = lab.hosts[0];
    const [, other] = lab.hosts;
    assert.ok(other !== undefined);
    second = other;
    folder = await mkdtemp(join(tmpdir(), "test-host-connect-"));
    key = await readFile(host.keyPath, "utf8");
    delete process.env["SSH_AUTH_SOCK"];
  });
  afterEach(() => {
    closeHosts();
    for (const [name, value] of Object.entries({ ...environment, SSH_AUTH_SOCK: undefined }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
  after(async () => {
    if (environment.SSH_AUTH_SOCK !== undefined) process.env["SSH_AUTH_SOCK"] = environment.SSH_AUTH_SOCK;
    closeHosts();
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Logs in and asks the host who it is. */
  const login = async (connection: Connection): Promise<string> => {
    const shell = await Shell.open(connection);
    try {
      return section(await shell.run('facts "$session"'), "facts") ?? "";
    } finally {
      shell.close();
    }
  };
  const asRoot = async (connection: Connection): Promise<void> => assert.match(await login(connection), /^uid 0$/m);
  const bare = (): Connection => ({ host: host.address, user: "root", knownHostsPath: host.knownHostsPath });
  const machineId = async (of: Host): Promise<string> => (await readFile(await of.file("/etc/machine-id"), "utf8")).trim();

  describe("credentials", () => {
    /** An agent of OpenSSH that holds the lab's key, or others. */
    const withAgent = async (action: (socket: string) => Promise<void>, keys = [host.keyPath]): Promise<void> => {
      const socket = join(folder, "agent");
      const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
      try {
        await until("the agent to take the key", async () =>
          must(["ssh-add", "-q", ...keys], { env: { SSH_AUTH_SOCK: socket } }).then(
            () => true,
            () => undefined,
          ),
        );
        await action(socket);
      } finally {
        agent.kill();
        await rm(socket, { force: true });
      }
    };

    it("agentSocketPath: logs in by a real ssh-agent", () => withAgent((agentSocketPath) => asRoot({ ...bare(), agentSocketPath })));

    it("SSH_AUTH_SOCK: is the agent where nothing else is said", () =>
      withAgent(async (socket) => {
        process.env["SSH_AUTH_SOCK"] = socket;
        await asRoot(bare());
      }));

    describe("an agent of eight keys, of which sshd takes six tries", () => {
      const strangers: string[] = [];
      before(async () => {
        for (let i = 0; i < 8; i++) {
          strangers.push(join(folder, `stranger-${i}`));
          await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, `stranger-${i}`)]);
        }
      });

      it("does not come before the key that was named", () =>
        withAgent(async (agentSocketPath) => {
          await asRoot({ ...bare(), agentSocketPath, privateKeyPath: host.keyPath });
          await asRoot({ ...bare(), agentSocketPath, privateKey: key });
        }, strangers));

      it("is refused at the first dial: more would look like an attack", () =>
        withAgent(async (agentSocketPath) => {
          const gate = await startRelay({ host: host.address });
          const hostKey = await host.hostKey();
          const error = await refusal(login({ host: gate.host, port: gate.port, user: "root", hostKey, agentSocketPath }));
          await gate.close();
          assert.match(
            error.message,
            /: login as root was refused\n {2}came back: Too many authentication failures\n {2}next: .*privateKeyPath/,
          );
          assert.equal(gate.dials(), 1);
        }, strangers));
    });

    it("an agent that is gone does not keep a key from being tried, as with OpenSSH", async () => {
      await mkdir(join(folder, "gone/.ssh"), { recursive: true });
      await copyFile(host.keyPath, join(folder, "gone/.ssh/id_ed25519"));
      process.env["HOME"] = join(folder, "gone");
      process.env["SSH_AUTH_SOCK"] = join(folder, "nobody");
      await asRoot(bare());
    });

    it("an agent that is gone, and nothing else: says so", async () => {
      const error = await refusal(login({ ...bare(), agentSocketPath: join(folder, "nobody") }));
      assert.match(error.message, /agent/);
      assert.ok(error.message.startsWith(`${host.address}: `));
    });

    it("privateKey: logs in by the text of a key", () => asRoot({ ...bare(), privateKey: key }));

    it("privateKeyPath: logs in by a file", () => asRoot(host.connection));

    it("privateKeyPath: a file that is not there is named", async () => {
      const path = join(folder, "no-such-key");
      const error = await refusal(login({ ...bare(), privateKeyPath: path }));
      assert.ok(error.message.startsWith(`${host.address}: the private key ${path} cannot be read`), error.message);
    });

    describe("an encrypted key", () => {
      const passphrase = "correct horse";
      let path: string;
      before(async () => {
        path = join(folder, "encrypted");
        await copyFile(host.keyPath, path);
        await must(["ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", path]);
      });

      it("opens with its passphrase, as a file and as text", async () => {
        await asRoot({ ...bare(), privateKeyPath: path, privateKeyPassword: passphrase });
        await asRoot({ ...bare(), privateKey: await readFile(path, "utf8"), privateKeyPassword: passphrase });
      });

      for (const [what, privateKeyPassword] of [
        ["a wrong passphrase", { privateKeyPassword: "battery staple" }],
        ["no passphrase", {}],
      ] as const)
        it(`${what}: fails without a dial and says that the passphrase is it`, async () => {
          const gate = await startRelay({ host: host.address });
          const error = await refusal(
            login({ host: gate.host, port: gate.port, hostKey: await host.hostKey(), privateKeyPath: path, ...privateKeyPassword }),
          );
          await gate.close();
          assert.match(error.message, /private key.* cannot be used/);
          assert.match(error.message, /privateKeyPassword/);
          assert.ok(error.message.startsWith(`${gate.host}: `), error.message);
          assert.ok(gate.dials() <= 1, `${gate.dials()} dials`);
        });
    });

    it("a text that is no key: says so", async () => {
      const error = await refusal(login({ ...bare(), privateKey: "not a key" }));
      assert.match(error.message, /private key.* cannot be used/);
    });

    it("password: logs in by it", async () => {
      assert.match(await login({ ...bare(), user: "guest", password: lab.password }), /^uid 64103$/m);
    });

    const wrong: [string, () => Promise<Partial<Connection>>][] = [
      ["a wrong password", async () => ({ user: "guest", password: "wrong" })],
      [
        "a key that the host does not know",
        async () => {
          const path = join(folder, "stranger");
          await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path]);
          return { user: "root", privateKeyPath: path };
        },
      ],
    ];
    for (const [what, credentials] of wrong)
      it(`${what}: fails at the first dial`, async () => {
        const gate = await startRelay({ host: host.address });
        const given = await credentials();
        const error = await refusal(login({ host: gate.host, port: gate.port, hostKey: await host.hostKey(), ...given }));
        await gate.close();
        assert.ok(error.message.startsWith(`${gate.host}: login as ${given.user} was refused`), error.message);
        assert.equal(gate.dials(), 1);
      });
  });

  describe("the host's key", () => {
    const direct = (): Connection => ({ host: host.address, user: "root", privateKeyPath: host.keyPath });
    const knownHosts = async (text: string): Promise<string> => {
      const path = join(folder, `known-${randomBytes(4).toString("hex")}`);
      await writeFile(path, text);
      return path;
    };
    const hash = async (path: string): Promise<string> => {
      await must(["ssh-keygen", "-q", "-H", "-f", path]);
      assert.match(await readFile(path, "utf8"), /^\|1\|/);
      return path;
    };

    it("in known_hosts under a hashed name: taken", async () => {
      await asRoot({ ...direct(), knownHostsPath: await hash(await knownHosts(`${host.address} ${await host.hostKey()}\n`)) });
    });

    it("in known_hosts under a hashed [name]:port: taken", async () => {
      const gate = await startRelay({ host: host.address });
      const path = await hash(await knownHosts(`[127.0.0.1]:${gate.port} ${await host.hostKey()}\n`));
      await asRoot({ ...direct(), host: gate.host, port: gate.port, knownHostsPath: path });
      await gate.close();
    });

    it("among comments, other hosts and other kinds of key: found", async () => {
      await must(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", join(folder, "ecdsa")]);
      const [type, other] = (await readFile(join(folder, "ecdsa.pub"), "utf8")).split(" ");
      const lines = ["# a comment", "", `198.51.100.1 ${await second.hostKey()}`, `${host.address} ${type} ${other}`];
      await asRoot({
        ...direct(),
        knownHostsPath: await knownHosts([...lines, `198.19.*,!198.19.255.1 ${await host.hostKey()}`].join("\n")),
      });
    });

    const refusals: [string, (connection: Connection) => Promise<Connection>, RegExp][] = [
      [
        "unknown",
        async (connection) => ({ ...connection, knownHostsPath: await knownHosts("") }),
        /the host's key is not in .*known-.*ssh-keyscan.*hostKey.*insecureIgnoreHostKey/s,
      ],
      [
        "another than the known one",
        async (connection) => ({ ...connection, knownHostsPath: await knownHosts(`${host.address} ${await second.hostKey()}\n`) }),
        /another key than the known one\n.*set up anew.*somebody may be in between/,
      ],
      [
        "revoked",
        async (connection) => ({
          ...connection,
          knownHostsPath: await knownHosts(`${host.address} ${await host.hostKey()}\n@revoked * ${await host.hostKey()}\n`),
        }),
        /marked as revoked/,
      ],
      [
        "another than hostKey",
        async (connection) => ({ ...connection, hostKey: await second.hostKey() }),
        /shows another key than hostKey/,
      ],
      [
        "hostKey is no key",
        async (connection) => ({ ...connection, hostKey: "nonsense" }),
        /hostKey is not a public key in OpenSSH's form/,
      ],
    ];
    for (const [what, connection, message] of refusals)
      it(`${what}: refused at the first dial, before any credential is shown`, async () => {
        const logins = await host.countLogins();
        const error = await refusal(login(await connection(direct())));
        assert.ok(error.message.startsWith(`${host.address}: `), error.message);
        assert.match(error.message, message);
        assert.equal(await host.countLogins(), logins);
      });

    it("hostKey: the one that is meant is taken", async () => asRoot({ ...direct(), hostKey: await host.hostKey() }));

    it("its other keys, which sshd tells behind each login, are not asked to be proved: that takes a signature of each", async () => {
      await second.setSshdOption("LogLevel", "DEBUG3");
      try {
        await asRoot(second.connection);
        const log = await readFile(await second.file("/var/log/sshd.log"), "utf8");
        assert.match(log, /notify_hostkeys: sent [1-9]/);
        assert.doesNotMatch(log, /hostkeys-prove/);
      } finally {
        await second.setSshdOption("LogLevel", null);
      }
    });

    it("insecureIgnoreHostKey: any is taken", async () =>
      asRoot({ ...direct(), knownHostsPath: await knownHosts(""), insecureIgnoreHostKey: true }));
  });

  it("proxy: reaches a host through a jump host, and both keys are verified", async () => {
    const through: Connection = { ...second.connection, proxy: host.connection };
    const facts = await login(through);
    assert.match(facts, new RegExp(`^machine ${await machineId(second)}$`, "m"));
    assert.match(facts, new RegExp(`^ssh ${host.address} `, "m")); // the second host sees the first
    const error = await refusal(login({ ...through, proxy: { ...host.connection, hostKey: await second.hostKey() } }));
    assert.match(error.message, /another key than hostKey/);
  });

  it("proxy: a host that lost its connection behind a jump host is told at once, though the jump host only ends its half", async () => {
    const shell = await Shell.open({ ...second.connection, proxy: host.connection });
    await second.reboot();
    const began = performance.now();
    const error = await refusal(shell.run('facts "$session"'));
    assert.match(error.message, /the connection was lost/);
    assert.ok(performance.now() - began < 10_000, `${performance.now() - began} ms`);
    shell.close();
  });

  it("proxy: a host that does not answer behind a jump host that does is named with it", async () => {
    const error = await refusal(
      login({ ...second.connection, port: 9, proxy: host.connection, hostKey: await second.hostKey(), dialErrorLimit: 0 }),
    );
    assert.ok(error.message.startsWith(`${second.address}: not reachable through the jump host ${host.address}`), error.message);
  });

  describe("~/.ssh/config", () => {
    const withConfig = async (text: string, action: () => Promise<void>): Promise<void> => {
      const home = await mkdtemp(join(folder, "home-"));
      await mkdir(join(home, ".ssh"));
      await copyFile(host.keyPath, join(home, ".ssh/edge-key"));
      await copyFile(host.knownHostsPath, join(home, ".ssh/edge-hosts"));
      await writeFile(join(home, ".ssh/config"), text);
      process.env["HOME"] = home;
      await action();
    };
    const common = "User root\n IdentityFile ~/.ssh/edge-key\n UserKnownHostsFile ~/.ssh/edge-hosts\n";

    it("HostName, User, IdentityFile and UserKnownHostsFile of an alias are used", () =>
      withConfig(`Host edge\n HostName ${host.address}\n${common}`, () => asRoot({ host: "edge" })));

    it("Port and HostKeyAlias of an alias are used", async () => {
      const gate = await startRelay({ host: host.address });
      const alias = "the-edge";
      await withConfig(`Host edge\n HostName 127.0.0.1\n Port ${gate.port}\n HostKeyAlias the-edge\n${common}`, async () => {
        await writeFile(join(process.env["HOME"] ?? "", ".ssh/edge-hosts"), `${alias} ${await host.hostKey()}\n`);
        await asRoot({ host: "edge" });
      });
      await gate.close();
      assert.equal(gate.dials(), 1);
    });

    it("ProxyJump names another alias, and a pattern holds for both", () =>
      withConfig(
        `Host edge\n HostName ${host.address}\nHost far\n HostName ${second.address}\n ProxyJump edge\nHost edge far\n ${common}`,
        async () => {
          assert.match(await login({ host: "far" }), new RegExp(`^ssh ${host.address} `, "m"));
        },
      ));

    it("what the connection says wins", () =>
      withConfig(`Host edge\n HostName ${host.address}\n User nobody\n Port 9\n${common}`, () =>
        asRoot({ host: "edge", user: "root", port: 22 }),
      ));
  });

  it("an sshd that shares no algorithm with us is named as that, at the first dial", async () => {
    for (const [option, value, what] of [
      ["KexAlgorithms", "sntrup761x25519-sha512@openssh.com", "key exchange algorithm"],
      ["Ciphers", "aes256-cbc", "cipher"],
    ] as const) {
      await host.setSshdOption(option, value);
      const gate = await startRelay({ host: host.address });
      try {
        const connection = {
          ...host.connection,
          host: gate.host,
          port: gate.port,
          hostKey: await host.hostKey(),
          transport: "ssh2" as const,
        };
        const error = await refusal(login(connection));
        assert.match(error.message, new RegExp(`: sshd allows no .*${what} that is known here .*next: .*sshd_config`, "s"));
        assert.equal(gate.dials(), 1);
      } finally {
        await gate.close();
        await host.setSshdOption(option, null);
      }
    }
  });

  describe("an unreachable host", () => {
    it("is dialled again until it answers", async () => {
      const gate = await startRelay({ host: host.address, refused: 2 });
      await asRoot({ host: gate.host, port: gate.port, user: "root", privateKeyPath: host.keyPath, hostKey: await host.hostKey() });
      await gate.close();
      assert.equal(gate.dials(), 3);
    });

    it("is dialled dialErrorLimit times again, then given up with its name, address and port", async () => {
      const gate = await startRelay({ host: host.address, refused: Number.POSITIVE_INFINITY });
      const error = await refusal(login({ ...host.connection, host: gate.host, port: gate.port, dialErrorLimit: 3 }));
      await gate.close();
      assert.match(error.message, new RegExp(`^${gate.host}: .* \\(${gate.host} port ${gate.port}\\)\\n`));
      assert.equal(gate.dials(), 4);
    });

    it("a name that does not resolve is said", async () => {
      const error = await refusal(login({ ...host.connection, host: "no-such-host.invalid", dialErrorLimit: 0 }));
      assert.match(error.message, /^no-such-host\.invalid: not reachable .*\n {2}came back: .*(ENOTFOUND|EAI_AGAIN)/);
    });
  });

  it("forty logins at once all succeed with sshd's default MaxStartups 10:30:100", async () => {
    await host.setSshdOption("MaxStartups", null);
    try {
      await Promise.all(Array.from({ length: 40 }, () => asRoot(host.connection)));
    } finally {
      await host.setSshdOption("MaxStartups", "100");
    }
  });

  describe("sudo", () => {
    const ops = (): Connection => ({ ...host.connection, user: "ops", sudo: true });
    const rule = { priority: 1000, from: "198.18.128.2", table: 100 };

    it("works for a user who needs no password, and knows SSH_CONNECTION in spite of it", async () => {
      const facts = await login(ops());
      assert.match(facts, /^uid 0$/m);
      assert.match(facts, new RegExp(`^ssh [0-9.]+ [0-9]+ ${host.address} 22$`, "m"));
      const made = await create("PolicyRule", { connection: ops(), ...rule });
      assert.deepEqual(
        (await host.ip("rule show")).map(({ priority }) => priority),
        [0, 1000, 32766, 32767],
      );
      await remove(made);
    });

    it('works where it writes "unable to resolve host", and a lost connection is then not held for its refusal', async () => {
      await host.exec("sed -i 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf && hostname lab-nowhere");
      assert.match((await host.ssh("sudo -n true", "ops")).stderr, /unable to resolve host/);
      await remove(await create("PolicyRule", { connection: ops(), ...rule }));
      const shell = await Shell.open(ops());
      await shell.run(":");
      const lost = refusal(shell.run("sleep 20"));
      await host.resetConnections();
      assert.match((await lost).message, /the connection was lost/);
      await host.exec(`hostname ${host.name}`);
    });

    const guest = (): Connection => ({ ...bare(), user: "guest", password: lab.password, sudo: true });

    it("sudoPassword: works for a user who must give one, and is in no process list and no environment", async () => {
      const made = await create("PolicyRule", { connection: { ...guest(), sudoPassword: lab.password }, ...rule });
      assert.match(await host.exec("ps -ef"), /sudo -S/);
      assert.equal(
        (await host.result(`cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | grep -c -a -F "$(cat)"`, { input: lab.password })).stdout,
        "0\n",
      );
      await remove(made);
    });

    it("sudoPassword: is not given to a sudo that asks for none", async () => {
      assert.match(await login({ ...ops(), sudoPassword: "Hunter2Sudo" }), /^uid 0$/m);
    });

    for (const tries of [3, 1])
      it(`sudoPassword that is wrong: told at its first try, where sudo allows ${tries}`, async () => {
        await host.exec(`echo 'Defaults passwd_tries=${tries}' >/etc/sudoers.d/tries`);
        const { message } = await refusal(create("PolicyRule", { connection: { ...guest(), sudoPassword: "Hunter2Sudo" }, ...rule }));
        await host.exec("rm /etc/sudoers.d/tries");
        assert.match(message, /: sudo refuses the password of user guest\n/);
        assert.match(message, /next: correct sudoPassword/);
        assert.ok(!message.includes("Hunter2Sudo"), message);
      });

    it("sudoPassword left out where sudo wants one: is told as that", async () => {
      const { message } = await refusal(create("PolicyRule", { connection: guest(), ...rule }));
      assert.match(message, /user guest cannot run sudo without a password\n.*next: .*give sudoPassword/s);
    });

    it("refused: says how to allow it, and changes nothing", async () => {
      const before = await host.snapshot();
      const error = await refusal(create("PolicyRule", { connection: { ...ops(), user: "nosudo" }, ...rule }));
      assert.match(error.message, /user nosudo cannot run sudo without a password/);
      assert.match(error.message, /next: .*\/etc\/sudoers\.d\/.*nosudo ALL=\(ALL\) NOPASSWD: ALL/);
      assert.ok(error.message.startsWith(`${host.address}: `), error.message);
      assert.equal(await host.snapshot(), before);
    });

    it("that wants a terminal: is told as that, with what would allow it", async () => {
      await host.exec("echo 'Defaults:ops requiretty' >/etc/sudoers.d/tty");
      const { message } = await refusal(create("PolicyRule", { connection: ops(), ...rule }));
      await host.exec("rm /etc/sudoers.d/tty");
      assert.match(message, /: sudo wants a terminal of user ops, and there is none\n/);
      assert.match(message, /next: .*\/etc\/sudoers\.d\/: Defaults:ops !requiretty/);
    });

    it("not installed: says so", async () => {
      const restore = await host.replaceBinary("/usr/bin/sudo", null);
      try {
        const error = await refusal(create("PolicyRule", { connection: ops(), ...rule }));
        assert.match(error.message, /sudo.*not found/s);
        assert.match(error.message, /sudo/);
      } finally {
        await restore();
      }
    });

    it("left out for a user who is not root: says what to do", async () => {
      const before = await host.snapshot();
      const error = await refusal(create("PolicyRule", { connection: { ...host.connection, user: "ops" }, ...rule }));
      assert.match(error.message, /the user is not root\n {2}next: log in as root, or set sudo: true/);
      assert.equal(await host.snapshot(), before);
    });
  });

  describe("the user's login shell", () => {
    const withShell = async (path: string): Promise<void> => {
      await host.exec(`sed -i 's#^\\(ops:.*\\):[^:]*$#\\1:${path}#' /etc/passwd`);
    };
    after(() => withShell("/bin/bash"));
    const ops = (): Connection => ({ ...host.connection, user: "ops", sudo: true });
    const works = async (): Promise<void> => {
      await remove(await create("PolicyRule", { connection: ops(), priority: 1000, from: "198.18.128.2", table: 100 }));
    };

    it("bash with a .bashrc that prints, to both outputs: is understood", async () => {
      await host.exec(
        "printf '%s\\n' 'echo Welcome; printf \"\\n@1 end 0\\n\"; head -c 100000 /dev/urandom; echo noise >&2' >/home/ops/.bashrc",
      );
      assert.match((await host.ssh("true", "ops")).stdout, /Welcome/);
      await works();
      await host.exec("rm /home/ops/.bashrc");
    });

    for (const path of ["/bin/sh", "/usr/bin/fish", "/usr/bin/tcsh"])
      it(`${path}: works`, async function () {
        if ((await host.result(`[ -x ${path} ]`)).code !== 0) {
          console.log(`      skipped: this machine has no ${path}`);
          this.skip();
        }
        await withShell(path);
        await works();
      });

    it("nologin: what it says is told", async () => {
      await withShell("/usr/sbin/nologin");
      const error = await refusal(create("PolicyRule", { connection: ops(), priority: 1000, from: "198.18.128.2", table: 100 }));
      assert.match(error.message, /This account is currently not available/);
      assert.ok(error.message.startsWith(`${host.address}: `), error.message);
    });
  });

  it("a controller whose uid has no passwd entry, as containers have: changes a host all the same, under that number", async () => {
    const { knownHostsPath: _root, privateKeyPath: _only, ...open } = host.connection;
    const connection = { ...open, privateKey: key, hostKey: await host.hostKey() };
    const fields = { connection, priority: 1000, from: "198.18.128.2", table: 100, guard: { disabled: true } };
    const as = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "env", "-u", "HOME"] as const;
    const program = [process.execPath, "--require", "tsx/cjs", join(__dirname, "controller.ts"), "PolicyRule", JSON.stringify(fields)];
    const made: unknown = JSON.parse(await must([...as, ...program]));
    assert.ok(isMade(made));
    assert.match(await host.exec("cat /run/policy-routing/t-*/holder"), / by uid 54321@\S+ pid [0-9]+$/m);
    await remove(made);
  });

  it("secrets are in no error and in nothing that is printed, whatever fails", async () => {
    const secret = { password: "Hunter2Password", passphrase: "Hunter2Passphrase", key: "Hunter2KeyText" };
    const encrypted = join(folder, "secret");
    await copyFile(host.keyPath, encrypted);
    await must(["ssh-keygen", "-q", "-p", "-P", "", "-N", "another", "-f", encrypted]);
    const base = { host: host.address, knownHostsPath: host.knownHostsPath, dialErrorLimit: 0, perDialTimeout: 10 };
    const privateKey = `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret.key}\n-----END OPENSSH PRIVATE KEY-----\n`;
    const connections: Fieldlike[] = [
      { ...base, user: "guest", password: secret.password },
      { ...base, user: "root", privateKey },
      { ...base, user: "root", privateKey, privateKeyPassword: secret.passphrase },
      { ...base, user: "root", privateKeyPath: encrypted, privateKeyPassword: secret.passphrase },
      { ...base, user: "root", privateKeyPath: join(folder, "absent"), privateKeyPassword: secret.passphrase },
      { ...base, user: "guest", password: secret.password, port: 9 },
      { ...base, user: "guest", password: secret.password, hostKey: await second.hostKey() },
      { ...base, user: "root", proxy: { ...base, user: "guest", password: secret.password } },
      { ...base, user: "guest", password: lab.password, sudo: true },
      { ...base, user: "guest", password: lab.password, sudo: true, sudoPassword: secret.password },
      { ...base, user: "guest", password: lab.password },
    ];
    const listening = listenToStderr();
    const seen: string[] = [];
    try {
      const errors = await Promise.all(
        connections.map((connection) => refusal(create("PolicyRule", { connection, priority: 1000, family: "inet", table: 100 }))),
      );
      seen.push(...errors.map((error) => [error.message, error.stack, inspect(error, { depth: 10, showHidden: true })].join("\n")));
    } finally {
      listening.end();
    }
    const all = [...seen, listening.text()].join("\n");
    for (const word of [...Object.values(secret), lab.password, key.split("\n")[1] ?? ""]) assert.ok(!all.includes(word), all);
  });
});

type Fieldlike = Record<string, unknown>;

const isMade = (value: unknown): value is Made => typeof value === "object" && value !== null && "state" in value;
