// Two programs say by which gateway a device is left: the script on the host, and the plan of a transaction. Both read the real kernel.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { type Family, families } from "../../provider/src/declaration/family";
import { routeKey } from "../../provider/src/declaration/key";
import type { DeclaredRoute } from "../../provider/src/declaration/route/declaredRoute";
import type { Route } from "../../provider/src/declaration/route/route";
import { parseIpJson } from "../../provider/src/kernel/observed/ipJson";
import { parseRoutes } from "../../provider/src/kernel/observed/parse";
import type { Uplinks } from "../../provider/src/kernel/observed/uplinks";
import { readWays, tagsNamed } from "../../provider/src/kernel/observed/ways";
import { emptyRegister } from "../../provider/src/kernel/plan/register";
import { channelOf } from "../../provider/src/kernel/plan/step";
import { routeNow } from "../../provider/src/kernel/route/followed";
import { command } from "../../provider/src/kernel/route/steps";
import { KernelNamespace } from "./kernelNamespace";
import { PutsBack } from "./putsBack";
import { runs } from "./subjects";

const proto = 214;

const gateways: Readonly<Record<Family, readonly string[]>> = {
  inet: ["10.0.0.1", "10.0.0.7", "10.9.9.9"],
  inet6: ["fe80::1:1", "2001:db8::1", "2001:db8:9::9"],
};
const addresses: Readonly<Record<Family, string>> = { inet: "10.0.0.2/24", inet6: "2001:db8::2/64" };
const marks = ["", "proto 16", "proto 9", `proto ${proto}`, "proto 215"];
const event = (of: Family) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        verb: fc.constantFrom("replace", "append"),
        way: fc.constantFrom("via", "via", "dev", "several"),
        device: fc.constantFrom("e0", "e0", "e1"),
        gateway: fc.constantFrom(...gateways[of]),
        mark: fc.constantFrom(...marks),
        table: fc.constantFrom("main", "main", "77"),
        metric: fc.constantFrom(100, 200),
        pref: fc.constantFrom("low", "medium", "high"),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ verb: fc.constantFrom("flush", "down", "up", "gone", "back"), device: fc.constantFrom("e0", "e0", "e1") }),
    },
  );
const history = fc
  .constantFrom(...families)
  .chain((of) => fc.record({ of: fc.constant(of), events: fc.array(event(of), { minLength: 3, maxLength: 9 }) }));

describe("what follows a device's gateway, over random histories of default routes", function () {
  this.timeout(600_000);
  const kernel = new KernelNamespace();
  const host = new PutsBack(kernel, proto);
  after(() => {
    host.close();
    kernel.close();
  });

  const ip = (args: string): string => spawnSync("ip", ["-n", kernel.name, ...args.split(" ")], { encoding: "utf8" }).stdout;
  const uplinks = (of: Family): Uplinks => {
    const routes = parseIpJson(ip(`-j -N -d -${channelOf(of)} route show table all default`), "default routes");
    return { sources: { inet: new Map(), inet6: new Map() }, ways: new Map([[of, readWays(routes, tagsNamed(emptyRegister))]]) };
  };
  const standing = (of: Family): Route[] =>
    parseRoutes(parseIpJson(ip(`-j -N -d -${channelOf(of)} route show table all default`), "routes"), of, "main").flatMap(({ route }) =>
      route.table === 100 ? [route] : [],
    );

  function forget(): void {
    for (const family of [4, 6]) for (const table of ["77", "100"]) ip(`-${family} route flush table ${table}`);
    for (const device of ["e0", "e1"]) {
      for (const family of [4, 6]) ip(`-${family} route flush default dev ${device}`);
      ip(`addr flush dev ${device} scope global`);
      ip(`link set ${device} up`);
    }
    for (const of of families) back(of, "e0");
  }
  const back = (of: Family, device: string): string => ip(`addr add ${addresses[of]} dev ${device}${of === "inet6" ? " nodad" : ""}`);

  it("a service that has just begun remembers what stands, and puts it back behind a link that was down", () => {
    for (const of of families) {
      forget();
      const route: DeclaredRoute = { family: of, destination: "default", via: { gatewayOf: "e0" }, table: 100 };
      host.keep(30, routeKey(route), [command("add", route, proto).words.join(" ")]);
      const [gateway = ""] = gateways[of];
      const leads = `-${channelOf(of)} route replace default via ${gateway} dev e0 onlink proto 16 metric 100`;
      ip(leads);
      host.pass();
      ip(leads.replace("replace", "del"));
      const flap = `ip link set e0 down; ip link set e0 up; ${of === "inet6" ? `ip addr add ${addresses.inet6} dev e0 nodad;` : ""}`;
      host.script(`follows=$(missing | grep ^follows); export follows\n${flap} missing | restore first`);
      assert.deepEqual(
        standing(of).map(({ via }) => via),
        [gateway],
      );
      host.letGo(30, routeKey(route));
    }
  });

  it("the script makes the route that a plan would make, at every moment", () => {
    fc.assert(
      fc.property(history, ({ of, events }) => {
        forget();
        const route: DeclaredRoute = { family: of, destination: "default", via: { gatewayOf: "e0" }, table: 100 };
        const key = routeKey(route);
        host.keep(30, key, [command("add", route, proto).words.join(" ")]);
        for (const one of events) {
          const { verb, device } = one;
          if ("way" in one) {
            const { way, gateway, mark, table, metric, pref } = one;
            const hop = `via ${gateway} dev ${device} onlink`;
            const preference = of === "inet6" ? `pref ${pref} ` : "";
            const to = { via: hop, dev: `dev ${device}`, several: `nexthop ${hop} nexthop via ${gateways[of][0]} dev e1 onlink` }[way];
            ip(
              `-${channelOf(of)} route ${verb} default ${mark === "" ? "" : `${mark} `}table ${table} metric ${metric} ${preference}${to}`,
            );
          } else if (verb === "flush") ip(`-${channelOf(of)} route flush default dev ${device}`);
          else if (verb === "gone") ip(`addr flush dev ${device} scope global`);
          else if (verb === "back") back(of, device);
          else ip(`link set ${device} ${verb}`);
          // By a device that is down the kernel takes no route: a plan would make none either.
          const isUp = ip("-o link show e0").includes(",UP");
          const before = standing(of);
          const wanted = routeNow(route, "e0", uplinks(of), before);
          const said = host.pass();
          assert.deepEqual(
            standing(of).map(({ via, dev, onlink }) => ({ via, dev, onlink })),
            wanted === undefined || !isUp ? [] : [{ via: wanted.via, dev: wanted.dev, onlink: wanted.onlink }],
            `${said}\n${ip(`-N -${channelOf(of)} route show table all default`)}`,
          );
          assert.equal(host.pass().match(/^(added|replaced|failed)/m), null, "a second look has nothing to do");
        }
        host.letGo(30, key);
      }),
      { numRuns: runs(10) },
    );
  });
});
