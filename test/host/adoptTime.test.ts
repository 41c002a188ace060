import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { type Lab, startLab } from "../lab/lab";
import { until } from "../lab/until";
import { commandAt } from "./command";

/** Seconds of a processor, of both sides together: of the command, and of what a login to the host runs there. */
const most = 3;

/** Seconds that the ended children of a process took, and theirs. */
async function childrenOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = 100;
  return (Number(fields[13]) + Number(fields[14])) / ticks;
}

describe("policy-routing adopt of a host with 1,000 entries", () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab({ name: "test-host-adopt-time" });
  });
  after(() => lab?.stop());

  it(`prints all of them and which line of a file makes each, within ${most} s of a processor`, async () => {
    const [host] = lab.hosts;
    const [, { device }] = host.uplinks;
    const numbers = Array.from({ length: 500 }, (_, at) => at);
    const address = (at: number): string => `10.${Math.floor(at / 250)}.${at % 250}`;
    const rules = numbers.map((at) => `rule add pref ${1000 + at} from ${address(at)}.1 table 100`);
    const routes = numbers.map((at) => `route add ${address(at)}.0/24 dev ${device} table 100`);
    await host.exec("ip -batch -", { input: [...rules, ...routes].join("\n") });
    const lines = [...rules, ...routes].map((line) => `  post-up ip ${line}\n`).join("");
    await host.exec("mkdir -p /etc/network; cat >/etc/network/interfaces", { input: `iface ${device} inet static\n${lines}` });
    const sshd = Number(await host.exec("cat /var/log/sshd.pid"));
    const spent = async (): Promise<number> => (await childrenOf(process.pid)) + (await childrenOf(sshd));
    const [before, began] = [await spent(), performance.now()];
    const { stdout, stderr, code } = await commandAt(host, "adopt");
    const seconds = (performance.now() - began) / 1000;
    await until(
      "the login to end",
      async () => ((await readFile(`/proc/${sshd}/task/${sshd}/children`, "utf8")).trim() === "" ? true : undefined),
      10_000,
    );
    const cost = (await spent()) - before;
    console.log(`      ${cost.toFixed(2)} s of a processor, ${seconds.toFixed(2)} s`);
    assert.deepEqual([code, stderr], [0, ""]);
    const traced = stdout.split("\n").filter((line) => /^ {6}t100-.* # live, proto \w+; \/etc\/network\/interfaces:\d+$/.test(line));
    assert.equal(traced.length, 1000);
    assert.ok(cost > 0.1 && cost <= most, `${cost.toFixed(2)} s`);
  });
});
