import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { listenToStderr } from "../host/resource";
import { management } from "../lab/addresses";
import { type Host, type Lab, startLab } from "../lab/lab";
import { until } from "../lab/until";
import { type Armed, armed, cutOff, lateness } from "./guard";

describe("the guard of a host without systemd", () => {
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "booted-watchers" });
    host = lab.hosts[0];
  });
  let stderr: ReturnType<typeof listenToStderr>;
  beforeEach(() => {
    stderr = listenToStderr(); // every session tells of the undone changes that it finds
  });
  afterEach(() => {
    stderr.end();
    closeHosts();
  });
  after(() => lab?.stop());

  const pids = async ({ txn }: Armed, watcher = ""): Promise<string[]> => {
    const { stdout } = await host.result(`pgrep -f '^sh /run/policy-routing/${txn}/guard ${watcher}'`);
    return stdout.split("\n").filter((line) => line !== "");
  };

  for (const victim of ["", "1", "2"])
    it(`undoes what cut the controller off${victim === "" ? "" : `, with watcher ${victim} of two killed`}`, async () => {
      const before = await host.snapshot();
      const outcome = cutOff(management(lab.plan.slot, 0).address, { ...host.connection });
      const guard = await armed(host);
      const watchers = await until(
        "two watchers",
        async () => ((await pids(guard)).length === 2 ? await pids(guard, victim) : undefined),
        20_000,
      );
      if (victim !== "") await host.exec(`kill -KILL ${watchers.join(" ")}`);
      const late = await lateness(host, guard);
      console.log(`      fired ${late.toFixed(2)} s after its deadline`);
      assert.ok(late >= 0 && late < 2, `${late} s`);
      assert.match((await outcome).message, /reverted \(verified\)/);
      assert.equal(await host.snapshot(), before);
      await until("the watchers to end", async () => ((await pids(guard)).length === 0 ? true : undefined), 20_000);
    });
});
