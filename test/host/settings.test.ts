import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { handlers } from "../../provider/src/runtime/index";
import { type Host, type Lab, startLab } from "../lab/lab";
import { checked, create, type Fields, read, refusal, remove, sent, update } from "./resource";

const replay = "/etc/policy-routing/replay";
const other = { stack: "organization/other/host" };

describe("settings of a host", function () {
  this.timeout(60_000);
  let lab: Lab;
  let host: Host;
  let clean: string;
  let stood: string;
  const shown = (): Promise<string> =>
    host.exec(
      "cd /proc/sys/net; grep . ipv4/conf/*/forwarding ipv6/conf/*/forwarding ipv4/conf/all/accept_redirects ipv4/*_l3mdev_accept ipv?/fib_multipath_hash_policy",
    );
  const values = async (...paths: string[]): Promise<string> =>
    (await host.exec(`cd /proc/sys/net; cat ${paths.join(" ")}`)).trim().replaceAll("\n", " ");
  const set = (path: string, value: number): Promise<string> => host.exec(`printf ${value} >/proc/sys/net/${path}`);
  const declared = (fields: Fields): Fields => ({ connection: host.connection, persist: "none", ...fields });
  const make = (fields: Fields) => create("HostRouting", declared(fields));
  before(async () => {
    lab = await startLab({ name: "test-host-settings" });
    host = lab.hosts[0];
    // One that forwards nothing, but what comes in by eth1; hardened against redirects.
    await set("ipv4/ip_forward", 0);
    await set("ipv6/conf/all/forwarding", 0);
    await set("ipv4/conf/eth1/forwarding", 1);
    await set("ipv4/conf/all/accept_redirects", 0);
    clean = await host.snapshot();
    stood = await shown();
  });
  afterEach(async () => {
    closeHosts();
    assert.equal(await host.snapshot(), clean);
    assert.equal(await shown(), stood);
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const router: Fields = {
    forwarding: { all: "on", eth0: "off" },
    ipv6Forwarding: { all: "on", eth1: "off" },
    l3mdevAccept: { tcp: "on", udp: "on" },
    multipathHashPolicy: { ipv4: "ports", ipv6: "inner" },
  };
  const places = [
    "ipv4/ip_forward",
    "ipv4/conf/eth0/forwarding",
    "ipv4/conf/eth1/forwarding",
    "ipv6/conf/all/forwarding",
    "ipv6/conf/eth0/forwarding",
    "ipv6/conf/eth1/forwarding",
    "ipv4/tcp_l3mdev_accept",
    "ipv4/udp_l3mdev_accept",
    "ipv4/fib_multipath_hash_policy",
    "ipv6/fib_multipath_hash_policy",
  ];

  it("come, are read as they were written, and go with all that the kernel changed beside them", async () => {
    const made = await make(router);
    assert.equal(await values(...places), "1 0 1 1 1 0 1 1 1 2");
    assert.deepEqual(await read(made), await checked("HostRouting", declared(router)));
    const { forwarding: _forwarding, ...rest } = router;
    const fewer = await update(made, { ...rest, forwarding: { eth0: "off" } });
    assert.equal(await values("ipv4/ip_forward", "ipv4/conf/eth0/forwarding", "ipv4/conf/eth1/forwarding"), "0 0 1");
    assert.equal(await values("ipv4/conf/all/accept_redirects"), "0");
    await remove(fewer);
  });

  it("what somebody changed of them is drift, which the next change mends", async () => {
    const made = await make(router);
    await set("ipv4/ip_forward", 0);
    await set("ipv4/tcp_l3mdev_accept", 0);
    closeHosts();
    const found = await read(made);
    assert.deepEqual(
      [found?.["forwarding"], found?.["l3mdevAccept"]],
      [
        { all: "off", eth0: "off" },
        { tcp: "off", udp: "on" },
      ],
    );
    // As the engine has it behind a refresh.
    const mended = await update({ ...made, state: { ...made.state, ...found } }, {});
    assert.equal(await values(...places), "1 0 1 1 1 0 1 1 1 2");
    await remove(mended);
  });

  it("a change that is undone takes them back", async () => {
    const bad = { ...router, routes: { bad: { destination: "default", via: "192.0.2.99", dev: "eth1", table: 5 } } };
    assert.match((await refusal(make(bad))).message, /reverted \(verified\)/);
  });

  it("two stacks: what one declares of a device stays while the other changes that of all, and nobody takes what is another's", async () => {
    const routing = handlers("HostRouting");
    const theirs = async (fields: Fields): Promise<Fields> => sent((await routing.check({}, { owner: other, ...declared(fields) })).inputs);
    const { id, outs } = await routing.create(await theirs({ forwarding: { eth0: "off" }, multipathHashPolicy: { ipv4: "ports" } }));
    const made = await make({ forwarding: { all: "on" } });
    assert.equal(await values("ipv4/ip_forward", "ipv4/conf/eth0/forwarding"), "1 0");
    const { message } = await refusal(update(made, { multipathHashPolicy: { ipv4: "inner" } }));
    assert.match(message, /sysctl fib_multipath_hash_policy ipv4.*belongs to .* of stack organization\/other\/host/s);
    await routing.delete(id, sent(outs));
    assert.equal(await values("ipv4/ip_forward", "ipv4/conf/eth0/forwarding"), "1 1");
    await remove(made);
  });

  it("is refused where the kernel would drop the default route that a router advertises, unless it listens all the same", async () => {
    await host.exec("ip -6 route add default via fe80::99 dev eth1 proto ra metric 2048");
    const { message } = await refusal(make({ ipv6Forwarding: { all: "on" } }));
    assert.match(message, /the kernel would drop the default route by eth1 that a router advertises/);
    assert.match(message, /net\.ipv6\.conf\.eth1\.accept_ra to 2/);
    await remove(await make({ ipv6Forwarding: { default: "on" } }));
    const was = Number(await values("ipv6/conf/eth1/accept_ra"));
    await set("ipv6/conf/eth1/accept_ra", 2);
    closeHosts();
    await remove(await make({ ipv6Forwarding: { all: "on" } }));
    await set("ipv6/conf/eth1/accept_ra", was);
    await host.exec("ip -6 route del default via fe80::99 dev eth1 proto ra");
  });

  it("one that the kernel does not have is refused in words", async () => {
    await host.exec("mount --bind /dev/null /proc/sys/net/ipv4/tcp_l3mdev_accept");
    const { message } = await refusal(make({ l3mdevAccept: { tcp: "on" } }));
    await host.exec("umount /proc/sys/net/ipv4/tcp_l3mdev_accept");
    assert.match(message, /this host has no net\.ipv4\.tcp_l3mdev_accept/);
  });

  it("where /proc/sys is read-only, as in containers, all of the change is undone and the reason told", async () => {
    await host.exec("mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys");
    const { message } = await refusal(make({ ...router, rules: { one: { priority: 1000, from: "198.51.100.1", table: 100 } } }));
    await host.exec("umount /proc/sys");
    assert.match(message, /Read-only file system/);
    assert.match(message, /reverted \(verified\)/);
  });

  it("after a boot they are put back, that of all before devices, and what it was goes back with the last object", async () => {
    const made = await create("HostRouting", { ...declared(router), persist: "rc-local" });
    closeHosts();
    await host.reboot();
    await set("ipv4/ip_forward", 0);
    await set("ipv4/conf/eth1/forwarding", 1);
    await set("ipv4/conf/all/accept_redirects", 0);
    for (const path of ["ipv6/conf/all/forwarding", "ipv4/tcp_l3mdev_accept", "ipv4/udp_l3mdev_accept"]) await set(path, 0);
    for (const path of ["ipv4/fib_multipath_hash_policy", "ipv6/fib_multipath_hash_policy"]) await set(path, 0);
    const check = await host.result(`sh ${replay} --check`);
    assert.match(check.stdout, /^missing: sysctl net\/ipv4\/conf\/all\/forwarding 1$/m);
    const { code, stderr } = await host.result(`busybox sh ${replay}`);
    assert.equal(code, 0, stderr);
    assert.equal(await values(...places), "1 0 1 1 1 0 1 1 1 2");
    assert.deepEqual(await host.result(`sh ${replay}`), { code: 0, stdout: "", stderr: "" });
    closeHosts();
    await remove(made);
  });
});
