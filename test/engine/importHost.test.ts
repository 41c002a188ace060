// `pulumi import` of a whole host: the program that the engine writes for it takes the host over as it stands.
// One door: dynamic resources cannot be imported.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { watch } from "../host/monitor";
import type { Host } from "../lab/lab";
import { importHost } from "./importing";
import { useSite } from "./site";
import { resource, steps } from "./state";
import { useSshHome, useYaml } from "./yamlProject";

describe("an import of a whole host", function () {
  this.timeout(600_000);
  const site = useSite("import-host", 2, "plugin");
  const open = useYaml();
  const home = useSshHome();

  /** What stands there but for the tags. */
  const standing = async (host: Host): Promise<string> =>
    (await host.exec("for f in 4 6; do ip -N -$f rule; ip -N -$f route show table all; done; ip -N nexthop")).replaceAll(/ proto \S+/g, "");

  it("rules and routes of both families, a mark, a name: nothing is changed by it, and the next up of its program changes nothing but the tags", async () => {
    const host = site.host();
    await home().knows(host);
    const [, { device, address, gateway, prefix }] = host.uplinks;
    await host.exec(`mkdir -p /etc/iproute2/rt_tables.d; echo '102 isp2' >/etc/iproute2/rt_tables.d/isp.conf
      ip route add ${prefix} dev ${device} src ${address} table 102; ip route add default via ${gateway} dev ${device} table 102 metric 10
      ip rule add pref 1000 from ${address} table 102; ip rule add pref 1100 fwmark 0x2 table 102; ip rule add pref 1200 iif ${device} blackhole
      ip -6 rule add pref 1000 from 2001:db8:2::/64 table 102; ip -6 route add unreachable 2001:db8:9::/48 table 102
      ip rule add pref 1300 from 198.51.100.1 table 102; ip rule add pref 1300 from 198.51.100.2 table 103`);
    const [before, shown] = [await host.snapshot(), await standing(host)];
    const project = await open({}, { env: home().env });
    const { stack } = project;
    const { printed, program } = await importHost(project, host);
    assert.equal(await host.snapshot(), before, "an import reads");
    assert.match(printed, /2 entries cannot be declared as they stand[\s\S]*policy-routing adopt/);
    assert.deepEqual(Object.keys((await resource(stack, "edge")).inputs?.["rules"] ?? {}).sort(), [
      "blackhole-iif",
      "isp2-from",
      "isp2-from-v6",
      "isp2-mark",
    ]);
    await project.write(program);
    await stack.refresh(["--expect-no-changes"]);
    assert.deepEqual(steps((await stack.previewJson()).steps), { edge: "update" });
    const events = await watch(host, ["monitor", "rule", "route"]);
    await stack.up();
    const seen = await events.end();
    assert.deepEqual(
      seen.filter((event) => !/proto 21[45]/.test(event) && !event.startsWith("Deleted ")),
      [],
      "what comes has our tag",
    );
    assert.equal(await standing(host), shown, "only the tags are others");
    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);
  });

  it("a state that was lost: the HostRouting that the register names comes back under its id, with nothing to do", async () => {
    const host = site.host();
    await home().knows(host);
    const empty = await host.snapshot();
    const [, { device, address, gateway }] = host.uplinks;
    const edge = {
      type: "policyrouting:HostRouting",
      properties: {
        connection: { host: host.address },
        routes: { uplink: { destination: "default", via: gateway, dev: device, table: 102 } },
        rules: { source: { priority: 1000, from: address, table: 102 } },
      },
    };
    const project = await open({ resources: { edge } }, { env: home().env });
    const { stack } = project;
    await stack.up();
    const [lost, before] = [await resource(stack, "edge"), await host.snapshot()];
    await stack.run(["state", "delete", lost.urn, "--yes", "--stack", stack.name]);
    const { program } = await importHost(project, host);
    assert.equal((await resource(stack, "edge")).id, lost.id);
    await project.write(program);
    await stack.up(["--expect-no-changes"]);
    assert.equal(await host.snapshot(), before);
    await stack.destroy();
    assert.equal(await host.snapshot(), empty);
  });
});
