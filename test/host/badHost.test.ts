import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { type Relay, startRelay } from "../lab/relay";
import { until } from "../lab/until";
import { rulesOf } from "./monitor";
import { create, type Fields, read, refusal, remove } from "./resource";

describe("a bad host", () => {
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-host-bad" });
    host = lab.hosts[0];
  });
  afterEach(closeHosts);
  after(() => lab.stop());

  const rule = { priority: 1000, from: "198.18.128.2", table: 100 };
  const table = { tableId: 100, name: "rt2" };
  const route = (fields: Fields): Fields => ({ destination: "default", table: 100, ...fields });
  const create1 = (kind: string, fields: Fields, connection: Fields = {}): Promise<unknown> =>
    create(kind, { connection: { ...host.connection, ...connection }, ...fields });

  /** What must hold of every failure here: the host is named, nothing changed, nothing is left, nothing raw reaches a terminal. */
  const failsCleanly = async (
    action: () => Promise<unknown>,
    message: RegExp,
    mend: () => Promise<unknown> = async () => {},
  ): Promise<void> => {
    const before = await host.snapshot();
    let error: Error;
    try {
      error = await refusal(action());
    } finally {
      await mend();
    }
    assert.ok(error.message.startsWith(`${host.address}: `), error.message);
    assert.match(error.message, message);
    assert.equal([...error.message].filter((letter) => letter !== "\n" && letter !== "\t" && letter < " ").join(""), "");
    assert.ok(error.message.length < 4000, `${error.message.length} characters`);
    assert.equal(await host.snapshot(), before);
    // No guard is armed, nobody holds the lock: it is empty, or there is none.
    assert.equal(
      await host.exec("cd /run/policy-routing 2>/dev/null && find . -name armed -o -name firing -o -name 'lock.*' -size +0 || true"),
      "",
    );
  };

  /** An `ip` that does something of its own where its words match, and is the real one for the rest. */
  const fakeIp = (pattern: string, action: string): Promise<() => Promise<void>> =>
    host.replaceBinary("/usr/sbin/ip", `#!/bin/sh\ncase "$*" in ${pattern}) ${action} ;; esac\nexec ip.real "$@"\n`);

  const oddities: [string, () => Promise<() => Promise<void>>, RegExp][] = [
    ["no ip", () => host.replaceBinary("/usr/sbin/ip", null), /there is no ip command on the host.*install iproute2/s],
    [
      "busybox's ip",
      () => fakeIp("-V", "echo 'BusyBox v1.36.1 (2024-01-01 00:00:00 UTC) multi-call binary.' >&2; exit 1"),
      /ip on the host is not iproute2's.*came back: BusyBox v1\.36\.1.*install iproute2/s,
    ],
    ["iproute2 4.19", () => fakeIp("-V", "echo 'ip utility, iproute2-4.19.0'; exit"), /iproute2 4\.19\.0 is too old: .* needs 4\.20/],
    ["iproute2 of 2018", () => fakeIp("-V", "echo 'ip utility, iproute2-ss180129'; exit"), /iproute2 ss180129 is too old/],
    [
      "Linux 4.14",
      async () => {
        await host.exec("echo 4.14.336-generic >/tmp/osrelease && mount --bind /tmp/osrelease /proc/sys/kernel/osrelease");
        return async () => {
          await host.exec("umount /proc/sys/kernel/osrelease");
        };
      },
      /Linux 4\.14\.336-generic is too old.*since 4\.17/,
    ],
    [
      "an ip that prints no JSON",
      () => fakeIp("*'rule show'", "echo 'Segmentation fault'; exit"),
      /answer of ip for rules inet is not JSON/,
    ],
    [
      "an ip that cannot show rules",
      () => fakeIp("*'rule show'", "echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2"),
      /ip could not show rules 4.*Operation not permitted/s,
    ],
    [
      "an ip that prints half a JSON",
      () => fakeIp("*'rule show'", 'ip.real "$@" | head -c 60; exit'),
      /answer of ip for rules inet is not JSON/,
    ],
    ["an ip that prints JSON of another form", () => fakeIp("*'rule show'", `echo '{"rules":[]}'; exit`), /answer of ip for rules inet/],
    [
      "an ip that prints without an end",
      () => fakeIp("*'rule show'", `exec yes '{"priority":1000},'`),
      /the host sends more than was asked for, or without an end: more than 100000 objects/,
    ],
    [
      "an ip that prints binary",
      () => fakeIp("*'rule show'", "head -c 3000 /dev/urandom; exit"),
      /answer of ip for rules inet is not JSON/,
    ],
  ];
  for (const [what, breakIt, message] of oddities)
    it(`${what}: is told, and nothing was changed`, async () => {
      await failsCleanly(() => create1("PolicyRule", rule), message, await breakIt());
    });

  it("control characters in what ip shows are escaped", async () => {
    const name = "\\u001b[31mred\\u0007\\u009b";
    const line = `{"priority":1000,"src":"198.18.128.2","${name}":1,"table":"100","protocol":"3"}`;
    const mend = await fakeIp("*'-4 rule show'", `echo '[${line}]'; exit`);
    await failsCleanly(() => create1("PolicyRule", { ...rule, adopt: true }), /\\x1b\[31mred\\x07\\x9b/, mend);
  });

  it("control characters in a host's other answers are escaped", async () => {
    const mend = await fakeIp("*-batch*", "cat >/dev/null; printf '\\033[2J\\033]0;title\\007 no\\n' >&2; exit 1");
    await failsCleanly(() => create1("PolicyRule", rule), /\\x1b\[2J\\x1b\]0;title\\x07 no/, mend);
  });

  const refusals: [string, string, Fields, RegExp][] = [
    [
      "a device that does not exist",
      "PolicyRoute",
      route({ family: "inet", dev: "nosuch0" }),
      /the kernel refused it; reverted \(verified\).*Cannot find device "nosuch0"/s,
    ],
    [
      "a gateway that is not on-link",
      "PolicyRoute",
      route({ via: "192.0.2.77", dev: "eth1" }),
      /Nexthop has invalid gateway.*\n {2}next: 192\.0\.2\.77 is in no network of eth1 that the host knows: /s,
    ],
    [
      "an IPv6 gateway that is not on-link",
      "PolicyRoute",
      route({ via: "2001:db8:77::1", dev: "eth1" }),
      /(No route to host|invalid gateway).*\n {2}next: 2001:db8:77::1 is in no network of eth1 /is,
    ],
    [
      "a source address that is not the host's",
      "PolicyRoute",
      route({ via: "198.18.128.1", dev: "eth1", src: "192.0.2.77" }),
      /Invalid prefsrc|Invalid argument/,
    ],
  ];
  for (const [what, kind, fields, message] of refusals)
    it(`${what}: the kernel's own words are told, with the object, and it was undone`, async () => {
      await failsCleanly(() => create1(kind, fields), message);
      await failsCleanly(
        () => create1(kind, fields),
        /: ip -[46] route .*: the kernel refused it; reverted \(verified\)\n {2}ran: ip -[46] route add/,
      );
    });

  it("an encapsulation that its kernel was built without is told as what the host lacks", async () => {
    await failsCleanly(
      () => create1("PolicyRoute", route({ via: "198.18.128.1", dev: "eth1", encap: "mpls 100/200" })),
      /the host's kernel does not support something of it, whatever its version \(\S+\) says; reverted \(verified\).*lwt encapsulation type not supported/s,
    );
  });

  it("a word that its ip does not know, though its version says so, is told as what the host lacks", async () => {
    const mend = await fakeIp("*-batch*", 'cat >/dev/null; echo \'Error: either "to" is duplicate, or "dscp" is a garbage.\' >&2; exit 1');
    await failsCleanly(() => create1("PolicyRule", rule), /the host's iproute2 does not know something of it, whatever its version/, mend);
  });

  const places: [string, string, Fields, () => Promise<unknown>, () => Promise<unknown>, RegExp][] = [
    [
      "/etc is read-only, for a RoutingTable",
      "RoutingTable",
      table,
      () => host.makeReadOnly("/etc"),
      () => host.makeWritable("/etc"),
      /: the file could not be written; reverted \(verified\)\n {2}ran: write \/etc\/iproute2\/rt_tables\.d\/policy-routing-100\.conf\n {2}came back: .*Read-only file system/,
    ],
    [
      "/proc/sys is read-only, for a device's setting",
      "HostRouting",
      { reversePathFilter: { eth1: "loose" } },
      () => host.exec("mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys"),
      () => host.exec("umount /proc/sys"),
      /: the setting could not be made; reverted \(verified\)\n {4}of sysctl rp_filter eth1; its undo: .*\n {2}ran: set net\.ipv4\.conf\.eth1\.rp_filter = 2\n {2}came back: .*Read-only file system/,
    ],
    [
      "/run is read-only",
      "PolicyRule",
      rule,
      () => host.makeReadOnly("/run"),
      () => host.makeWritable("/run"),
      /nothing was changed: cannot write to \/run\/policy-routing: is it full or read-only\?/,
    ],
    ["/run is full", "PolicyRule", rule, () => host.fillRun(), () => host.freeRun(), /nothing was changed: .*full/],
  ];
  for (const [what, kind, fields, breakIt, mend, message] of places) {
    it(`${what}: is told, and nothing was changed`, async () => {
      await host.exec("rm -rf /run/policy-routing");
      await breakIt();
      await failsCleanly(() => create1(kind, fields), message, mend);
    });
    it(`${what}, where a transaction was before: is told, and nothing was changed`, async () => {
      await remove(await create("PolicyRule", { connection: host.connection, ...rule, priority: 1001 }));
      await host.exec("rm -rf /run/policy-routing/t-*"); // forgetting what was read would make room
      await breakIt();
      await failsCleanly(() => create1(kind, fields), message, mend);
    });
  }

  it("/run is full, for a delete: is told, and the rule stays", async () => {
    const made = await create("PolicyRule", { connection: host.connection, ...rule });
    await host.exec("touch /run/policy-routing/register");
    await host.fillRun();
    await failsCleanly(
      () => remove(made),
      /nothing was changed: .*full/,
      () => host.freeRun(),
    );
    assert.equal((await rulesOf(host)).length, 1);
    await remove(made);
  });

  it("/run has room for the lock only: the guard is not armed, and nothing was changed", async () => {
    await host.exec("rm -rf /run/policy-routing; cat /dev/zero >/run/.full; truncate -s -12288 /run/.full");
    await failsCleanly(
      () => create1("PolicyRule", rule),
      /nothing was changed: .*full/,
      () => host.freeRun(),
    );
  });

  it("unreachable: named as it was written, with address and port, and never taken to be gone", async () => {
    const made = await create("PolicyRule", { connection: { ...host.connection, dialErrorLimit: 1, perDialTimeout: 5 }, ...rule });
    closeHosts();
    await host.stopSshd("die");
    try {
      for (const action of [() => read(made), () => remove(made)])
        await failsCleanly(action, /not reachable \(.* port 22\).*ECONNREFUSED.*--exclude '\*\*NAME'/s);
    } finally {
      await host.startSshd();
    }
    await remove(made);
  });

  it("frozen by its operator: refuses with the text of the file, and lets what needs no change be", async () => {
    const made = await create("PolicyRule", { connection: host.connection, ...rule });
    await host.exec("mkdir -p /etc/policy-routing && echo 'maintenance until Friday' >/etc/policy-routing/freeze");
    await failsCleanly(() => remove(made), /the host is frozen\n {2}came back: maintenance until Friday/);
    await host.exec("rm -r /etc/policy-routing");
    await remove(made);
  });
});

/** They wait for deadlines: all at once, each on a host of its own. */
describe("a host that is lost on the way", () => {
  const relays: Relay[] = [];
  const throughRelay = async (host: Host): Promise<{ relay: Relay; connection: Fields }> => {
    const relay = await startRelay({ host: host.address });
    relays.push(relay);
    const hostKey = await host.hostKey();
    return { relay, connection: { host: relay.host, port: relay.port, user: "root", privateKeyPath: host.keyPath, hostKey } };
  };
  const scenarios: [string, (host: Host) => Promise<void>][] = [];
  const scenario = (name: string, run: (host: Host) => Promise<void>): void => void scenarios.push([name, run]);
  const rule = { priority: 1000, from: "198.18.128.2", table: 100 };

  scenario("silent: a login ends in time, and so does a frame on the way", async (host) => {
    const { relay, connection } = await throughRelay(host);
    const before = await host.snapshot();
    const made = await create("PolicyRule", { connection, ...rule });
    relay.stall();
    const late = refusal(
      create("PolicyRule", { connection: { ...connection, dialErrorLimit: 0, perDialTimeout: 2 }, ...rule, priority: 1001 }),
    );
    const stalled = refusal(read(made));
    assert.match((await late).message, /^127\.0\.0\.1: no login within 2 s/);
    assert.match((await stalled).message, /^127\.0\.0\.1: (the connection was lost|no answer within)/);
    relay.resume();
    await remove({ ...made, state: { ...made.state, connection: host.connection } });
    assert.equal(await host.snapshot(), before);
  });

  /** The moment in which a change is half done: `ip -batch` has made it and does not return before it may. */
  const inMidBatch = async (host: Host): Promise<{ reached(): Promise<true>; mend(): Promise<void> }> => {
    const mend = await host.replaceBinary(
      "/usr/sbin/ip",
      `#!/bin/sh
case "$*" in *-force*|*-j*) exec ip.real "$@" ;; *-batch*) ;; *) exec ip.real "$@" ;; esac
ip.real "$@"; code=$?
touch /tmp/batched
tries=0
while [ ! -e /tmp/go ] && [ $tries -lt 300 ]; do tries=$((tries + 1)); sleep 0.1; done
exit $code
`,
    );
    return {
      reached: () =>
        until("the batch to be half done", async () => ((await host.result("[ -e /tmp/batched ]")).code === 0 ? true : undefined), 30_000),
      mend: async () => {
        await host.exec("touch /tmp/go");
        await mend();
        await host.exec("rm -f /tmp/batched /tmp/go");
      },
    };
  };

  scenario("connection lost in mid-batch: comes back, undoes, and tells what was seen", async (host) => {
    const { relay, connection } = await throughRelay(host);
    const before = await host.snapshot();
    const { reached, mend } = await inMidBatch(host);
    const failed = refusal(create("PolicyRule", { connection, ...rule }));
    await reached();
    assert.equal((await rulesOf(host)).length, 1);
    relay.cut();
    const { message } = await failed;
    await mend();
    assert.match(
      message,
      /^127\.0\.0\.1: ip -4 rule pref 1000 .*: reverted \(verified\): while the change was applied: the connection was lost/,
    );
    assert.equal(await host.snapshot(), before);
  });

  scenario("connection lost in mid-batch and the host out of reach: its guard undoes, which is found on the way back", async (host) => {
    const { relay, connection } = await throughRelay(host);
    const before = await host.snapshot();
    const { reached, mend } = await inMidBatch(host);
    const failed = refusal(create("PolicyRule", { connection, ...rule, guard: { confirmTimeout: 2 } }));
    await reached();
    relay.cut();
    await host.linkDown();
    await until("the guard to undo", async () => ((await rulesOf(host)).length === 0 ? true : undefined), 30_000);
    await host.linkUp();
    assert.match((await failed).message, /reverted \(verified\)/);
    await mend();
    assert.equal(await host.snapshot(), before);
  });

  scenario("the answer is lost after the change was confirmed: it is held to be applied, as the host says", async (host) => {
    // The confirming frame of the fresh login is answered to nobody: the connection goes when the guard is disarmed.
    const { relay, connection } = await throughRelay(host);
    await writeFile(
      await host.file("/usr/local/bin/mv"),
      '#!/bin/sh\n/bin/mv "$@" || exit\ncase $2 in */confirmed) touch /tmp/confirmed; sleep 2 ;; esac\n',
      {
        mode: 0o755,
      },
    );
    const making = create("PolicyRule", { connection, ...rule });
    await until("the confirm", async () => ((await host.result("[ -e /tmp/confirmed ]")).code === 0 ? true : undefined), 30_000);
    relay.cut();
    const made = await making;
    await host.exec("rm -f /usr/local/bin/mv /tmp/confirmed");
    assert.equal((await rulesOf(host)).length, 1);
    await remove(made);
  });

  let lab: Lab;
  const running = new Map<string, Promise<unknown>>();
  before(async () => {
    lab = await startLab({ name: "test-host-lost", hosts: scenarios.length });
    for (const [index, [name, run]] of scenarios.entries()) {
      const host = lab.hosts[index];
      assert.ok(host !== undefined);
      running.set(
        name,
        run(host).then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
    }
  });
  after(async () => {
    closeHosts();
    await Promise.all(relays.map((relay) => relay.close()));
    await lab.stop();
  });

  for (const [name] of scenarios)
    it(name, async () => {
      const error = await running.get(name);
      if (error !== undefined) throw error;
    });
});
