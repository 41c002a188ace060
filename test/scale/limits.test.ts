// What many hosts take of the machine that runs Pulumi: file handles, memory, logins at once.
import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { z } from "zod";
import { type Lab, startLab } from "../lab/lab";
import { must } from "../lab/run";

/** `FLEET=200 npx mocha test/scale/limits.test.ts` for the figures of docs/scale.md. */
const size = Number(process.env["FLEET"] ?? 4);
const told = z.object({ failed: z.array(z.string()), handles: z.number(), seconds: z.number(), mebibytes: z.number() });
type Told = z.infer<typeof told>;
type Fields = Readonly<Record<string, unknown>>;

/** A process of its own, with the number of file handles that a login shell has. */
async function controller(input: { connections: readonly Fields[]; routing?: Fields }, env: Record<string, string> = {}): Promise<Told> {
  const program = `ulimit -n 1024; exec ${process.execPath} ${join(__dirname, "controller.cjs")}`;
  return told.parse(JSON.parse(await must(["sh", "-c", program], { input: JSON.stringify(input), env, timeoutMs: 240_000 })));
}

describe("the limits of one process with many hosts", function () {
  this.timeout(300_000);
  let lab: Lab;
  before(async () => {
    lab = await startLab({ name: "scale-limits", hosts: size });
  });
  after(() => lab?.stop());

  it("holds 200 connections with 1,024 file handles, and little memory each", async () => {
    const connectionsOf = (count: number): Fields[] =>
      Array.from({ length: count }, (_one, index) => ({
        ...lab.hosts[index % size]?.connection,
        perDialTimeout: 60 + Math.floor(index / size), // each its own connection
      }));
    const [one, many] = [await controller({ connections: connectionsOf(1) }), await controller({ connections: connectionsOf(200) })];
    assert.deepEqual([...one.failed, ...many.failed], []);
    const each = (many.mebibytes - one.mebibytes) / 199;
    console.log(`      200 connections: ${many.handles} handles, ${each.toFixed(2)} MiB each beside ${one.mebibytes.toFixed(0)} MiB`);
    assert.ok(many.handles >= 200 && many.handles <= 300, `${many.handles} handles`);
    assert.ok(each < 1, `${each} MiB a connection`);
  });

  it("changes many hosts with few handles and little memory each", async () => {
    const routing = {
      owner: { stack: "organization/scale/limits" },
      persist: "none",
      rules: Object.fromEntries(
        Array.from({ length: 22 }, (_one, index) => [`rule ${index}`, { priority: 1000 + index, from: `203.0.113.${index}`, table: 100 }]),
      ),
    };
    const clear = () => Promise.all(lab.hosts.map((host) => host.exec("ip rule flush proto 214; rm -rf /run/policy-routing")));
    const counts = [1, 20, 100, 200].filter((count) => count < size);
    for (const count of [...counts, size]) {
      const { failed, handles, seconds, mebibytes } = await controller({
        connections: lab.hosts.slice(0, count).map(({ connection }) => ({ ...connection })),
        routing,
      });
      assert.deepEqual(failed, []);
      console.log(`      ${count} hosts x 22 changed: ${mebibytes.toFixed(0)} MiB, ${handles} handles, ${seconds.toFixed(1)} s`);
      assert.ok(handles <= 2 * count + 100, `${handles} handles`);
      await clear();
    }
  });

  it("dials as many at once as POLICY_ROUTING_DIALS says, else 32", async () => {
    const patience = 2;
    let began: number[] = [];
    const silent = createServer((socket) => {
      began = [...began, Date.now()];
      socket.on("error", () => {}).resume();
    });
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    assert.ok(typeof address === "object" && address !== null);
    try {
      for (const [wish, dials] of [
        [{ POLICY_ROUTING_DIALS: "3" }, 3],
        [{}, 32],
        [{ POLICY_ROUTING_DIALS: "many" }, 32],
      ] as const) {
        began = [];
        const connections = Array.from({ length: dials + 5 }, (_one, index) => ({
          host: "127.0.0.1",
          port: address.port,
          user: `user-${index}`,
          password: "none",
          insecureIgnoreHostKey: true,
          dialErrorLimit: 0,
          perDialTimeout: patience,
        }));
        const { failed } = await controller({ connections }, wish);
        assert.equal(failed.filter((text) => text.includes(`no login within ${patience} s`)).length, dials + 5, failed[0]);
        // The others begin when the first have lost patience.
        const first = began.filter((at) => at - (began[0] ?? 0) < patience * 900);
        assert.deepEqual([first.length, began.length], [dials, dials + 5]);
      }
    } finally {
      silent.close();
    }
  });
});
