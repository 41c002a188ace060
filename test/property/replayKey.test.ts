import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type Family, families } from "../../provider/src/declaration/family";
import { routeKey } from "../../provider/src/declaration/key";
import type { Route } from "../../provider/src/declaration/route/route";
import type { Table } from "../../provider/src/declaration/tableNumber";
import { parseIpJson } from "../../provider/src/kernel/observed/ipJson";
import { parseRoutes } from "../../provider/src/kernel/observed/parse";
import { fileOf } from "../../provider/src/kernel/persist/stored";
import { channelOf } from "../../provider/src/kernel/plan/step";
import { command } from "../../provider/src/kernel/route/steps";
import { KernelNamespace } from "./kernelNamespace";
import { family, isError, routeOf, runs, wholeRouteUpdate } from "./subjects";

const sh = join(__dirname, "../../provider/sh");
const proto = 214;

/** Routes of the whole grammar, at many destinations and in the kernel's own tables too. */
const route: fc.Arbitrary<Route> = family
  .chain((of) => fc.tuple(wholeRouteUpdate(of), fc.nat(255), fc.constantFrom<Table[]>(100, 101, 7, "main", "default", "local", 4294967295)))
  .map(([[, input], number, table]) => {
    const destination =
      input["destination"] === "default" ? "default" : input["family"] === "inet" ? `203.0.113.${number}` : `2001:db8:9::${number}`;
    // `ip -6` does not show those that are local of table main, and the check refuses them.
    return routeOf({
      ...input,
      destination,
      table: input["type"] === "local" && table === "main" ? 100 : table,
      ...(isError(input["type"]) ? { src: undefined } : {}),
    });
  });

describe("the key of a route, as the script on a host reads it off `ip route show`", () => {
  const kernel = new KernelNamespace();
  const folder = mkdtempSync(join(tmpdir(), "replay-key-"));
  after(() => {
    kernel.close();
    rmSync(folder, { recursive: true });
  });

  const ip = (args: readonly string[], input = "") =>
    spawnSync("ip", ["-n", kernel.name, ...args], { input, encoding: "utf8", maxBuffer: 1 << 28 }).stdout;
  const shown = (of: Family): string[] => {
    const json = ip([`-${channelOf(of)}`, "-j", "-N", "-d", "route", "show", "table", "all", "proto", String(proto)]);
    return parseRoutes(parseIpJson(json, "routes"), of, "main").map((one) => routeKey(one.route));
  };

  /** What the script says is missing of all that is persisted. */
  function missing(): string[] {
    const text = `. ${sh}/facts.sh\n. ${sh}/lock.sh\netc=${folder} run=${folder}/run\n. ${sh}/follow.sh\n. ${sh}/missing.sh\nmissing`;
    const { stdout, stderr } = spawnSync("ip", ["netns", "exec", kernel.name, "sh", "-c", text], { encoding: "utf8", maxBuffer: 1 << 28 });
    assert.equal(stderr, "");
    assert.doesNotMatch(stdout, /^(?:told|refused)/m);
    return stdout.split("\n").flatMap((line) => (line.startsWith("missing\t") ? (line.split("\t")[3] ?? []) : []));
  }

  it("is the key by which we know it, for each of 2,000 routes of the whole grammar, and half of them gone", () => {
    const byKey = new Map(fc.sample(route, { numRuns: runs(2000) * 2, seed: 1 }).map((one) => [routeKey(one), one]));
    const routes = [...byKey].slice(0, runs(2000));
    assert.equal(routes.length, runs(2000));
    mkdirSync(join(folder, "objects"));
    for (const [key, one] of routes) {
      const file = fileOf(20, key);
      const { family: of, words } = command("add", one, proto);
      const header = ["# pulumi-policy-routing 1", file, channelOf(of), key, "a", "s", "systemd", proto].join("\t");
      writeFileSync(join(folder, "objects", file), `${header}\n${words.join(" ")}\n`);
    }
    for (const of of families) {
      const lines = routes.flatMap(([, one]) => (one.family === of ? [command("add", one, proto).words.join(" ")] : []));
      ip([`-${channelOf(of)}`, "-force", "-batch", "-"], lines.join("\n"));
    }
    const there = new Set(families.flatMap(shown));
    assert.ok(there.size > routes.length * 0.6, `the kernel took ${there.size} of ${routes.length}`);
    assert.deepEqual(missing().sort(), [...byKey.keys()].filter((key) => !there.has(key) && routes.some(([one]) => one === key)).sort());

    for (const of of families) ip([`-${channelOf(of)}`, "route", "flush", "table", "100", "proto", String(proto)]);
    const left = new Set(families.flatMap(shown));
    assert.ok(left.size < there.size);
    assert.deepEqual(missing().sort(), routes.flatMap(([key]) => (left.has(key) ? [] : [key])).sort());
  });
});
