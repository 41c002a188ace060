import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Fields, refusal, remove } from "../host/resource";
import { type Host, type Lab, startLab } from "../lab/lab";
import { guard, run } from "./fixture";

/** Starts what it is told to start by way of something else: so a service manager can run a guard where it is of no use. */
const systemdRun = (way: string): string => `#!/bin/sh
while case $1 in -p) shift ;; -*) ;; *) false ;; esac; do shift; done
setsid ${way} "$@" </dev/null >/dev/null 2>&1 &
`;
/** In a mount namespace of its own where something else stands in the place of `ip`. */
const withIp = (make: string): string =>
  `unshare --mount sh -c 'mount -t tmpfs tmpfs /mnt && ${make} && mount --bind /mnt/ip $(realpath /usr/sbin/ip) && exec "$@"' sh`;

const places: readonly [string, string, RegExp][] = [
  ["in another network namespace", "unshare --net", /nothing was changed: the guard would run in another network namespace/],
  ["where there is no ip", withIp(": >/mnt/ip"), /nothing was changed: the guard finds no ip\n {2}came back: PATH=/],
  ["where ip is another", withIp("cp /usr/sbin/ip /mnt/ip"), /nothing was changed: the guard would run another ip, \/\S+\/ip/],
  [
    "without leave to change anything",
    "setpriv --bounding-set=-net_admin",
    /nothing was changed: the guard may not change anything\n {2}came back: RTNETLINK answers: Operation not permitted/,
  ],
];

describe("a guard that would be of no use", function () {
  this.timeout(60_000);

  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-guard-proof" });
    host = lab.hosts[0];
    await host.exec("mkdir -p /run/systemd/system");
  });
  afterEach(async () => {
    closeHosts();
    await host.exec(`rm -rf ${run}`);
  });
  after(() => lab.stop());

  const startedBy = async (way: string): Promise<void> =>
    writeFile(await host.file("/usr/local/bin/systemd-run"), systemdRun(way), { mode: 0o755 });
  const rule = (): Fields => ({ connection: host.connection, priority: 1000, from: "198.18.128.2", table: 100, persist: "none", guard });

  for (const [where, way, message] of places)
    it(`runs ${where}: that is told, and nothing was changed`, async () => {
      await startedBy(way);
      const before = await host.snapshot();
      assert.match((await refusal(create("PolicyRule", rule()))).message, message);
      assert.equal(await host.snapshot(), before);
      assert.equal(await host.exec(`ls -d ${run}/t-* 2>/dev/null || true`), "");
      await host.exec(
        "tries=0; while pgrep -f '[/]run/policy-routing/t-'; do tries=$((tries + 1)); [ $tries -lt 300 ] || exit 1; sleep 0.01; done",
      );
    });

  it("is another matter where it is started as it should be", async () => {
    await startedBy("");
    await remove(await create("PolicyRule", rule()));
  });
});
