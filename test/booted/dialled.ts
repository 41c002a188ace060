// An uplink that is dialled: a real pppd at either end of a pty, in a virtual machine, since not every kernel has PPP.
import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Made, read, remove, stateOf } from "../host/resource";
import { until } from "../lab/until";
import { whyNoVm } from "../lab/vm/kernel";
import { Vm } from "../lab/vm/vm";
import { printFollowed, row } from "./followSeen";
import { patience, watched } from "./said";

const series = "6.1";
const repeats = Number(process.env["POLICY_ROUTING_REPEATS"] ?? 1);
/** Seconds: its processor is emulated, and a look takes several there. */
const within = 20;

const second = { priority: 1001, family: "inet", from: { addressesOf: "ppp0" }, table: 102 };
const way = { destination: "default", family: "inet", via: { gatewayOf: "ppp0" }, table: 102 };

after(printFollowed);

const isAsked = (process.env["POLICY_ROUTING_CLIENTS"] ?? "pppd").split(/\s+/).includes("pppd");

(isAsked ? describe : describe.skip)(`an uplink that pppd dials (Linux ${series} in a virtual machine)`, function () {
  this.timeout(600_000 + 120_000 * repeats);
  let vm: Vm;
  let made: Made | undefined;
  before(async function () {
    const reason = await whyNoVm();
    if (reason !== undefined) {
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
    vm = await Vm.boot(series, { more: "ppp" });
    await vm.exec(
      "/run/modprobe -a ppp_generic ppp_async; [ -c /dev/ppp ] || mknod /dev/ppp c 108 0; ip netns add isp; ip -n isp link set lo up; ip -n isp addr add 192.0.2.7/32 dev lo",
    );
  });
  after(async () => {
    closeHosts();
    await vm?.stop();
  });

  const address = (time: number): string => `198.51.100.${10 + time}`;
  /** The provider gives this address; its own is another one each time. */
  const dial = async (time: number): Promise<void> => {
    const other = `ip netns exec isp pppd notty local noauth nodefaultroute 10.64.0.${time + 1}:${address(time)}`;
    await vm.exec(
      `pppd pty '${other}' local noauth noipdefault ipcp-accept-local ipcp-accept-remote defaultroute unit 0 linkname uplink updetach >/run/ppp.log 2>&1 || { cat /run/ppp.log >&2; exit 1; }`,
    );
  };
  const hangUp = async (): Promise<void> => {
    await vm.exec("kill $(head -n 1 /run/ppp-uplink.pid)");
    await until("ppp0 to go", async () => ((await vm.result("ip link show ppp0")).code === 0 ? undefined : true), patience);
  };
  /** What the provider sends to that address is answered, from it. */
  const isRight = async (time: number): Promise<void> => {
    await until(
      "an answer",
      async () => ((await vm.result(`ip netns exec isp ping -n -c 1 -W 2 -I 192.0.2.7 ${address(time)}`)).code === 0 ? true : undefined),
      patience,
    );
    const rule = new RegExp(`^1001:\\s+from ${address(time)} lookup 102 proto 214\\s*$`);
    await until("its rule alone", async () => (rule.test(await vm.exec("ip -N rule show pref 1001")) ? true : undefined), patience);
    const leads = async () =>
      (await vm.result("ip -N route show table 102")).stdout.startsWith("default dev ppp0 proto 214 ") ? true : undefined;
    await until("its route", leads, patience);
    closeHosts();
    const found = made === undefined ? undefined : await read(made);
    const declared = made && stateOf(made);
    assert.deepEqual([found?.["rules"], found?.["routes"]], [declared?.["rules"], declared?.["routes"]]);
  };

  it("is waited for before it is there", async () => {
    made = await create("HostRouting", {
      ...{ connection: vm.connection(), persist: "rc-local", guard: { confirmTimeout: 120 } },
      ...{ routes: { way }, rules: { second } },
    });
    assert.match(String(made.state["persisted"]), /pending: ppp0 has no IPv4 (address|gateway)/);
    // No systemd is there to run it.
    await vm.exec("sh /etc/policy-routing/replay --monitor >/run/monitor.log 2>&1 </dev/null & echo $! >/run/monitor.pid");
    await dial(0);
    await isRight(0);
  });

  it("dialled again, with another address", () =>
    row(
      { client: "pppd over a pty", suite: `Linux ${series}, emulated`, event: "dialled again, with another address" },
      repeats,
      async (number) => {
        const time = number + 1;
        await hangUp();
        const seconds = await watched(vm, () => dial(time), {
          causes: [new RegExp(`^\\d+: ppp0 +inet ${address(time)} `), /^default dev ppp0 scope/],
          ours: [new RegExp(`^1001:\\s+from ${address(time)} lookup 102`), /^default dev ppp0 table 102/],
        });
        await isRight(time);
        return seconds;
      },
      within,
    ));

  it("goes without a trace", async () => {
    if (made !== undefined) await remove(made);
    await vm.exec("kill $(cat /run/monitor.pid)");
    assert.equal(await vm.exec("ip rule show | grep 'proto 214'; ls -d /etc/policy-routing 2>/dev/null || :"), "");
  });
});
