import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { describe } from "mocha";
import { InitializationFailed } from "../../provider/src/runtime/initializationFailed";
import { rulesOf } from "../host/monitor";
import { create, type Fields, read, refusal } from "../host/resource";
import type { Host } from "../lab/lab";
import { startRelay } from "../lab/relay";
import { until } from "../lab/until";
import { Hooks } from "../soak/hooks";
import { caught, isFired } from "./fixture";
import { atOnce } from "./scenarios";

describe("the end of a change on a host that is hard to ask", function () {
  this.timeout(120_000);

  const scenarios: Record<string, (host: Host) => Promise<void>> = {};
  const scenario = (name: string, run: (host: Host) => Promise<void>): void => {
    scenarios[name] = run;
  };
  const guard = { confirmTimeout: 4 };
  const rule = (host: Host, fields: Fields = {}): Fields => ({
    connection: host.connection,
    priority: 1000,
    from: "198.18.128.2",
    table: 100,
    guard,
    ...fields,
  });
  /** An `ip` that cannot show rules where a transaction stands at one of these stages. */
  const blindAt = (host: Host, stages: string): Promise<() => Promise<void>> =>
    host.replaceBinary(
      "/usr/sbin/ip",
      `#!/bin/sh
case "$*" in *'rule show') for f in /run/policy-routing/t-*/*; do case $f in ${stages}) echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2 ;; esac; done ;; esac
exec ip.real "$@"
`,
    );

  scenario("neither the reading back nor the look after the undo can be read: undone, and it is said that nobody saw it", async (host) => {
    const before = await rulesOf(host);
    const mend = await blindAt(host, "*/armed | */unguarded | */fired | */told");
    const error = await refusal(create("PolicyRule", rule(host)));
    assert.match(
      error.message,
      /: reverted, but differs: what is there now could not be read: what was applied could not be read back: ip could not show rules 4/,
    );
    assert.ok(error instanceof InitializationFailed, "it is not kept in the state, so nobody would look again");
    await mend();
    assert.deepEqual(await rulesOf(host), before);
  });

  scenario("the confirm's answer is lost and nothing can be read any more: applied, as the host says", async (host) => {
    const path = await startRelay({ host: host.address });
    const mend = await blindAt(host, "*/confirmed");
    await writeFile(
      await host.file("/usr/local/bin/mv"),
      '#!/bin/sh\n/bin/mv "$@" || exit\ncase $2 in */confirmed) touch /tmp/confirmed; sleep 2 ;; esac\n',
      { mode: 0o755 },
    );
    const connection = {
      host: path.host,
      port: path.port,
      user: "root",
      privateKeyPath: host.keyPath,
      hostKey: await host.hostKey(),
      dialErrorLimit: 3,
    };
    const making = create("PolicyRule", rule(host, { connection, guard: { confirmTimeout: 30 } }));
    await until("the confirm", async () => ((await host.result("[ -e /tmp/confirmed ]")).code === 0 ? true : undefined), 30_000);
    path.cut();
    const made = await making;
    await mend();
    assert.notEqual(await read(made), undefined);
    await path.close();
  });

  scenario("a probe's answer that is no answer: undone, with an ending", async (host) => {
    const before = await rulesOf(host);
    const mend = await host.replaceBinary(
      "/usr/sbin/ip",
      `#!/bin/sh
case "$*" in *'-j -N -d -batch -') for f in /run/policy-routing/t-*/armed; do [ ! -e "$f" ] || { echo '<html>'; exit; }; done ;; esac
exec ip.real "$@"
`,
    );
    const probes = [{ route: "198.18.128.1", dev: "eth1", expect: true }];
    const { message } = await refusal(create("PolicyRule", rule(host, { guard: { ...guard, probes } })));
    assert.match(message, /: reverted \(verified\): what the host answered cannot be understood: the answer of ip for a route probe/);
    await mend();
    assert.deepEqual(await rulesOf(host), before);
  });

  scenario("logins of 7 s and a change that cuts the host off: it is undone, and found on the way back", async (host) => {
    // sshd asks it twice a login.
    await writeFile(await host.file("/usr/local/bin/slow"), "#!/bin/sh\nsleep 3.5\ncat /etc/ssh/authorized_keys.d/root\n", { mode: 0o755 });
    await host.setSshdOption("AuthorizedKeysFile", "none");
    await host.setSshdOption("AuthorizedKeysCommandUser", "root");
    await host.setSshdOption("AuthorizedKeysCommand", "/usr/local/bin/slow");
    const terms = { confirmTimeout: 15, allowManagementPathChange: true };
    const made = await create("PolicyRule", rule(host, { guard: terms }));
    const cut = rule(host, { priority: 1009, from: undefined, to: "198.19.0.0/16", table: undefined, action: "blackhole" });
    const { message } = await refusal(create("PolicyRule", { ...cut, guard: { ...terms, confirmTimeout: 4 } }));
    assert.match(message, /: reverted \(verified\): /);
    assert.equal((await rulesOf(host)).length, 1);
    assert.notEqual(await read(made), undefined);
  });

  scenario("the change takes longer than its guard: that is the reason, not a login", async (host) => {
    const hooks = new Hooks(host);
    await hooks.install();
    await hooks.set({ place: "readback", number: 1 });
    const [error] = await Promise.all([refusal(create("PolicyRule", rule(host))), caught(hooks, () => isFired(host))]);
    assert.match(error.message, /: reverted \(verified\): the change took longer than guard\.confirmTimeout \(4 s\): /);
  });

  scenario("the change cuts off the connection that it came by: that is told, not that it took so long", async (host) => {
    const { message } = await refusal(
      create(
        "PolicyRule",
        rule(host, {
          priority: 10,
          from: undefined,
          table: undefined,
          action: "prohibit",
          family: "inet",
          guard: { confirmTimeout: 6, allowManagementPathChange: true },
        }),
      ),
    );
    assert.match(
      message,
      /: reverted \(verified\): (the change was made in time, but the answer came only after|while the change was applied: )/,
    );
    assert.match(message, /\n {2}next: look where answers to your own address go with the change/);
    assert.equal((await rulesOf(host)).length, 0);
  });

  scenario("an answer that comes later than its guard: that is the reason, not a login", async (host) => {
    const path = await startRelay({ host: host.address });
    const connection = { host: path.host, port: path.port, user: "root", privateKeyPath: host.keyPath, hostKey: await host.hostKey() };
    await create("PolicyRule", rule(host, { connection, guard: { confirmTimeout: 30 } }));
    path.delay(1500);
    const error = await refusal(create("PolicyRule", rule(host, { connection, priority: 1001, guard: { confirmTimeout: 2 } })));
    assert.match(
      error.message,
      /: reverted \(verified\): the change was made in time, but the answer came only after [0-9.]+ s, with a guard of 2 s: .*\n {2}next: .*; on a slow network raise guard\.confirmTimeout$/,
    );
    await path.close();
  });

  atOnce("test-guard-blind", scenarios);
});
