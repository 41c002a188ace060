import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { z } from "zod";
import { closeHosts } from "../../provider/src/host/host";
import { management } from "../lab/addresses";
import { type Host, type Lab, startLab } from "../lab/lab";
import { must } from "../lab/run";
import { checked, create, type Fields, type Made, read, refusal, remove, update, warnings } from "./resource";

/** Foreign IPv4 routes in main; POLICY_ROUTING_ROUTES=1000000 for the figures of the documents. */
const foreign = Number(process.env["POLICY_ROUTING_ROUTES"] ?? 400_000);
/** So many of IPv6 that no table of it is shown whole either. */
const foreign6 = 21_000;
/** Of one change of one route, however many stand beside it. */
const bound = { seconds: 3, mebibytes: 300 };
const took = z.array(z.object({ what: z.string(), seconds: z.number(), mebibytes: z.number() }));

describe(`a host with ${foreign} foreign routes in main`, function () {
  this.timeout(600_000);
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-host-many-routes" });
    host = lab.hosts[0];
    const batch = (lines: readonly string[]) =>
      must(["ip", "-n", host.namespace, "-batch", "-"], { input: lines.join("\n"), timeoutMs: 300_000 });
    const net = (index: number): string => `${16 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.0/24`;
    await batch(Array.from({ length: foreign }, (_, index) => `route add ${net(index)} via 198.18.64.1 dev eth0 proto bgp`));
    await batch(Array.from({ length: foreign6 }, (_, index) => `route add 2a00:${index.toString(16)}::/32 dev eth0 proto bgp`));
  });
  let made: Made[] = [];
  afterEach(async () => {
    for (const one of made.toReversed()) await remove(one);
    made = [];
    closeHosts();
    assert.equal(await host.exec("ip rule | grep proto.214; for f in 4 6; do ip -$f route show table all proto 214; done; ip nexthop"), "");
  });
  after(async () => {
    closeHosts();
    await lab?.stop();
  });

  const on = (fields: Fields): Fields => ({ connection: { ...host.connection }, ...fields });
  const route = (fields: Fields = {}): Fields => on({ destination: "203.0.113.0/24", via: "198.18.128.1", dev: "eth1", ...fields });
  const make = async (kind: string, fields: Fields): Promise<Made> => {
    const one = await create(kind, fields);
    made.push(one);
    return one;
  };
  /** What is there now; what was read before is remembered for a moment. */
  const found = async (one: Made): Promise<Fields | undefined> => {
    closeHosts();
    return read(one);
  };

  for (const [where, table] of [
    ["in main", {}],
    ["in a table of its own", { table: 100 }],
  ] as const)
    it(`changes one route ${where} within 3 s, with less than 300 MiB more than nothing takes`, async () => {
      const program = ["--require", "tsx/cjs", join(__dirname, "measured.ts"), "PolicyRoute"];
      const fields = [JSON.stringify(route(table)), JSON.stringify({ mtu: 1400 })];
      const figures = took.parse(JSON.parse(await must([process.execPath, ...program, ...fields], { timeoutMs: 300_000 })));
      for (const { what, seconds, mebibytes } of figures) {
        const more = mebibytes - (figures[0]?.mebibytes ?? 0);
        console.log(`      ${what}: ${seconds.toFixed(2)} s, ${more.toFixed(0)} MiB more`);
        assert.ok(seconds < bound.seconds, `${what}: ${seconds} s`);
        assert.ok(more < bound.mebibytes, `${what}: ${more} MiB`);
      }
    });

  it("sees what stands at a key: a foreign route is refused, adopted, and given back by an undo", async () => {
    const [foreignRoute, shown] = ["20.0.0.0/24", "20.0.0.0/24 via 198.18.64.1 dev eth0 proto bgp"];
    const at = route({ destination: foreignRoute });
    assert.match((await refusal(create("PolicyRoute", at))).message, /a foreign route stands at this key: .* proto 186/);
    const failing = { confirmTimeout: 10, probes: [{ ping: "198.51.100.77", expect: true }] };
    const { message } = await refusal(create("PolicyRoute", { ...at, adopt: true, guard: failing }));
    assert.match(message, /reverted \(verified\): ping 198\.51\.100\.77 failed/);
    assert.equal((await host.exec(`ip route show ${foreignRoute}`)).trim(), shown);
    assert.match(await warnings(() => make("PolicyRoute", { ...at, adopt: true })), /took over ip -4 route .*20\.0\.0\.0\/24/);
    await remove(made[0] ?? assert.fail());
    made = [];
    await host.batch([`route add ${shown}`]);
  });

  it("reads locks, several routes at one destination, and IPv6", async () => {
    const several = [
      route({ mtu: 1400, mtuLock: true }),
      route({ metric: 7 }),
      route({ tos: "0x10" }),
      route({ destination: "2001:db8:77::/48", via: "2001:db8:2::1", mtu: 1400, mtuLock: true }),
      route({ destination: "2001:db8:77::/48", via: "2001:db8:2::1", from: "2001:db8:78::/48" }),
    ];
    for (const fields of several) await make("PolicyRoute", fields);
    for (const one of made) assert.deepEqual(await found(one), await checked("PolicyRoute", one.fields));
    await host.batch(["route change 203.0.113.0/24 metric 7 via 198.18.128.9 dev eth1 proto 214"]);
    assert.equal((await found(made[1] ?? assert.fail()))?.["via"], "198.18.128.9");
    await host.batch(["route del 203.0.113.0/24 tos 0x10"]);
    assert.equal(await found(made[2] ?? assert.fail()), undefined);
  });

  it("reads many destinations of one table, and finds what is gone, what drifted and what is foreign", async () => {
    const routes = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`r${index}`, { destination: `198.51.100.${index}`, via: "198.18.128.1", dev: "eth1" }]),
    );
    const others = {
      six: { destination: "2001:db8:99::/48", via: "2001:db8:2::1" },
      seven: { destination: "default", table: 100, dev: "eth1" },
    };
    let all = await make("HostRouting", on({ routes: { ...routes, ...others, seven: { ...others.seven, family: "inet" } } }));
    assert.deepEqual(await found(all), await checked("HostRouting", all.fields));
    await host.batch(["route del 198.51.100.3", "route change 198.51.100.4 via 198.18.128.9 dev eth1 proto 214"]);
    const seen = z.object({ routes: z.record(z.string(), z.object({ via: z.string().optional() })) }).parse(await found(all));
    assert.deepEqual([seen.routes["r3"], seen.routes["r4"]?.via, seen.routes["r5"]?.via], [undefined, "198.18.128.9", "198.18.128.1"]);
    all = await update({ ...all, state: { ...all.state, routes: {} } }, {});
    made = [all];
    assert.deepEqual(await found(all), await checked("HostRouting", all.fields));
    const more = { ...routes, foreign: { destination: "20.0.1.0/24", via: "198.18.128.1", dev: "eth1" } };
    assert.match((await refusal(update(all, { routes: more }))).message, /a foreign route stands at this key/);
  });

  it("reads the way of our own connection only where a change concerns it, and refuses what would move it", async () => {
    const [controller, server] = [management(lab.plan.slot, 0).address, host.address];
    const refused = /refused, nothing was changed: how replies to this connection leave/;
    const diverting = on({ priority: 1000, from: server, table: 100 });
    await make("PolicyRoute", route({ destination: "default", table: 100 }));
    assert.match((await refusal(create("PolicyRule", diverting))).message, refused);
    assert.match((await refusal(create("PolicyRoute", route({ destination: controller })))).message, refused);
    await make("PolicyRule", on({ priority: 1001, from: "198.18.128.2", table: 100 }));
  });

  it("keeps a next hop that a foreign route uses", async () => {
    const hop = await make("NextHop", on({ nhid: 5, via: "198.18.128.1", dev: "eth1" }));
    await host.batch(["route add 192.0.2.0/25 nhid 5 proto static"]);
    assert.match((await refusal(remove(hop))).message, /deleting it would take foreign entries along: .*192\.0\.2\.0\/25/);
    await host.batch(["route del 192.0.2.0/25"]);
  });

  it("is not read whole: what needs that says so, and what to do, and hinders nothing beside it", async () => {
    const routes = { one: { destination: "203.0.113.0/24", via: "198.18.128.1", dev: "eth1" } };
    const expecting = create("HostRouting", on({ routes, expect: [{ to: "203.0.113.1", dev: "eth1" }] }));
    const beside = make("PolicyRule", on({ priority: 1001, from: "198.18.128.2", table: 100 }));
    const [{ message }] = await Promise.all([refusal(expecting), beside]);
    assert.match(message, /the host has some \d+ routes: so many are not read whole, which `expect`.* need/);
    assert.match(message, /next: there, leave out `expect` \(a probe of kind `route` asks the kernel itself\)/);
  });
});
