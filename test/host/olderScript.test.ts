// What an older version's script on a host makes of what this one stores: it may have been put back from a backup, or by an older version.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { create, type Made, read, remove, update } from "./resource";

const replay = "/etc/policy-routing/replay";
/** The newest form of the store that each knows. */
const older = { 2: "replay-2", 3: "replay-3" } as const;

describe("the script of an older version on a host", () => {
  let lab: Lab;
  let host: Host;
  let made: Made[];
  before(async () => {
    lab = await startLab({ name: "test-host-older-script" });
    host = lab.hosts[0];
    await host.exec("ip address add 203.0.113.10/24 dev eth1");
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const rules = async (): Promise<string[]> => (await host.exec("ip rule show")).split("\n").filter((line) => line.endsWith(" proto 214"));
  const rule = (priority: number, from: unknown): Promise<Made> =>
    create("PolicyRule", { connection: host.connection, family: "inet", priority, from, table: 100, persist: "rc-local" });

  for (const [form, name] of Object.entries(older))
    it(`makes of what it knows, up to form ${form}, what was there, leaves the rest alone, and is replaced by the next change`, async () => {
      made = [
        await rule(1000, "198.18.128.2"),
        await rule(1001, ["198.18.128.3", "198.18.128.4"]),
        await rule(1002, { addressesOf: "eth1" }),
      ];
      const all = await rules();
      assert.equal(all.length, 5, all.join("\n"));
      closeHosts();
      await host.exec(`cat >${replay}`, { input: readFileSync(join(__dirname, "recorded", name), "utf8") });
      await host.reboot();
      await host.exec("ip address add 203.0.113.10/24 dev eth1 2>/dev/null || true; ip rule add pref 1003 from 192.0.2.1 table 100");
      const { stderr } = await host.result(`sh ${replay}`);
      const back = await rules();
      assert.deepEqual(
        back.filter((one) => !all.includes(one)),
        [],
        "it made what nobody declared",
      );
      assert.ok(back.includes(all[0] ?? ""), `the plain rule is not back: ${stderr}`);
      const counts = [1001, 1002].map((priority) => back.filter((one) => one.startsWith(`${priority}:`)).length);
      assert.deepEqual(counts, form === "2" ? [0, 0] : [2, 0], "of a set all or nothing");
      assert.match(await host.exec("ip rule show pref 1003"), /192\.0\.2\.1/);
      // A refresh shows that what it does not know is not put back; the next change brings the script along.
      made = await Promise.all(made.map(async (one) => ({ ...one, state: { ...one.state, ...(await read(one)) } })));
      const told = made.map(({ state }) => state["persist"]);
      assert.deepEqual(told, form === "2" ? ["rc-local", "none", "none"] : ["rc-local", "rc-local", "none"]);
      made = await Promise.all(made.map((one) => update(one, {})));
      assert.deepEqual(await rules(), all);
      closeHosts();
      await host.reboot();
      await host.exec("ip address add 203.0.113.10/24 dev eth1 2>/dev/null || true");
      await host.exec(`sh ${replay}`);
      assert.deepEqual(await rules(), all);
      for (const one of made) await remove(one);
    });
});
