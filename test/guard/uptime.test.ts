import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { create, refusal, remove } from "../host/resource";
import { auditOf, caught, GuardSite, run, verified } from "./fixture";

/** A socket cannot be opened: as the file of an lxcfs that died. */
const ways = {
  "cannot be read": "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"/tmp/uptime\")'",
  "is empty": ": >/tmp/uptime",
  "holds no number": "echo rubbish >/tmp/uptime",
} as const;

describe("/proc/uptime", function () {
  this.timeout(60_000);

  const site = new GuardSite("test-guard-uptime");
  before(() => site.open());
  afterEach(async () => {
    await site.host.exec("umount /proc/uptime 2>/dev/null || true");
    await site.clean();
  });
  after(() => site.close());

  const hide = (way: string): Promise<string> => site.host.exec(`rm -f /tmp/uptime; ${way}; mount --bind /tmp/uptime /proc/uptime`);

  for (const [what, way] of Object.entries(ways)) {
    it(`${what} once a guard is armed: it fires in time by what it slept`, async () => {
      const before = await site.host.snapshot();
      await site.hooks.set({ place: "apply", number: 1 });
      let began = 0;
      const [error] = await Promise.all([
        refusal(create("PolicyRule", site.cut())),
        caught(site.hooks, async () => {
          await hide(way);
          began = performance.now();
        }),
      ]);
      const seconds = (performance.now() - began) / 1000;
      assert.match(error.message, verified);
      assert.ok(seconds < 15, `${seconds.toFixed(1)} s`);
      assert.match(await site.host.exec(`cat ${run}/t-*/result`), /^fired at [0-9]+$/m);
      assert.equal(await site.host.snapshot(), before);
      assert.match((await auditOf(site.host)).at(-1) ?? "", /: undone$/);
    });

    it(`${what} from the beginning: what is changed is applied, and what cuts the host off is undone`, async () => {
      await hide(way);
      const before = await site.host.snapshot();
      const made = await create("PolicyRule", site.rule());
      assert.match((await refusal(create("PolicyRule", site.cut()))).message, verified);
      await remove(made);
      assert.equal(await site.host.snapshot(), before);
    });
  }
});
