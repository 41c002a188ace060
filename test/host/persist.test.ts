import { strict as assert } from "node:assert";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { until } from "../lab/until";
import { checked, create, type Fields, type Made, read, refusal, remove, stack, update, warnings } from "./resource";

const store = "/etc/policy-routing/objects";
const replay = "/etc/policy-routing/replay";

/** Hosts in namespaces have no systemd: rc.local is what calls the script there, and the test calls rc.local. */
describe("what is persisted on a host", () => {
  let lab: Lab;
  let host: Host;
  let clean: string;
  before(async () => {
    await ensurePackages(["busybox"]);
    lab = await startLab({ name: "test-host-persist" });
    host = lab.hosts[0];
    clean = await host.snapshot();
  });
  let made: Made[] = [];
  beforeEach(() => {
    made = [];
  });
  afterEach(async () => {
    for (const one of made.toReversed()) await remove(one);
    closeHosts();
    assert.equal(await host.snapshot(), clean);
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const make = async (kind: string, fields: Fields): Promise<Made> => {
    const one = await create(kind, { connection: host.connection, persist: "rc-local", ...fields });
    made.push(one);
    return one;
  };
  const rule = (fields: Fields = {}): Promise<Made> => make("PolicyRule", { priority: 1000, from: "198.18.128.2", table: 100, ...fields });
  const gateway = (fields: Fields = {}): Promise<Made> =>
    make("PolicyRoute", { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100, ...fields });
  const howTo = async (): Promise<Made[]> => [
    await make("RoutingTable", { tableId: 100, name: "rt2" }),
    await make("PolicyRoute", { destination: "198.18.128.0/18", dev: "eth1", src: "198.18.128.2", table: 100 }),
    await gateway(),
    await gateway({ via: "2001:db8:2::1", metric: 5 }),
    await make("PolicyRoute", { destination: "198.51.100.0/24", type: "unreachable", tos: "0x10", table: "default" }),
    await rule(),
    await rule({ from: undefined, to: "2001:db8:77::/48", priority: 1001 }),
    await make("NextHop", { nhid: 5, via: "198.18.128.1", dev: "eth1" }),
    await make("PolicyRoute", { destination: "198.51.100.0/24", table: 101, nhid: 5 }),
    await gateway({ table: 102, tos: "0x10", encap: "ip id 100 dst 192.0.2.1 tos 4 key" }),
  ];
  const script = (options = "", shell = "sh") => host.result(`${shell} ${replay} ${options}`);
  const reboot = async (): Promise<void> => {
    closeHosts();
    await host.reboot();
  };

  it("is put back after a reboot as it was, its owners too, by dash and by busybox", async () => {
    for (const one of await howTo()) assert.match(String(one.state["persisted"]), /^(rc-local|by its own file)$/);
    const all = await host.snapshot();
    for (const shell of ["dash", "busybox sh"]) {
      await reboot();
      assert.notEqual(await host.snapshot(), all);
      assert.match((await script("--check", shell)).stdout, /^(missing: .*\n){9}$/);
      const { code, stderr } = await script("", shell);
      assert.deepEqual([code, stderr.match(/^added/gm)?.length], [0, 9], stderr);
      assert.equal(await host.snapshot(), all);
      assert.deepEqual(await script("--check", shell), { code: 0, stdout: "", stderr: "" });
      assert.deepEqual(await script("", shell), { code: 0, stdout: "", stderr: "" });
    }
    // Without owners the removal would leave everything as it is, and `afterEach` would tell.
  });

  it("a setting of a device is put back while a boot lasts, then left to whoever sets it, and what it was comes back with the last object", async () => {
    const knob = "/proc/sys/net/ipv4/conf/eth0/rp_filter";
    const value = async (): Promise<string> => (await host.exec(`cat ${knob}`)).trim();
    const one = await make("HostRouting", { reversePathFilter: { eth0: "loose" } });
    assert.deepEqual([await value(), one.state["persisted"]], ["2", "rc-local"]);
    await reboot();
    await host.exec(`echo 0 >${knob}`);
    assert.match((await script("--check")).stdout, /^missing: sysctl net\/ipv4\/conf\/eth0\/rp_filter 2\n$/);
    assert.match((await script()).stderr, /^set sysctl rp_filter eth0$/m);
    assert.equal(await value(), "2");
    // As udev does by sysctl.d, once it comes upon a device.
    await host.exec(`echo 0 >${knob}`);
    assert.match((await script("", "busybox sh")).stderr, /^set sysctl rp_filter eth0$/m);
    assert.equal(await value(), "2");
    assert.deepEqual(await script(), { code: 0, stdout: "", stderr: "" });
    await host.exec(`echo '600.00 0.00' >/tmp/uptime; mount --bind /tmp/uptime /proc/uptime; echo 1 >${knob}`);
    assert.deepEqual(await script(), { code: 0, stdout: "", stderr: "" });
    assert.equal(await value(), "1");
    await host.exec(`umount /proc/uptime; echo 2 >${knob}`);
    // The removal puts back 0, which only the register of the replay knows, and `afterEach` looks.
  });

  it("of a set of rules is missing where one of them is, which alone is put back, by dash and by busybox", async () => {
    const one = await rule({ from: ["198.18.128.2", "198.18.128.3", "198.18.128.0/28"], to: ["198.51.100.0/24", "192.0.2.0/24"] });
    assert.equal(one.state["persisted"], "rc-local");
    const all = await host.snapshot();
    for (const shell of ["dash", "busybox sh"]) {
      const { code } = await script("--check", shell);
      assert.equal(code, 0);
      await host.exec("ip rule del pref 1000 from 198.18.128.3 to 192.0.2.0/24");
      assert.match(
        (await script("--check", shell)).stdout,
        /^missing: rule inet 1000: ip -4 rule add pref 1000 from 198\.18\.128\.3 to 192\.0\.2\.0\/24 table 100 proto 214\n$/,
      );
      assert.deepEqual(await script("", shell), { code: 0, stdout: "", stderr: "added rule inet 1000\n" });
      assert.equal((await host.snapshot()).split("\n").sort().join("\n"), all.split("\n").sort().join("\n"));
      await reboot();
      assert.match((await script("--check", shell)).stdout, /^(missing: .*\n){6}$/);
      assert.deepEqual(await script("", shell), { code: 0, stdout: "", stderr: "added rule inet 1000\n" });
      assert.equal(await host.snapshot(), all, "the register says again how many there are");
    }
    const shrunk = await update(one, { from: "198.18.128.2", to: undefined });
    assert.match(await host.exec(`cat ${store}/40-rule-inet-1000`), /^# pulumi-policy-routing 1\t.*\nrule add .*\n$/);
    made = [shrunk];
  });

  it("is called by rc.local, which is as before when the last object is gone", async () => {
    const text = "#!/bin/sh -e\necho local >/run/local\nexit 0\n";
    await host.exec(`printf '${text.replaceAll("\n", "\\n")}' >/etc/rc.local; chmod 700 /etc/rc.local`);
    const before = await host.snapshot();
    const one = await rule();
    const all = await host.snapshot();
    await reboot();
    await host.exec("/etc/rc.local && cat /run/local");
    assert.equal(await host.snapshot(), all);
    await remove(one);
    made = [];
    assert.equal(await host.snapshot(), before);
    await host.exec("rm /etc/rc.local");
  });

  it("finds an rc.local that cannot be put in its place: it says so, and nothing of it stays", async () => {
    await host.exec("printf '#!/bin/sh\\n' >/root/rc; chmod 755 /root/rc; : >/etc/rc.local; mount --bind /root/rc /etc/rc.local");
    const before = await host.snapshot();
    const told = await warnings(async () => {
      const one = await rule();
      assert.match(String(one.state["persisted"]), /^no: mv: .*busy/);
      assert.equal((await host.exec("ls -d /etc/rc.local*")).trim(), "/etc/rc.local");
    });
    assert.match(told, /applied, but what it would be after a reboot could not be written: mv: .*busy/);
    for (const one of made.splice(0)) await remove(one);
    assert.equal(await host.snapshot(), before);
    await host.exec("umount /etc/rc.local; rm /etc/rc.local /root/rc");
  });

  it("is found changed or missing by a refresh, and repaired by the next change", async () => {
    const one = await rule();
    const wholly = await host.snapshot();
    const breaks = [
      `rm ${store}/40-rule-inet-1000`,
      `sed -i 's/table 100/table 101/' ${store}/40-rule-inet-1000`,
      `rm ${replay}`,
      "chmod -x /etc/rc.local",
      "rm -r /etc/policy-routing",
    ];
    assert.equal((await read(one))?.["persist"], "rc-local");
    for (const command of breaks) {
      await host.exec(command);
      closeHosts(); // what was read is remembered for a moment
      assert.equal((await read(one))?.["persist"], "none", command);
      if (command.startsWith("chmod")) await host.exec("rm /etc/rc.local");
      const { state } = await update({ ...one, state: { ...one.state, persist: "none" } }, {});
      assert.equal(state["persisted"], "rc-local");
      assert.equal(await host.snapshot(), wholly, command);
    }
  });

  it("goes when persist becomes none, and comes back; the kernel is not touched", async () => {
    let one = await rule();
    await host.exec("ip monitor rule >/run/seen 2>&1 & echo $! >/run/monitor.pid");
    one = await update(one, { persist: "none" });
    assert.equal(one.state["persisted"], "none");
    assert.equal((await host.result("ls /etc/policy-routing /etc/rc.local")).code, 2);
    one = await update(one, { persist: "rc-local" });
    assert.equal(one.state["persisted"], "rc-local");
    assert.equal(await host.exec("kill $(cat /run/monitor.pid); cat /run/seen"), "");
    made = [one];
  });

  it("says what auto chose where nothing would call the script, once a host and run, and writes nothing", async () => {
    closeHosts();
    const both: Made[] = [];
    const told = await warnings(async () => {
      both.push(await rule({ persist: undefined }), await rule({ persist: "auto", priority: 1001 }));
    });
    const [one] = both;
    assert.ok(one !== undefined);
    assert.equal(
      told.match(/^warning: \S+: applied, but gone after a reboot: auto found nothing that runs on the host/gm)?.length,
      1,
      told,
    );
    assert.match(told, /next: say persist: "none" if that is meant, or give the host one of these/);
    assert.equal(await warnings(() => rule({ persist: "none", priority: 1002 })), "");
    assert.match(String(one.state["persisted"]), /^no: auto found nothing/);
    assert.equal((await host.result("ls /etc/policy-routing")).code, 2);
    assert.equal((await read(one))?.["persist"], undefined);
  });

  it("cannot be written: what is applied stays, with a warning, and the output says so", async () => {
    await host.makeReadOnly("/etc");
    let one: Made | undefined;
    const told = await warnings(async () => {
      one = await rule();
    });
    assert.match(told, /rule add.*|applied, but what it would be after a reboot could not be written: .*Read-only file system/);
    assert.match(String(one?.state["persisted"]), /^no: .*Read-only file system/);
    assert.match(await host.exec("ip rule show pref 1000"), /lookup 100/);
    await host.makeWritable("/etc");
    assert.ok(one !== undefined);
    assert.equal((await read(one))?.["persist"], "none");
    assert.equal((await update({ ...one, state: { ...one.state, persist: "none" } }, {})).state["persisted"], "rc-local");
  });

  it("lies where another user could write: what is applied stays, and the output and a warning say that nothing would put it back", async () => {
    const folder = "/etc/policy-routing";
    const places: [string, string, string][] = [
      [`mkdir -p ${store} && chmod g+w ${store}`, store, "is writable by others"],
      [`mkdir -p ${store} && chown nobody ${folder}`, folder, "is not root's"],
      [`mkdir /root/elsewhere && ln -s /root/elsewhere ${folder}`, folder, "is a link"],
    ];
    for (const [spoil, what, why] of places) {
      await host.exec(spoil);
      const told = await warnings(async () => {
        const { state } = await rule();
        assert.equal(state["persisted"], `no: ${what} ${why}: what puts back would not take it`);
      });
      assert.ok(told.includes(`could not be written: ${what} ${why}`), told);
      const [one] = made.splice(0);
      assert.ok(one !== undefined);
      assert.equal((await read(one))?.["persist"], "none");
      await remove(one);
      await host.exec(`rm -rf ${folder} /root/elsewhere`);
    }
  });

  for (const program of ["awk", "ls"])
    it(`needs ${program}: without one, what is applied stays, and the output and a warning say why nothing puts it back`, async () => {
      const restore = await host.replaceBinary(`/usr/bin/${program}`, null);
      let one: Made | undefined;
      const told = await warnings(async () => {
        one = await rule();
      });
      assert.ok(
        told.includes(`applied, but what it would be after a reboot could not be written: there is no ${program} on the host`),
        told,
      );
      assert.match(String(one?.state["persisted"]), new RegExp(`^no: there is no ${program} on the host`));
      await restore();
      assert.ok(one !== undefined);
      closeHosts();
      assert.equal((await read(one))?.["persist"], "none");
      assert.equal((await update({ ...one, state: { ...one.state, persist: "none" } }, {})).state["persisted"], "rc-local");
    });

  it("finds its disk full: what is applied stays, with a warning, nothing is written by halves, and the next change repairs it", async () => {
    const folder = "/etc/policy-routing";
    await host.exec(
      `mkdir -m 700 ${folder}; mount -t tmpfs -o size=16k,mode=700 full ${folder}; cat /dev/zero >${folder}/filler 2>/dev/null || true`,
    );
    let one: Made | undefined;
    const told = await warnings(async () => {
      one = await rule();
    });
    assert.match(told, /applied, but what it would be after a reboot could not be written: cannot write .*is the disk full/);
    assert.match(String(one?.state["persisted"]), /^no: cannot write .*is the disk full/);
    assert.equal(await host.exec(`cat ${store}/* 2>/dev/null || true`), "");
    await host.exec(`umount ${folder}`);
    assert.ok(one !== undefined);
    closeHosts();
    assert.equal((await update({ ...one, state: { ...one.state, persist: "none" } }, {})).state["persisted"], "rc-local");
  });

  it("a reboot while a guard is armed: the host comes up as it was confirmed last, and the change says so", async () => {
    await rule();
    const confirmed = await host.snapshot();
    const [, network] = /inet ([0-9.]+)\.[0-9]+\//.exec(await host.exec("ip -4 -o addr show dev mgmt")) ?? [];
    const cutting = refusal(
      create("PolicyRule", {
        connection: host.connection,
        persist: "rc-local",
        priority: 500,
        to: `${network}.1`,
        action: "blackhole",
        guard: { confirmTimeout: 60, allowManagementPathChange: true },
      }),
    );
    await until("the host to be cut off", async () => ((await host.exec("ip rule show pref 500")) === "" ? undefined : true), 20_000);
    await host.reboot();
    assert.match((await cutting).message, /reverted.*the host was rebooted meanwhile/s);
    closeHosts();
    assert.equal((await script()).code, 0);
    assert.equal(await host.snapshot(), confirmed);
  });

  describe("between the confirm and the writing", () => {
    /** What `sync` does once, after the confirm: it is called before an object's file gets its name. */
    const atSync = (what: string): Promise<() => Promise<void>> =>
      host.replaceBinary(
        "/bin/sync",
        `#!/bin/sh\ncase $* in */policy-routing/new/*) [ ! -e /run/once ] || { mv /run/once /run/reached; ${what}; } ;; esac\nexec sync.real "$@"\n`,
      );
    const changes = (): Promise<Made> => create("PolicyRule", { ...connected(), priority: 1001, from: "198.18.128.3", table: 100 });
    const connected = (): Fields => ({ connection: host.connection, persist: "rc-local" });
    const isConfirmed = (): Promise<string> => host.exec("ls /run/policy-routing/t-*/confirmed; ls /etc/policy-routing/new");

    it("the power goes: the host comes up as persisted last, the change says so, and the next one leaves no trace of it", async () => {
      await rule();
      const persisted = await host.snapshot();
      const restore = await atSync("sleep 600");
      await host.exec(": >/run/once");
      const cut = refusal(changes());
      await until("the writing", async () => ((await host.result("test -e /run/reached")).code === 0 ? true : undefined), 20_000);
      assert.match(await isConfirmed(), /confirmed\n40-rule-inet-1001\n$/);
      await host.reboot();
      assert.match((await cut).message, /reverted.*the host was rebooted meanwhile/s);
      await restore();
      closeHosts();
      assert.equal((await script()).code, 0);
      const withoutNew = (await host.snapshot()).split("\n").filter((line) => !line.includes("/etc/policy-routing/new"));
      assert.equal(withoutNew.join("\n"), persisted);
      made.push(await changes());
      assert.equal((await host.exec("ls /etc/policy-routing")).trim(), "objects\nreplay");
    });

    it("all that runs of it is killed: it counts as applied, says that it is not persisted, so does a refresh, and the next change repairs it", async () => {
      await rule();
      const restore = await atSync("kill -KILL 0");
      await host.exec(": >/run/once");
      const one = await changes();
      made.push(one);
      await restore();
      assert.match(await isConfirmed(), /confirmed\n40-rule-inet-1001\n$/);
      assert.equal(one.state["persisted"], "no: it runs, but is not persisted");
      closeHosts();
      assert.equal((await read(one))?.["persist"], "none");
      assert.equal((await update({ ...one, state: { ...one.state, persist: "none" } }, {})).state["persisted"], "rc-local");
      const whole = await host.snapshot();
      await reboot();
      assert.equal((await script()).code, 0);
      assert.equal(await host.snapshot(), whole);
    });
  });

  it("is not told as removed while its file cannot be: it does not come back by the script, but would at a boot; the next removal ends it", async () => {
    const [one] = [await rule(), await rule({ priority: 1001 })];
    await host.makeReadOnly("/etc");
    const { message } = await refusal(remove(one));
    assert.match(
      message,
      /gone until the next boot only: \S+\/40-rule-inet-1000 could not be removed.*Read-only file system.*run it again/s,
    );
    assert.equal((await script()).code, 0);
    assert.equal(await host.exec("ip rule show pref 1000"), "");
    await host.makeWritable("/etc");
    await remove(one);
    assert.equal((await host.exec(`ls ${store}`)).trim(), "40-rule-inet-1001");
    made = made.slice(1);
  });

  it("says so when what a whole host no longer wants could not be removed from the disk, and repairs it", async () => {
    const one = { priority: 1000, from: "198.18.128.2", table: 100 };
    const all = await make("HostRouting", { rules: { one, two: { ...one, priority: 1001 } } });
    await host.makeReadOnly("/etc");
    let less = all;
    await warnings(async () => {
      less = await update(all, { rules: { one } });
    });
    assert.match(String(less.state["persisted"]), /^no: .*Read-only file system/);
    await host.makeWritable("/etc");
    closeHosts();
    assert.equal((await read(less))?.["persist"], "none");
    made = [await update({ ...less, state: { ...less.state, persist: "none" } }, {})];
    assert.equal(made[0]?.state["persisted"], "rc-local");
    assert.equal((await host.exec(`ls ${store}`)).trim(), "40-rule-inet-1000");
  });

  it("finds its disk full: what is removed goes from it all the same", async () => {
    const [one] = [await rule(), await rule({ priority: 1001 })];
    const folder = "/etc/policy-routing";
    await host.exec(`mkdir /run/kept; cp -a ${folder}/. /run/kept; mount -t tmpfs -o size=64k,mode=700 full ${folder}
      cp -a /run/kept/. ${folder}; cat /dev/zero >${folder}/filler 2>/dev/null || true`);
    await remove(one);
    assert.equal((await host.exec(`ls ${store}`)).trim(), "40-rule-inet-1001");
    made = made.slice(1);
    await host.exec(
      `rm ${folder}/filler; rm -r /run/kept/*; cp -a ${folder}/. /run/kept; umount ${folder}; rm -r ${folder}; cp -a /run/kept ${folder}; rm -r /run/kept`,
    );
  });

  it("keeps a displaced rule over a reboot until its owner's own change comes, and what goes with it is persisted no more", async () => {
    const [first, second] = [await rule(), await rule({ priority: 1001, from: "198.18.128.9" })];
    const moved = await update(first, { priority: 1001 });
    made = [moved, second];
    const waiting = await host.snapshot();
    assert.match(await host.exec("ip rule show pref 1001"), /198\.18\.128\.9 .*proto 215\n.*198\.18\.128\.2 .*proto 214/);
    assert.equal((await read(second))?.["persist"], "rc-local");
    await reboot();
    assert.match((await script("--check")).stdout, /^(missing: .*\n){2}$/);
    assert.equal((await script()).code, 0);
    assert.equal(await host.snapshot(), waiting);
    assert.deepEqual(await script(), { code: 0, stdout: "", stderr: "" });
    assert.deepEqual(await read(second), await checked("PolicyRule", second.fields));
    made = [moved, await update(second, { priority: 1000 })];
    assert.equal((await host.exec(`ls ${store}`)).trim(), "40-rule-inet-1000\n40-rule-inet-1001");
    const swapped = await host.snapshot();
    await reboot();
    assert.equal((await script()).code, 0);
    assert.equal(await host.snapshot(), swapped);
    // Whoever changes the rule that took the place lets go of the displaced one.
    const back = await update(moved, { priority: 1000 });
    made = [back, made[1] ?? second];
    assert.match(await host.exec(`ls ${store}`), /^39-rule-inet-1000-staging$/m);
    made = [await update(back, { from: "198.18.128.0/24" }), made[1] ?? second];
    assert.equal((await host.exec(`ls ${store}`)).trim(), "40-rule-inet-1000");
    assert.doesNotMatch(await host.exec("ip rule show pref 1000"), /proto 215/);
  });

  describe("the script", () => {
    it("replaces nothing and leaves foreign entries alone", async () => {
      await gateway();
      await rule();
      await host.batch([
        "route replace default via 198.18.128.9 dev eth1 table 100 proto static",
        "rule del pref 1000 proto 214",
        "rule add pref 1000 from 198.51.100.9 table 9",
      ]);
      const { stderr, code } = await script();
      assert.equal(code, 0);
      assert.match(stderr, /^not added: something else stands in the place of route inet table 100 default$/m);
      assert.match(stderr, /^added rule inet 1000$/m);
      assert.match(await host.exec("ip route show table 100"), /^default via 198\.18\.128\.9 dev eth1 proto static/);
      assert.match(await host.exec("ip rule show pref 1000"), /198\.51\.100\.9 lookup 9\n.*proto 214/);
      await host.batch(["rule del pref 1000 from 198.51.100.9 table 9", "route del default table 100"]);
      await script();
    });

    it("adds no second rule of ours at a priority, though what is persisted is older", async () => {
      await rule();
      await host.batch(["rule del pref 1000 proto 214", "rule add pref 1000 from 198.18.128.0/24 table 7 proto 214"]);
      assert.deepEqual(await script(), { code: 0, stdout: "", stderr: "" });
      assert.match(await host.exec("ip rule show pref 1000"), /^1000:\tfrom 198\.18\.128\.0\/24 lookup 7 proto 214\n$/);
    });

    it("refuses what somebody else could have written", async () => {
      await rule();
      const file = `${store}/40-rule-inet-1000`;
      const refusals: [string, string, RegExp][] = [
        [`chmod g+w ${file}`, `chmod g-w ${file}`, /is writable by others/],
        [`chmod o+w ${store}`, `chmod o-w ${store}`, /is writable by others/],
        [`chown ops ${file}`, `chown root ${file}`, /is not root's/],
        [`mv ${file} /run/x && ln -s /run/x ${file}`, `rm ${file} && mv /run/x ${file}`, /is a link/],
        [`cp -p ${file} /run/x && sed -i 's/^rule.*/netns exec x touch \\/run\\/owned/' ${file}`, `mv /run/x ${file}`, /none of our lines/],
        [
          `cp -p ${file} /run/x && sed -i 's/routing 1/routing 9/' ${file}`,
          `mv /run/x ${file}`,
          /of a version that this script does not know/,
        ],
      ];
      await host.batch(["rule del pref 1000 proto 214"]);
      for (const [spoil, mend, said] of refusals) {
        await host.exec(spoil);
        const { stderr, code } = await script();
        assert.match(stderr, said, spoil);
        assert.equal(code, 1, spoil);
        assert.equal(await host.exec("ip rule show pref 1000; ls /run/owned 2>/dev/null || :"), "", spoil);
        await host.exec(mend);
      }
      assert.equal((await script()).code, 0);
    });

    it("waits for a device and for an address, and says so", async () => {
      await gateway({ src: "198.18.128.2" });
      const whole = await host.snapshot();
      const file = `${store}/30-route-inet-table-100-default`;
      await host.exec(`ip route del default table 100; sed -i 's/eth1/eth9/' ${file}`);
      assert.match((await script()).stderr, /pending: route inet table 100 default: Cannot find device/);
      await host.exec(`sed -i 's/eth9/eth1/' ${file}; ip addr del 198.18.128.2/18 dev eth1`);
      const { stderr, code } = await script();
      assert.match(stderr, /pending: route inet table 100 default: /);
      assert.equal(code, 0);
      await host.exec("ip addr add 198.18.128.2/18 dev eth1");
      assert.equal((await script()).code, 0);
      assert.equal(await host.snapshot(), whole);
    });

    it("adds the others where `ip` does not know a word of one, and where something stands in the place of one", async () => {
      for (const destination of ["198.51.100.0/26", "198.51.100.64/26", "198.51.100.128/26", "198.51.100.192/26"])
        await make("PolicyRoute", { destination, dev: "eth1", table: 100 });
      const whole = await host.snapshot();
      const file = `${store}/20-route-inet-table-100-198.51.100.64_26`;
      await host.exec(`ip route flush table 100; ip route add 198.51.100.128/26 dev eth0 table 100; sed -i 's/dev eth1/surely 7/' ${file}`);
      const { stderr, code } = await script();
      assert.deepEqual([code, stderr.match(/^added /gm)?.length], [1, 2], stderr);
      assert.match(stderr, /^not added: route inet table 100 198\.51\.100\.64\/26: Error: .*"surely".*$/m);
      assert.match(stderr, /^not added: something else stands in the place of route inet table 100 198\.51\.100\.128\/26$/m);
      await host.exec(`sed -i 's/surely 7/dev eth1/' ${file}; ip route del 198.51.100.128/26 dev eth0 table 100`);
      assert.equal((await script()).code, 0);
      assert.equal(await host.snapshot(), whole);
    });

    it("takes nothing for missing that `ip` cannot show, and reads again what was interrupted", async () => {
      await rule();
      const failing = '#!/bin/sh\ncase "$*" in *"rule show"*) echo "Cannot open netlink socket" >&2; exit 1 ;; esac\nexec ip.real "$@"\n';
      let restore = await host.replaceBinary("/usr/sbin/ip", failing);
      const { stderr, code } = await script();
      assert.deepEqual([stderr, code], ["refused: ip could not show what is there (rule inet): Cannot open netlink socket\n", 1]);
      await restore();
      const interrupted =
        '#!/bin/sh\ncase "$*" in *"rule show"*) [ -e /run/interrupted ] || { : >/run/interrupted; echo "Dump was interrupted and may be inconsistent." >&2; exit 0; } ;; esac\nexec ip.real "$@"\n';
      restore = await host.replaceBinary("/usr/sbin/ip", interrupted);
      assert.deepEqual(await script(), { code: 0, stdout: "", stderr: "" });
      await host.exec("rm /run/interrupted");
      await restore();
    });

    it("stays out while a transaction holds the host", async () => {
      await rule();
      await host.exec(`ip rule del pref 1000 proto 214
        cd /run/policy-routing; for l in lock.*; do n=\${l#lock.}; done
        read -r up _ </proc/uptime; mkdir t-held; : >t-held/armed
        printf 'txn t-held\\npid 1\\nstart 0\\ndeadline %s\\nholder somebody\\nend\\n' $((\${up%%.*} + 100)) >lock.$((n + 1))`);
      const running = script();
      assert.equal((await running).stderr, "another transaction holds the host\n");
      assert.equal(await host.exec("ip rule show pref 1000"), "");
      await host.exec("cd /run/policy-routing; rm -r t-held; for l in lock.*; do : >$l; done");
      assert.match((await script()).stderr, /added rule inet 1000/);
    });

    it("does nothing once it was disabled, and refresh says so", async () => {
      const one = await rule();
      const { code, stderr } = await script("--disable");
      assert.equal(code, 0);
      assert.equal(
        stderr,
        "Disabled. What is in the kernel stays: `for p in 214 215; do for f in 4; do ip -$f rule flush proto $p; ip -$f route flush table all proto $p; done; done` would empty it.\n",
      );
      await host.batch(["rule del pref 1000 proto 214"]);
      assert.deepEqual(await script(), { code: 0, stdout: "", stderr: "" });
      await host.batch(["rule add pref 1000 from 198.18.128.2 table 100 proto 214"]);
      assert.equal((await read(one))?.["persist"], "rc-local");
      const { state } = await update(one, { from: "198.18.128.0/24" });
      assert.equal(state["persisted"], "no: disabled on the host, by replay --disable");
      await script("--enable");
    });

    it("says, where it is disabled, what would take away all that is persisted, whatever its tag and family", async () => {
      const owner = { stack, proto: 220 };
      await rule();
      await rule({ owner, priority: 1001, from: "2001:db8::1" });
      await make("NextHop", { owner, nhid: 9, blackhole: true, family: "inet6" });
      const [, flush = ""] = /`(.*)`/.exec((await script("--disable")).stderr) ?? [];
      await host.exec(flush);
      for (const shown of ["-4 rule", "-6 rule", "nexthop"]) assert.doesNotMatch(await host.exec(`ip -N ${shown} show`), /proto 2[12]/);
      await script("--enable");
    });
  });
});
