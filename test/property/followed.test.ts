// Two programs say which rules a device's addresses make: the script on the host, and the plan of a transaction. Both read the real kernel.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import type { Family } from "../../provider/src/declaration/family";
import { ruleKey } from "../../provider/src/declaration/key";
import type { RuleSet } from "../../provider/src/declaration/rule/ruleSet";
import { parseIpJson } from "../../provider/src/kernel/observed/ipJson";
import { readSources, type Uplinks } from "../../provider/src/kernel/observed/uplinks";
import { channelOf } from "../../provider/src/kernel/plan/step";
import { rulesNow, symbolic } from "../../provider/src/kernel/rule/followed";
import { add } from "../../provider/src/kernel/rule/steps";
import { KernelNamespace } from "./kernelNamespace";
import { PutsBack } from "./putsBack";
import { runs } from "./subjects";

const proto = 214;

const addresses: Readonly<Record<Family, readonly string[]>> = {
  inet: ["198.18.9.2/24", "198.18.9.3/24", "198.18.9.4/32", "10.0.0.1 peer 10.0.0.2/32", "169.254.7.7/16 scope link"],
  inet6: ["2001:db8:1:6::9/64", "2001:db8:1:6::a/64", "2001:db8:0:1::7/128", "2001:db8:5::1/64", "2001:db8:0:0:1::1/64", "fe80::9/64"],
};
const event = (of: Family) =>
  fc.record({
    verb: fc.constantFrom("add", "del", "add", "flush", "down", "up"),
    device: fc.constantFrom("e0", "e1"),
    address: fc.constantFrom(...addresses[of]),
  });
const history = fc.constantFrom<Family>("inet", "inet6").chain((of) =>
  fc.record({
    of: fc.constant(of),
    to: fc.constantFrom(undefined, of === "inet" ? "192.0.2.0/24" : "2001:db8:77::/48"),
    events: fc.array(event(of), { minLength: 3, maxLength: 8 }),
    twin: fc.constantFrom(...addresses[of]),
  }),
);

describe("what follows a device, over random histories of addresses", function () {
  this.timeout(600_000);
  const kernel = new KernelNamespace();
  const host = new PutsBack(kernel, proto);
  after(() => {
    host.close();
    kernel.close();
  });

  const ip = (args: readonly string[]): string => spawnSync("ip", ["-n", kernel.name, ...args], { encoding: "utf8" }).stdout;
  const uplinks = (): Uplinks => ({
    sources: readSources(parseIpJson(ip(["-j", "-N", "-d", "address", "show", "up", "scope", "global"]), "addresses")),
    ways: new Map(),
  });
  const lines = (of: Family): string[] =>
    ip([`-${channelOf(of)}`, "-N", "rule", "show", "pref", "1000"])
      .split("\n")
      .map((line) => line.trim().replaceAll("\t", " "))
      .filter((line) => line !== "");

  function forget(): void {
    for (const of of ["-4", "-6"]) ip([of, "rule", "flush", "pref", "1000"]);
    for (const device of ["e0", "e1"]) {
      ip(["addr", "flush", "dev", device, "scope", "global"]);
      ip(["link", "set", device, "up"]);
    }
  }

  it("the script makes the rules that a plan would make, and takes away none but ours", () => {
    fc.assert(
      fc.property(history, ({ of, to, events, twin }) => {
        forget();
        const rule: RuleSet = { family: of, priority: 1000, from: { addressesOf: "e0" }, ...(to === undefined ? {} : { to }), table: 100 };
        const key = ruleKey(rule);
        host.keep(
          40,
          key,
          symbolic(rule, "e0").map((one) => add(one, proto).words.join(" ")),
        );
        const [own = ""] = (twin.split(" ")[0] ?? "").split("/");
        for (const words of [`from ${own} table 100 proto 4`, `from ${own} table 100`, "from 2001:db8:44::/48 table 100", "table 100"])
          ip([`-${channelOf(of)}`, "rule", "add", "pref", "1000", ...words.split(" ")]);
        const foreign = lines(of);
        let standing: ReturnType<typeof rulesNow> = [];
        for (const { verb, device, address } of events) {
          if (verb === "flush") ip(["addr", "flush", "dev", device, "scope", "global"]);
          else if (verb === "add" || verb === "del")
            ip(["addr", verb, ...address.split(" "), "dev", device, ...(of === "inet6" && verb === "add" ? ["nodad"] : [])]);
          else ip(["link", "set", device, verb]);
          const said = host.pass();
          const wanted = rulesNow(rule, "e0", uplinks(), standing);
          const all = lines(of);
          assert.deepEqual(
            all.filter((line) => line.endsWith(`proto ${proto}`)).sort(),
            wanted.map((one) => `1000: from ${one.from}${to === undefined ? "" : ` to ${to}`} lookup 100 proto ${proto}`).sort(),
            `${said}\n${ip(["addr"])}`,
          );
          assert.deepEqual(
            all.filter((line) => !line.endsWith(`proto ${proto}`)),
            foreign,
            said,
          );
          assert.equal(host.pass().match(/^(added|removed|failed)/m), null, "a second look has nothing to do");
          standing = wanted;
        }
        host.letGo(40, key);
      }),
      { numRuns: runs(12) },
    );
  });
});
