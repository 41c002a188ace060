// What a rollback gives back comes again with the next boot, whichever backend puts it back, and whichever the change had said.
import { strict as assert } from "node:assert";
import type { Backend } from "../../provider/src/declaration/persist";
import { rollback } from "../../provider/src/host/history/rollback";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Fields, read, remove, update } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { until } from "../lab/until";
import { ours } from "./held";
import { managers } from "./managers";
import { needBooted, suites } from "./suites";

const pairs: readonly (readonly [Backend, Backend])[] = [
  ["systemd", "rc-local"],
  ["ifupdown", "systemd"],
  ["rc-local", "ifupdown"],
];

for (const suite of suites)
  describe(`a rollback on a booted host (${suite})`, function () {
    this.timeout(300_000);
    let host: BootedHost;
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-rollback-${suite}`, suite });
      await managers.find(({ name }) => name === "ifupdown")?.install(host);
    });
    afterEach(() => {
      delete process.env["POLICY_ROUTING_RUN"];
      closeHosts();
    });
    after(() => host?.stop());

    const inRun = (run: string): void => {
      process.env["POLICY_ROUTING_RUN"] = run;
    };
    const files = (): Promise<string> => host.exec("cd /etc/policy-routing/objects && head -n 9 *");
    /** Boots, and waits for what stood before. */
    const reboot = async (): Promise<void> => {
      const before = await ours(host);
      closeHosts();
      await host.reboot();
      await until("all of it to be there again", async () => ((await ours(host)) === before ? true : undefined), 60_000, 100);
    };

    for (const [backend, other] of pairs)
      it(`gives back what ${backend} puts back, over a boot after each step, though the change had said ${other}`, async () => {
        const clean = await ours(host);
        const [, { device, gateway, address }] = host.uplinks;
        const declared = (persist: string, table: number): Fields => ({
          connection: host.connection,
          persist,
          rules: {
            out: { priority: 1000, from: address, table },
            [`only-${table}`]: { priority: 1000 + table, to: "198.51.100.0/24", table },
          },
          routes: { default: { destination: "default", via: gateway, dev: device, table } },
        });
        const back = async (run: string): Promise<string> => {
          const wish = { run, why: "customer down", dryRun: false, mark: false, guard: {} };
          return (await rollback(host.connection, wish)).persisted;
        };
        inRun("good");
        const made = await create("HostRouting", declared(backend, 100));
        assert.equal(made.state["persisted"], backend);
        const good = [await ours(host), await files()];
        await reboot();
        inRun("bad");
        const worse = await update(made, declared(other, 101));
        assert.equal(worse.state["persisted"], other);
        const bad = [await ours(host), await files()];
        await reboot();
        inRun("back");
        assert.equal(await back("bad"), backend);
        assert.deepEqual([await ours(host), await files()], good);
        await reboot();
        assert.notEqual(await read(made), undefined);
        inRun("forth");
        assert.equal(await back("back"), other);
        assert.deepEqual([await ours(host), await files()], bad);
        await reboot();
        await remove(worse);
        assert.equal(await ours(host), clean);
        assert.equal(await host.exec("find /etc -path '*policy-routing*'; rm -r /var/lib/policy-routing"), "");
      });
  });
