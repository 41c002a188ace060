// A device that is followed changes in the middle of a change under guard: after each of its steps, and then it is undone or kept.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Family, families } from "../../provider/src/declaration/family";
import { routeKey, ruleKey } from "../../provider/src/declaration/key";
import type { DeclaredRoute } from "../../provider/src/declaration/route/declaredRoute";
import type { RuleSet } from "../../provider/src/declaration/rule/ruleSet";
import { stepsText } from "../../provider/src/host/wire/frames";
import { parseIpJson } from "../../provider/src/kernel/observed/ipJson";
import { parseRoutes, parseRules } from "../../provider/src/kernel/observed/parse";
import { emptyState, type State } from "../../provider/src/kernel/observed/state";
import { readSources } from "../../provider/src/kernel/observed/uplinks";
import { readWays, tagsNamed } from "../../provider/src/kernel/observed/ways";
import type { Wanted } from "../../provider/src/kernel/plan/change";
import { compare, printDifference } from "../../provider/src/kernel/plan/compare";
import { followingWord } from "../../provider/src/kernel/plan/followed";
import { deviations, plan } from "../../provider/src/kernel/plan/plan";
import { channelOf, commandOf } from "../../provider/src/kernel/plan/step";
import { wantedRoute } from "../../provider/src/kernel/route/route";
import { wantedRule } from "../../provider/src/kernel/rule/rule";
import { KernelNamespace } from "./kernelNamespace";

const tags = { owner: 214, staging: 215 };
const mandate = { id: "a", stack: "organization/p/s", tags, adopt: false as const };

const has: Readonly<Record<Family, { readonly own: string; readonly next: string; readonly gateway: string; readonly other: string }>> = {
  inet: { own: "198.18.1.2/24", next: "198.18.1.77/24", gateway: "198.18.1.1", other: "198.18.1.9" },
  inet6: { own: "2001:db8:1::2/64", next: "2001:db8:7::2/64", gateway: "fe80::1:1", other: "fe80::1:9" },
};

describe("a device that changes while a change that follows it is armed", function () {
  this.timeout(300_000);
  const kernel = new KernelNamespace();
  after(() => kernel.close());

  const ip = (args: string): string => spawnSync("ip", ["-n", kernel.name, ...args.split(" ")], { encoding: "utf8" }).stdout;

  for (const of of families) {
    const { own, next, gateway, other } = has[of];
    const channel = `-${channelOf(of)}`;
    const nodad = of === "inet6" ? " nodad" : "";
    const leads = (via: string): string => ip(`${channel} route replace default via ${via} dev e0 onlink metric 100 proto 16`);
    const events: Readonly<Record<string, () => void>> = {
      "another lease": () => {
        ip(`address add ${next} dev e0${nodad}`);
        ip(`address del ${own} dev e0`);
        leads(other);
      },
      "a lease that ends": () => {
        ip("address flush dev e0 scope global");
        ip(`${channel} route flush default dev e0`);
      },
      "another gateway": () => void leads(other),
      "a link that goes down": () => void ip("link set e0 down"),
    };
    const rule = (table: number): RuleSet => ({ family: of, priority: 1000, from: { addressesOf: "e0" }, table });
    const route = (more: Partial<DeclaredRoute>): DeclaredRoute => ({
      ...{ family: of, destination: "default", via: { gatewayOf: "e0" }, table: 100 },
      ...more,
    });
    const keys = [ruleKey({ family: of, priority: 1000 }), routeKey(route({}))];
    const register = {
      entries: new Map(keys.map((key) => [key, { id: mandate.id, stack: mandate.stack, more: followingWord("e0") }])),
      lines: 2,
    };
    const stateNow = (): State => ({
      ...emptyState,
      rules: parseRules(parseIpJson(ip(`-j -N -d ${channel} rule show`), "rules"), of),
      routes: parseRoutes(parseIpJson(ip(`-j -N -d ${channel} route show table all default`), "routes"), of, "main"),
      register,
      uplinks: {
        sources: readSources(parseIpJson(ip("-j -N -d address show up scope global"), "addresses")),
        ways: new Map([
          [of, readWays(parseIpJson(ip(`-j -N -d ${channel} route show table all default`), "default routes"), tagsNamed(register))],
        ]),
      },
    });
    const run = (text: string) => kernel.run(text);
    const change = (...wanted: Wanted[]) => ({ ...mandate, wanted });

    /** As it was before each attempt: followed, and what was declared before stands. */
    const begin = async (): Promise<void> => {
      for (const table of ["100", "main"]) ip(`${channel} route flush default table ${table}`);
      ip(`${channel} rule flush proto 214`);
      ip(`${channel} rule flush proto 215`);
      ip("address flush dev e0 scope global");
      ip("link set e0 up");
      ip(`address add ${own} dev e0${nodad}`);
      leads(gateway);
      const { steps } = plan(change(wantedRule(rule(100)), wantedRoute(route({}))), stateNow());
      await run(`change\n${stepsText(steps, "change")}`);
    };
    const changes: Readonly<Record<string, () => Wanted[]>> = {
      "another table of the rule": () => [wantedRule(rule(103)), wantedRoute(route({}))],
      "an attribute of the route": () => [wantedRule(rule(100)), wantedRoute(route({ mtu: 1400 }))],
      "both, and a rule more": () => [
        wantedRule(rule(103)),
        wantedRule({ ...rule(104), priority: 1001 }),
        wantedRoute(route({ mtu: 1400 })),
      ],
      "both gone": () => [],
    };
    for (const [what, wanted] of Object.entries(changes))
      it(`${of}: ${what}: after every prefix of the steps the undo is right, and a right change is kept`, async () => {
        for (const [name, happens] of Object.entries(events)) {
          await begin();
          const { steps } = plan(change(...wanted()), stateNow());
          assert.ok(steps.length > 0);
          for (let count = 0; count <= steps.length; count++) {
            await begin();
            const before = stateNow();
            const planned = plan(change(...wanted()), before);
            const told = `${name} after ${count} of\n${planned.steps.map(commandOf).join("\n")}`;
            const scope = { keys: new Set(planned.keys), tags };
            await run(`change\n${stepsText(planned.steps.slice(0, count), "change")}`);
            happens();
            await run(stepsText(planned.undo, "undo"));
            assert.deepEqual(compare(before, stateNow(), scope).differences.map(printDifference), [], `undo: ${told}`);
            await begin();
            await run(`change\n${stepsText(planned.steps.slice(0, count), "change")}`);
            happens();
            const rest = await run(
              `failed=''\nchange\n${stepsText(planned.steps.slice(count), "change")}\n[ -z "$failed" ] || say "refused $failed"`,
            );
            // What the kernel refuses by a device that is gone is undone, and told.
            if (rest.some((section) => section.name.startsWith("refused"))) continue;
            assert.deepEqual(
              deviations(planned, stateNow()).map(({ text }) => text),
              [],
              `kept: ${told}`,
            );
          }
        }
      });
  }
});
