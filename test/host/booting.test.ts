import { strict as assert } from "node:assert";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Connection } from "../../provider/src/declaration/connection";
import { isPolicyRoutingError, type PolicyRoutingError } from "../../provider/src/errors";
import { Progress, tellStatusBy } from "../../provider/src/host/told";
import { section } from "../../provider/src/host/wire/answer";
import { Shell } from "../../provider/src/host/wire/shell";
import { type Host, type Lab, startLab } from "../lab/lab";
import { startRelay } from "../lab/relay";
import { until } from "../lab/until";

/** What systemd writes to /run/nologin while a system starts, and takes away with systemd-user-sessions.service. */
const nologin =
  "System is booting up. Unprivileged users are not permitted to log in yet. Please come back later. For technical details, see pam_nologin(8).";

describe("a host that is still booting", function () {
  this.timeout(120_000);
  let lab: Lab;
  let host: Host;
  let told: string[] = [];
  before(async () => {
    lab = await startLab({ name: "test-host-booting" });
    host = lab.hosts[0];
    tellStatusBy((_host, line) => told.push(line));
  });
  afterEach(() => {
    told = [];
  });
  after(() => lab.stop());

  /** Logs in as `up` does, and asks the host who it is there. */
  const login = async (connection: Connection): Promise<string> => {
    const progress = new Progress(connection.host, () => 0);
    const shell = await Shell.open(connection, undefined, progress);
    progress.end(() => "");
    try {
      return section(await shell.run('facts "$session"'), "facts") ?? "";
    } finally {
      shell.close();
    }
  };
  const refused = async (action: Promise<unknown>): Promise<PolicyRoutingError> => {
    const error = await action.then(() => undefined).catch((caught: unknown) => caught);
    assert.ok(isPolicyRoutingError(error), String(error));
    return error;
  };
  const dialled = (what: RegExp): Promise<string> =>
    until(`a dial told as ${what}`, async () => told.find((line) => what.test(line)), 60_000, 50);

  it("sshd comes up later than 30 s of dials by default: dialErrorLimit says how often, and the login is had", async () => {
    await host.stopSshd();
    const began = performance.now();
    const facts = login({ ...host.connection, dialErrorLimit: 60 });
    await dialled(/dial 13 of 61: connection refused/);
    const late = (performance.now() - began) / 1000;
    assert.ok(late > 20, `${late} s`);
    await host.startSshd();
    assert.match(await facts, /^uid 0$/m);
  });

  it("is given up after 10 dials more within 30 s where nothing is said", async () => {
    await host.stopSshd();
    const began = performance.now();
    const error = await refused(login(host.connection));
    const seconds = (performance.now() - began) / 1000;
    await host.startSshd();
    assert.match(
      error.message,
      /connect ECONNREFUSED[^\n]*\n {2}next: the host answers, but nothing listens at port 22: is sshd running\?/,
    );
    assert.ok(seconds < 31, `${seconds} s`);
    assert.ok(!told.some((line) => /dial 12/.test(line)));
  });

  it("is silent, and answers within the time of one dial: that dial gets through", async () => {
    await host.dropPackets(100);
    const facts = login({ ...host.connection, dialErrorLimit: 0, perDialTimeout: 60 });
    await dialled(/dial 1 of 1/);
    await host.dropPackets(0);
    assert.match(await facts, /^uid 0$/m);
  });

  describe("pam_nologin lets nobody in but root", () => {
    let file: string;
    before(async () => {
      await host.setSshdOption("UsePAM", "yes");
      file = await host.file("/run/nologin");
    });
    afterEach(() => rm(file, { force: true }));
    after(() => host.setSshdOption("UsePAM", null));

    const byPassword = (): Connection => ({
      host: host.address,
      knownHostsPath: host.knownHostsPath,
      user: "guest",
      password: lab.password,
    });
    const ways: [string, () => Connection][] = [
      ["a key", () => ({ ...host.connection, user: "ops" })],
      ["a password", byPassword],
    ];
    for (const [what, connection] of ways) {
      it(`${what}: is waited for, and told as what it is`, async () => {
        await writeFile(file, `${nologin}\n`);
        const facts = login({ ...connection(), dialErrorLimit: 60 });
        const line = await dialled(/dial 4 of 61: /);
        await rm(file);
        assert.match(line, /: dial 4 of 61: lets nobody but root log in now, so not (ops|guest) either/);
        assert.match(await facts, /^uid [1-9]/m);
      });

      it(`${what}: is given up after dialErrorLimit, never as a wrong login`, async () => {
        await writeFile(file, `${nologin}\n`);
        const gate = await startRelay({ host: host.address });
        const where = { host: gate.host, port: gate.port, hostKey: await host.hostKey() };
        const error = await refused(login({ ...connection(), ...where, dialErrorLimit: 2 }));
        await gate.close();
        assert.equal(error.kind, "unreachable");
        assert.equal(error.parts.topic, "not-yet");
        assert.equal(error.parts.cameBack, nologin);
        assert.match(error.message, /next: it starts, or shuts down: to wait longer for it, raise connection\.dialErrorLimit$/);
        assert.equal(gate.dials(), 3);
      });
    }

    it("a password by questions alone (keyboard-interactive): refused, and said that a host which starts refuses like that", async () => {
      await host.setSshdOption("PasswordAuthentication", "no");
      await host.setSshdOption("KbdInteractiveAuthentication", "yes");
      await login({ ...byPassword(), dialErrorLimit: 0 });
      await writeFile(file, `${nologin}\n`);
      const error = await refused(login({ ...byPassword(), dialErrorLimit: 60 }));
      assert.equal(error.kind, "auth");
      assert.match(
        error.message,
        /next: check user and password; a host that still starts refuses all but root by the same words \(pam_nologin\)/,
      );
      await host.setSshdOption("PasswordAuthentication", null);
      await host.setSshdOption("KbdInteractiveAuthentication", null);
    });

    it("root is let in all the same", async () => {
      await writeFile(file, `${nologin}\n`);
      assert.match(await login({ ...host.connection, dialErrorLimit: 0 }), /^uid 0$/m);
    });

    it("a wrong password is a wrong password, and not tried again", async () => {
      await writeFile(file, `${nologin}\n`);
      const gate = await startRelay({ host: host.address });
      const where = { host: gate.host, port: gate.port, hostKey: await host.hostKey() };
      const error = await refused(login({ ...where, user: "guest", password: "wrong" }));
      await gate.close();
      assert.equal(error.kind, "auth");
      assert.match(error.message, /login as guest was refused/);
      assert.equal(gate.dials(), 1);
    });
  });

  describe("closes the connection before sshd's first word", () => {
    it("too many wait for a login (MaxStartups): waited for, and told in sshd's words", async () => {
      await host.setSshdOption("MaxStartups", "1");
      const waiting: Socket = connect(22, host.address).on("error", () => {});
      await once(waiting, "data"); // sshd counts it from here on
      const error = await refused(login({ ...host.connection, dialErrorLimit: 1 }));
      assert.equal(error.kind, "unreachable");
      assert.match(
        error.message,
        /: the connection was closed before sshd's first word \(\S+ port 22\)\n {2}came back: Exceeded MaxStartups\n {2}next: sshd starts, .*dialErrorLimit/,
      );
      const facts = login({ ...host.connection, dialErrorLimit: 60 });
      await dialled(/dial 4 of 61: the connection was closed before sshd's first word/);
      waiting.destroy();
      assert.match(await facts, /^uid 0$/m);
      await host.setSshdOption("MaxStartups", "100");
    });

    it("a port that takes connections for nobody (a forwarder, a socket unit): waited for until sshd is behind it", async () => {
      await host.stopSshd();
      const gate = await startRelay({ host: host.address });
      const where = { host: gate.host, port: gate.port, hostKey: await host.hostKey() };
      const facts = login({ ...host.connection, ...where, dialErrorLimit: 60 });
      await dialled(/dial 5 of 61: connection reset by peer/);
      await host.startSshd();
      assert.match(await facts, /^uid 0$/m);
      await gate.close();
    });

    it("a reset is one of these", async () => {
      const gate = await startRelay({ host: host.address, refused: 2 });
      const where = { host: gate.host, port: gate.port, hostKey: await host.hostKey() };
      const error = await refused(login({ ...host.connection, ...where, dialErrorLimit: 1 }));
      assert.match(error.message, /closed before sshd's first word.*\n {2}came back: (read|connect) ECONNRESET/);
      assert.match(await login({ ...host.connection, ...where, dialErrorLimit: 0 }), /^uid 0$/m);
      await gate.close();
    });
  });

  describe("makes its host key at its first boot", () => {
    let folder: string;
    let knownHostsPath: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "test-host-booting-"));
      knownHostsPath = join(folder, "known_hosts");
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("known_hosts is read at the dial that gets through: a key that was written there meanwhile is known", async () => {
      await host.stopSshd();
      await host.exec("rm /etc/ssh/ssh_host_ed25519_key*");
      assert.notEqual((await host.result("/usr/sbin/sshd -t")).code, 0, "sshd starts without a key");
      const facts = login({ ...host.connection, knownHostsPath, dialErrorLimit: 60 });
      await dialled(/dial 6 of 61: connection refused/);
      await host.exec("ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key");
      await writeFile(knownHostsPath, `${host.address} ${await host.hostKey()}\n`);
      await host.startSshd();
      assert.match(await facts, /^uid 0$/m);
    });

    it("a key that nobody wrote down is refused at the first dial: waiting would not make it known", async () => {
      const { privateKeyPath } = host.connection;
      await writeFile(knownHostsPath, "");
      const gate = await startRelay({ host: host.address });
      const error = await refused(
        login({ host: gate.host, port: gate.port, user: "root", privateKeyPath, knownHostsPath, dialErrorLimit: 60 }),
      );
      await gate.close();
      assert.match(error.message, /the host's key is not in/);
      assert.equal(gate.dials(), 1);
    });
  });
});
