import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { type Connection, connectionSchema, type Transport } from "../../provider/src/declaration/connection";
import { closeHosts } from "../../provider/src/host/host";
import { targetOf } from "../../provider/src/host/ssh/target";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { must } from "../lab/run";
import { until } from "../lab/until";
import { kerberosPackages, withKerberos } from "./kerberos";
import { home, login, ssh } from "./reach";
import { groups, reachOf } from "./reachTable";
import { refusal } from "./resource";
import { startSecurityKeyAgent } from "./securityKey";

/** How a host is reached in the field. What the person's own ssh reaches is reached, or refused by the name of what is not followed. */
describe("a host that its people reach by", () => {
  let lab: Lab;
  let near: Host;
  let middle: Host;
  let far: Host;
  let folder: string;
  const table: string[][] = [];
  const environment = { HOME: process.env["HOME"], SSH_AUTH_SOCK: process.env["SSH_AUTH_SOCK"], PATH: process.env["PATH"] };
  before(async () => {
    await ensurePackages(["netcat-openbsd", ...kerberosPackages]);
    lab = await startLab({ name: "test-host-reach", hosts: 3 });
    const [first, second, third] = lab.hosts;
    assert.ok(second !== undefined && third !== undefined);
    [near, middle, far] = [first, second, third];
    folder = await mkdtemp(join(tmpdir(), "test-host-reach-"));
    delete process.env["SSH_AUTH_SOCK"];
  });
  afterEach(() => {
    closeHosts();
    for (const [name, value] of Object.entries({ ...environment, SSH_AUTH_SOCK: undefined, EDGE: undefined }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
  after(async () => {
    if (environment.SSH_AUTH_SOCK !== undefined) process.env["SSH_AUTH_SOCK"] = environment.SSH_AUTH_SOCK;
    closeHosts();
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
    table.unshift(["", "ssh", "ssh2", "openssh", "by itself"]);
    const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
    for (const row of table) console.log(`      ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
  });

  const relay = `${process.execPath} ${join(__dirname, "fixtures/relay.mjs")}`;
  const keyed = () => `IdentityFile ${near.keyPath}\n`;
  const common = () => `User root\n UserKnownHostsFile ${near.knownHostsPath}\n`;
  const edge = () => `Host edge\n HostName ${near.address}\n ${common()} ${keyed()}`;

  interface SetUp {
    /** The configuration, of which `edge` is the host. */
    readonly config: () => string | Promise<string>;
    readonly connection?: () => Partial<Connection> | Promise<Partial<Connection>>;
    /** What the host says of us. */
    readonly says?: () => RegExp;
    /** Why a transport that does not get there does not. */
    readonly refused?: RegExp;
    /** What ssh itself does, where it is not to get there. */
    readonly ssh?: "refused" | "asks for a password" | "hangs" | "knows nothing of it";
    readonly around?: (action: () => Promise<void>) => Promise<void>;
  }

  const rows = new Set<string>();
  const row = (what: string, setUp: SetUp): void => {
    const reach = reachOf(what);
    assert.ok(reach !== undefined, what);
    rows.add(what);
    it(`${what}: by ${["ssh2", "openssh"].filter((one) => reach[one === "ssh2" ? "ssh2" : "openssh"] === "yes").join(" and ") || "none, and told why"}`, () =>
      (setUp.around ?? ((action) => action()))(async () => {
        const made = await home(folder, await setUp.config());
        process.env["HOME"] = made;
        const isAsked = setUp.ssh === undefined || setUp.ssh === "refused";
        const bySsh = isAsked ? ((await ssh(made, "edge")) ? "ok" : "refused") : setUp.ssh;
        assert.equal(bySsh, setUp.ssh ?? "ok", "by ssh itself");
        const more = await setUp.connection?.();
        const connection = (transport: Transport = "auto"): Connection => ({ host: "edge", dialErrorLimit: 0, transport, ...more });
        const reaches = async (one: Connection) => assert.match(await login(one), setUp.says?.() ?? /^uid 0$/m);
        for (const transport of ["ssh2", "openssh"] as const) {
          if (reach[transport] === "yes") await reaches(connection(transport));
          else if (transport === "openssh" && connection().password !== undefined)
            assert.equal(connectionSchema.safeParse(connection(transport)).success, false);
          else {
            const began = performance.now();
            assert.match((await refusal(login(connection(transport)))).message, setUp.refused ?? /$^/);
            assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`);
          }
        }
        const taken =
          reach.auto === "no"
            ? refusal(login(connection())).then(() => "no")
            : reaches(connection())
                .then(() => targetOf(connection()))
                .then(({ transport }) => transport);
        assert.equal(await taken, reach.auto);
        table.push([what, bySsh, reach.ssh2, reach.openssh, await taken]);
      }));
  };

  const withAgent =
    (keys: () => Promise<string[]>, name = "agent") =>
    async (action: () => Promise<void>): Promise<void> => {
      const socket = join(await mkdtemp(join(folder, "agent-")), name); // what one holds is asked once a run
      const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
      try {
        const held = await keys();
        await until("the agent to take the keys", async () =>
          must(["ssh-add", "-q", ...held], { env: { SSH_AUTH_SOCK: socket } }).then(
            () => true,
            () => undefined,
          ),
        );
        process.env["SSH_AUTH_SOCK"] = socket;
        await action();
      } finally {
        agent.kill();
        await rm(socket, { force: true });
      }
    };
  const newKey = async (path: string, ...options: string[]): Promise<string> => {
    await rm(path, { force: true });
    await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, ...options]);
    return path;
  };
  /** A key with its certificate, whose authority `host` is to trust. */
  const certified = async (host = near): Promise<string> => {
    const [ca, key] = [await newKey(join(folder, "user-ca")), await newKey(join(folder, "certified"))];
    await must(["ssh-keygen", "-q", "-s", ca, "-I", "edge", "-n", "root", `${key}.pub`]);
    await writeFile(await host.file("/etc/ssh/user-ca.pub"), await readFile(`${ca}.pub`));
    return key;
  };
  const strangers = async (): Promise<string[]> => Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((i) => newKey(join(folder, `stranger-${i}`))));
  const withSshd =
    (options: Record<string, string>, host = () => near) =>
    async (action: () => Promise<void>): Promise<void> => {
      for (const [name, value] of Object.entries(options)) await host().setSshdOption(name, value);
      try {
        await action();
      } finally {
        for (const name of Object.keys(options)) await host().setSshdOption(name, null);
      }
    };

  describe("a configuration of ssh:", () => {
    row("Include", {
      config: async () => {
        await writeFile(join(folder, "included"), edge());
        return `Include ${join(folder, "included")}\n`;
      },
    });
    row("Match exec", {
      config: () => `Match originalhost edge exec "test %p = 22"\n HostName ${near.address}\n ${common()} ${keyed()}`,
    });
    row("Match originalhost, HostName %h, k=v, lower case", {
      config: () => `Match originalhost edge\n hostname=${near.address}\n user=root\nHost *\n hostname %h\n ${common()} ${keyed()}`,
    });
    row("IdentityFile with tokens and a variable", {
      config: async () => {
        process.env["EDGE"] = folder;
        await copyFile(near.keyPath, join(folder, "key of edge root"));
        return `Host edge\n HostName ${near.address}\n ${common()} IdentityFile "\${EDGE}/key of %n %r"\n`;
      },
    });
    row("GlobalKnownHostsFile", {
      config: () =>
        `Host edge\n HostName ${near.address}\n User root\n UserKnownHostsFile none\n GlobalKnownHostsFile ${near.knownHostsPath}\n ${keyed()}`,
    });
    row("UserKnownHostsFile with blanks in its path", {
      config: async () => {
        await copyFile(near.knownHostsPath, join(folder, "my known hosts"));
        return `Host edge\n HostName ${near.address}\n User root\n UserKnownHostsFile "${join(folder, "my known hosts")}"\n ${keyed()}`;
      },
    });
    row("BindAddress and AddressFamily", {
      config: () => `${edge()} AddressFamily inet\n BindAddress 0.0.0.0\n`,
    });
    row("KexAlgorithms, Ciphers and MACs that ssh2 has one of", {
      config: () =>
        `${edge()} KexAlgorithms sntrup761x25519-sha512@openssh.com,ecdh-sha2-nistp521\n Ciphers aes256-ctr\n MACs hmac-sha2-512\n`,
    });
    row("Ciphers of which ssh2 has none", {
      config: () => `${edge()} Ciphers aes128-cbc\n`,
      around: withSshd({ Ciphers: "aes128-cbc,aes256-ctr" }),
      refused: /sshd allows no .*cipher that is known here/,
    });
    row("RemoteCommand, RequestTTY, LocalForward, ForkAfterAuthentication", {
      config: () =>
        `${edge()} RemoteCommand echo hello\n RequestTTY force\n LocalForward 1 localhost:1\n ForkAfterAuthentication yes\n StdinNull yes\n PermitLocalCommand yes\n LocalCommand touch ${join(folder, "pwned")}\n ForwardAgent yes\n ForwardX11 yes\n`,
      ssh: "knows nothing of it",
    });
    row("ControlMaster auto, with a master that stands", {
      config: () => `${edge()} ControlMaster auto\n ControlPath ${join(folder, "master-%C")}\n ControlPersist 60\n`,
    });
    row("a keyword that is none", {
      config: () => `${edge()} Nonsense yes\n`,
      ssh: "refused",
      refused: /^edge: ssh cannot read its configuration\n {2}ran: ssh -G edge\n {2}came back: .*Bad configuration option: nonsense/s,
    });

    it("a configuration that waits for something: told within its time, and other hosts do not wait for it", async () => {
      process.env["HOME"] = await home(folder, `Match originalhost slow exec "sleep 60"\n User root\n${edge()}`);
      const slow = refusal(login({ host: "slow" }));
      assert.match(await login({ host: "edge" }), /^uid 0$/m);
      assert.match((await slow).message, /^slow: ssh did not tell its configuration within 5 s\n.*Match exec/s);
    });

    it("no ssh on this machine: the file is read here, and what only ssh can follow is told when it fails", async () => {
      await writeFile(join(folder, "included"), edge().replace("edge", "other"));
      process.env["HOME"] = await home(folder, `${edge()}Include ${join(folder, "included")}\n`);
      process.env["PATH"] = folder;
      assert.match(await login({ host: "edge" }), /^uid 0$/m);
      const { message } = await refusal(login({ host: "other", dialErrorLimit: 0 }));
      assert.match(message, /Include of your ssh configuration is not followed here: install OpenSSH's client/);
    });

    it("no User: root, though somebody else runs this; a User that has that name is taken", async () => {
      const made = await home(folder, "Host named\n User nobody\nMatch exec true originalhost other\n User other\n");
      await must(["chmod", "-R", "a+rX", folder]);
      const as = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env", `HOME=${made}`] as const;
      const program = [process.execPath, "--require", "tsx/cjs", join(__dirname, "whoLogsIn.ts"), "edge", "named", "other"];
      assert.equal(await must([...as, ...program]), "root\nnobody\nother\n");
    });
  });

  describe("keys:", () => {
    row("IdentitiesOnly, beside an agent of eight keys", {
      config: () => `${edge()} IdentitiesOnly yes\n`,
      around: withAgent(strangers),
    });
    row("IdentityFile key.pub, the key in an agent of nine", {
      config: async () => {
        await writeFile(join(folder, "only.pub"), await must(["ssh-keygen", "-y", "-f", near.keyPath]));
        return `Host edge\n HostName ${near.address}\n ${common()} IdentityFile ${join(folder, "only.pub")}\n IdentitiesOnly yes\n`;
      },
      around: withAgent(async () => [...(await strangers()), near.keyPath]),
    });
    row("IdentityFile that is encrypted, the key in an agent of nine", {
      config: async () => {
        const path = join(folder, "locked");
        await copyFile(near.keyPath, path);
        await must(["ssh-keygen", "-q", "-p", "-P", "", "-N", "correct horse", "-f", path]);
        return `Host edge\n HostName ${near.address}\n ${common()} IdentityFile ${path}\n IdentitiesOnly yes\n`;
      },
      around: withAgent(async () => [...(await strangers()), near.keyPath]),
    });
    for (const [what, word] of [
      ["a path with blanks", () => `"${process.env["SSH_AUTH_SOCK"]}"`],
      ["SSH_AUTH_SOCK", () => "SSH_AUTH_SOCK"],
      ["a variable", () => "$SSH_AUTH_SOCK"],
    ] as const)
      row(`IdentityAgent: ${what}`, {
        config: () => `Host edge\n HostName ${near.address}\n ${common()} IdentityAgent ${word()}\n`,
        around: withAgent(async () => [near.keyPath], "an agent"),
      });
    row("a key and then a password", {
      config: () => edge(),
      connection: () => ({ user: "guest", privateKeyPath: near.keyPath, password: lab.password }),
      says: () => /^uid 64103$/m,
      around: async (action) => {
        await near.exec("cp /etc/ssh/authorized_keys.d/root /etc/ssh/authorized_keys.d/guest");
        await withSshd({ AuthenticationMethods: "publickey,password" })(action);
        await near.exec("rm /etc/ssh/authorized_keys.d/guest");
      },
      ssh: "asks for a password",
    });
    row("keyboard-interactive with a password", {
      config: () => edge(),
      connection: () => ({ user: "guest", password: lab.password }),
      says: () => /^uid 64103$/m,
      around: withSshd({ AuthenticationMethods: "keyboard-interactive", KbdInteractiveAuthentication: "yes", UsePAM: "yes" }),
      ssh: "asks for a password",
    });
    const trusts = (host = () => near) => withSshd({ TrustedUserCAKeys: "/etc/ssh/user-ca.pub" }, host);
    row("a user certificate beside its key", {
      config: async () => `Host edge\n HostName ${near.address}\n ${common()} IdentityFile ${await certified()}\n`,
      around: trusts(),
      refused:
        /login as root was refused\n.*next: .*CertificateFile of your ssh configuration is not followed here: say transport: "openssh"/s,
    });
    row("CertificateFile", {
      config: async () => {
        const key = await certified();
        await copyFile(`${key}-cert.pub`, join(folder, "elsewhere.pub"));
        await rm(`${key}-cert.pub`);
        return `Host edge\n HostName ${near.address}\n ${common()} IdentityFile ${key}\n CertificateFile ${join(folder, "elsewhere.pub")}\n`;
      },
      around: trusts(),
      refused:
        /login as root was refused\n.*next: .*CertificateFile of your ssh configuration is not followed here: say transport: "openssh"/s,
    });
    row("a user certificate in an agent", {
      config: () => `Host edge\n HostName ${near.address}\n ${common()}`,
      around: (action) => trusts()(() => withAgent(async () => [await certified()])(action)),
      refused: /login as root was refused\n.*certificates and keys of security keys that an agent holds are not tried/s,
    });
  });

  /** An agent with a security key, which root may log in with. */
  const withSecurityKey = async (action: () => Promise<void>): Promise<void> => {
    const agent = await startSecurityKeyAgent(join(await mkdtemp(join(folder, "agent-")), "socket"));
    const file = await near.file("/etc/ssh/authorized_keys.d/root");
    const before = await readFile(file, "utf8");
    try {
      await writeFile(file, `${before.trimEnd()}\n${agent.publicKey}\n`);
      process.env["SSH_AUTH_SOCK"] = agent.socket;
      await action();
    } finally {
      await writeFile(file, before);
      await agent.close();
    }
  };
  describe("tickets:", () => {
    row("Kerberos (GSSAPIAuthentication)", {
      config: () => `Host edge\n HostName ${near.address}\n ${common()} GSSAPIAuthentication yes\n IdentityFile none\n`,
      around: (action) =>
        withKerberos(near, folder, () => withSshd({ GSSAPIAuthentication: "yes", GSSAPIStrictAcceptorCheck: "no" })(action)),
      refused: /login as root was refused\n/s,
    });
  });
  describe("security keys:", () => {
    row("a security key (FIDO) in an agent", {
      config: () => `Host edge\n HostName ${near.address}\n ${common()}`,
      around: withSecurityKey,
      refused: /login as root was refused\n.*certificates and keys of security keys that an agent holds are not tried/s,
    });
    row("a security key in an agent, beside a file that the host does not take", {
      config: async () => `Host edge\n HostName ${near.address}\n ${common()} IdentityFile ${await newKey(join(folder, "unknown"))}\n`,
      around: withSecurityKey,
      refused: /login as root was refused\n.*certificates and keys of security keys that an agent holds are not tried/s,
    });
  });

  describe("a way through others:", () => {
    const three = () =>
      `Host edge\n HostName ${far.address}\nHost near\n HostName ${near.address}\nHost middle\n HostName ${middle.address}\nHost edge near middle\n ${common()} ${keyed()}`;
    const from = (host: Host) => new RegExp(`^ssh ${host.address} `, "m");
    row("ProxyJump", { config: () => `${three()}Host edge\n ProxyJump near\n`, says: () => from(near) });
    row("ProxyJump ssh://user@host:port", {
      config: () => `${three()}Host edge\n ProxyJump ssh://root@${near.address}:22\nHost ${near.address}\n ${common()} ${keyed()}`,
      says: () => from(near),
    });
    row("ProxyJump a,b", { config: () => `${three()}Host edge\n ProxyJump near,middle\n`, says: () => from(middle) });
    row("ProxyJump to a host that has one", {
      config: () => `${three()}Host edge\n ProxyJump middle\nHost middle\n ProxyJump near\n`,
      says: () => from(middle),
    });
    it("ProxyJump a,b: no hop is left out", async () => {
      process.env["HOME"] = await home(folder, `${three()}Host edge\n ProxyJump near,middle\n`);
      const logins = await Promise.all([near.countLogins(), middle.countLogins(), far.countLogins()]);
      await login({ host: "edge" });
      const now = await Promise.all([near.countLogins(), middle.countLogins(), far.countLogins()]);
      assert.deepEqual(
        now.map((count, i) => count - (logins[i] ?? 0)),
        [1, 1, 1],
      );
    });
    it("ProxyJump in a circle: told, not followed for ever", async () => {
      process.env["HOME"] = await home(folder, "Host edge\n ProxyJump other\nHost other\n ProxyJump edge\n");
      assert.match((await refusal(login({ host: "edge" }))).message, /more than 8 jump hosts, one behind the other\n.*in a circle/s);
    });
    row("ProxyCommand ssh -W", {
      config: () => `${three()}Host edge\n ProxyCommand ssh -F ${join(folder, "way")} -W [%h]:%p near\n`,
      says: () => from(near),
      around: async (action) => {
        await writeFile(join(folder, "way"), three());
        await action();
      },
    });
    row("ProxyCommand of a relay program", {
      config: () => `${three()}Host edge\n ProxyCommand ${relay} %h %p\n`,
    });
    row("ProxyCommand that fails", {
      config: () => `${three()}Host edge\n ProxyCommand sh -c 'echo no session for %n >&2; exit 3'\n`,
      ssh: "refused",
      refused: /^edge: .* through the ProxyCommand of your ssh configuration.*\n {2}came back: .*no session for edge/,
    });
    row("ProxyUseFdpass", {
      config: () => `${three()}Host edge\n ProxyCommand nc.openbsd -F %h %p\n ProxyUseFdpass yes\n`,
      refused: /ProxyUseFdpass of your ssh configuration is not followed here/,
    });
    row("ProxyJump to a host that takes a user certificate alone", {
      config: async () =>
        `${three()}Host edge\n ProxyJump middle\nHost middle\n IdentityFile ${await certified(middle)}\n`.replace(
          `Host edge near middle\n ${common()} ${keyed()}`,
          `Host edge near middle\n ${common()}Host edge\n ${keyed()}`,
        ),
      says: () => from(middle),
      around: withSshd({ TrustedUserCAKeys: "/etc/ssh/user-ca.pub" }, () => middle),
      refused: /^middle: login as root was refused/,
    });
    row("proxy in the program, with its own key and known_hosts", {
      config: () => `Host edge\n HostName ${far.address}\n ${common()} ${keyed()}`,
      connection: async () => {
        await copyFile(near.keyPath, join(folder, "own key"));
        return {
          proxy: { host: near.address, user: "root", privateKeyPath: join(folder, "own key"), knownHostsPath: near.knownHostsPath },
        };
      },
      says: () => from(near),
    });
    it("ProxyCommand: the program ends with the connection, and is not left when a login fails", async () => {
      const pids = join(folder, "pids");
      const command = `sh -c 'echo $$ >>${pids}; exec ${relay} %h %p'`;
      process.env["HOME"] = await home(folder, `${three()}Host edge\n ProxyCommand ${command}\n`);
      await login({ host: "edge" });
      await refusal(login({ host: "edge", hostKey: await near.hostKey() }));
      const started = (await readFile(pids, "utf8")).trim().split("\n");
      assert.equal(started.length, 2);
      for (const pid of started)
        await until("the program to end", async () =>
          readFile(`/proc/${pid}/cmdline`, "utf8").then(
            (text) => (text.includes("relay.mjs") ? undefined : true),
            () => true,
          ),
        );
    });
    it("ProxyCommand that says nothing: given up within perDialTimeout", async () => {
      process.env["HOME"] = await home(folder, "Host edge\n ProxyCommand sleep 60\n");
      const began = performance.now();
      const { message } = await refusal(login({ host: "edge", perDialTimeout: 1, dialErrorLimit: 0 }));
      assert.match(message, /no login within 1 s through the ProxyCommand/);
      assert.ok(performance.now() - began < 3000);
    });
    it("a user whose name a shell would run is refused before anything runs", async () => {
      process.env["HOME"] = await home(folder, "Host edge\n ProxyCommand true %h %r\n");
      assert.match((await refusal(login({ host: "edge", user: `x$(touch ${join(folder, "pwned")})` }))).message, /the user has characters/);
    });
  });

  describe("a host key that is known by", () => {
    row("a host certificate (@cert-authority)", {
      config: async () => {
        const ca = await newKey(join(folder, "host-ca"));
        await writeFile(join(folder, "host.pub"), await near.hostKey());
        await must(["ssh-keygen", "-q", "-s", ca, "-I", "edge", "-h", "-n", near.address, join(folder, "host.pub")]);
        await writeFile(await near.file("/etc/ssh/host-cert.pub"), await readFile(join(folder, "host-cert.pub")));
        await near.setSshdOption("HostCertificate", "/etc/ssh/host-cert.pub");
        await writeFile(join(folder, "authority"), `@cert-authority * ${await readFile(`${ca}.pub`, "utf8")}`);
        return `Host edge\n HostName ${near.address}\n User root\n UserKnownHostsFile ${join(folder, "authority")}\n ${keyed()}`;
      },
      around: async (action) => {
        await mkdir(join(folder, "certificates"), { recursive: true });
        await action();
        await near.setSshdOption("HostCertificate", null);
      },
      refused: /@cert-authority/,
    });
    row("hostKey in the program", {
      config: () => `Host edge\n HostName ${near.address}\n User root\n UserKnownHostsFile none\n GlobalKnownHostsFile none\n ${keyed()}`,
      connection: async () => ({ hostKey: await near.hostKey() }),
      ssh: "knows nothing of it",
    });
    row("KnownHostsCommand", {
      config: async () =>
        `Host edge\n HostName ${near.address}\n User root\n UserKnownHostsFile none\n KnownHostsCommand /bin/echo %H ${await near.hostKey()}\n ${keyed()}`,
      refused: /KnownHostsCommand of your ssh configuration is not followed here: say transport: "openssh"/,
    });
    row("a post-quantum key exchange alone", {
      config: () => edge(),
      around: withSshd({ KexAlgorithms: "sntrup761x25519-sha512@openssh.com" }),
      refused: /sshd allows no key exchange algorithm that is known here/,
    });
  });

  it("of each way that the documents name", () => {
    assert.deepEqual(
      [...rows].sort(),
      Object.values(groups)
        .flatMap((group) => Object.keys(group))
        .sort(),
    );
  });
});
