import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Fields, listenToStderr, refusal, remove } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { until } from "../lab/until";
import { needBooted, suites } from "./suites";

/** Ways in which a machine runs sshd in a network namespace of its own. */
const ways = {
  "ip netns exec": "systemd-run --quiet --unit=inner-sshd ip netns exec inner /usr/sbin/sshd -D -o PidFile=none",
  "NetworkNamespacePath=":
    "systemd-run --quiet --unit=inner-sshd -p NetworkNamespacePath=/run/netns/inner /usr/sbin/sshd -D -o PidFile=none",
} as const;

const outer = "10.99.0.1";
const inner = "10.99.0.2";
const rule = { priority: 1000, from: inner, table: 100 };

for (const suite of suites)
  for (const [way, start] of Object.entries(ways))
    describe(`a login in a network namespace of its own, by ${way} (${suite})`, () => {
      let host: BootedHost;
      let stderr: ReturnType<typeof listenToStderr>;
      before(async function () {
        await needBooted(this);
        host = await startBooted({ name: `booted-netns-${suite}`, suite });
        await host.exec(
          `set -e; ip netns add inner; ip link add out0 type veth peer name in0 netns inner
ip link set out0 addrgenmode none; ip addr add ${outer}/24 dev out0; ip link set out0 up
ip -n inner addr add ${inner}/24 dev in0; ip -n inner link set in0 up; ip -n inner link set lo up
${start}`,
        );
        await until(
          "sshd to listen",
          async () => ((await host.result(`bash -c '</dev/tcp/${inner}/22'`)).code === 0 ? true : undefined),
          20_000,
        );
      });
      beforeEach(() => {
        stderr = listenToStderr();
      });
      afterEach(() => {
        stderr.end();
        closeHosts();
      });
      after(() => host?.stop());

      const connection = async (fields: Fields = {}): Promise<Fields> => ({
        ...host.connection,
        host: inner,
        hostKey: await host.hostKey(),
        proxy: host.connection,
        ...fields,
      });
      /** What is kept in PID 1's network namespace, and what a boot would bring back. */
      const first = async (): Promise<string> =>
        [await host.snapshot(), await host.exec("find /etc -path '*policy-routing*'; ls -d /run/policy-routing/register || :")].join("\n");
      const rules = async (): Promise<string> => await host.exec("ip -n inner rule show");
      const folder = async (): Promise<string> =>
        (await host.exec("echo /run/policy-routing/net-$(ip netns exec inner stat -Lc %i /proc/self/ns/net)")).trim();
      const guards = (): Promise<string> => host.exec("pgrep -f '[/]run/policy-routing/.*guard' || true");

      it("is changed alone: PID 1's has nothing of it, its register is its own, and `persisted` says why a boot would not bring it back", async () => {
        const before = await first();
        const made = await create("HostRouting", {
          connection: await connection(),
          rules: { out: { priority: 1000, from: inner, table: 100 } },
          routes: { out: { destination: "192.0.2.0/24", type: "blackhole", table: 100 } },
        });
        assert.match(await rules(), /1000:\tfrom 10\.99\.0\.2 lookup 100 proto 214/);
        assert.equal(await first(), before);
        assert.equal((await host.exec(`grep -c . ${await folder()}/register`)).trim(), "2");
        assert.equal(
          made.state["persisted"],
          "no: the login is in a network namespace of its own, and what puts back after a reboot acts in PID 1's",
        );
        await remove(made);
        assert.doesNotMatch(await rules(), /proto 21/);
        assert.equal(await first(), before);
      });

      for (const persist of ["systemd", "ifupdown", "rc-local"])
        it(`persist: "${persist}" is refused before anything is changed`, async () => {
          const before = [await first(), await rules()];
          const error = await refusal(create("PolicyRule", { connection: await connection(), ...rule, persist }));
          assert.match(
            error.message,
            new RegExp(`persist: "${persist}" cannot be had here: the login is in a network namespace of its own`),
          );
          assert.deepEqual([await first(), await rules()], before);
        });

      it("what puts back refuses to do so there", async () => {
        const made = await create("PolicyRule", { connection: host.connection, priority: 1001, from: outer, table: 100 });
        assert.equal(made.state["persisted"], "systemd");
        for (const words of ["", "--check", "--monitor", "--enable"]) {
          const { code, stderr: said } = await host.result(`ip netns exec inner sh /etc/policy-routing/replay ${words}`);
          assert.equal(code, 1);
          assert.equal(said, "not done: what is persisted belongs to the network namespace of PID 1, and this is another\n");
        }
        assert.doesNotMatch(await rules(), /1001/);
        closeHosts();
        await remove(made);
      });

      /** A change that cuts the way to the inner namespace off, and what is told of it. */
      const cutOff = async (login: Fields, meanwhile: () => Promise<unknown> = async () => {}): Promise<void> => {
        const before = [await rules(), await host.snapshot()];
        const guard = { confirmTimeout: 5, allowManagementPathChange: true };
        const cut = { priority: 100, to: outer, action: "blackhole", guard };
        const failing = refusal(create("PolicyRule", { connection: await connection(login), ...cut }));
        await until("it to be cut off", async () => ((await rules()).includes("100:") ? true : undefined), 30_000);
        await meanwhile();
        assert.match((await failing).message, /: reverted \(verified\): /);
        assert.deepEqual([await rules(), await host.snapshot()], before);
        assert.match(await host.exec(`cat ${await folder()}/t-*/result`), /^fired at \d+$/m);
        await until("the guards to end", async () => ((await guards()) === "" ? true : undefined), 20_000);
      };

      it("a change that cuts it off is undone by its guard", () => cutOff({}));

      it("and so it is with KillUserProcesses=yes, for a user with sudo whose session is ended", async () => {
        await host.exec("mkdir -p /etc/systemd/logind.conf.d");
        await writeFile(await host.file("/etc/systemd/logind.conf.d/kill.conf"), "[Login]\nKillUserProcesses=yes\n");
        await host.exec("systemctl restart systemd-logind");
        await cutOff({ user: "ops", sudo: true }, () => host.exec("loginctl terminate-user ops"));
        await host.exec("rm /etc/systemd/logind.conf.d/kill.conf && systemctl restart systemd-logind");
      });

      it("its guard is ended by a mere kill of one process only, and goes on", () =>
        cutOff({}, async () => {
          const [one] = (await guards()).split("\n");
          await host.exec(`kill -KILL ${one}`);
        }));
    });
