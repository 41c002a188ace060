import assert from "node:assert/strict";
import fc from "fast-check";
import { lookup } from "../../provider/src/kernel/lookup/lookup";
import { printVerdict } from "../../provider/src/kernel/lookup/verdict";
import { forward } from "./packets";
import { scenario } from "./scenario";

const hosts = 12;

describe("packets that come in", () => {
  it(`are forwarded by, or not at all, as the lookup says: ${hosts} hosts, IPv6 too, which ip route get cannot ask`, async () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= hosts; seed++) {
      const [drawn] = fc.sample(scenario(2), { seed, numRuns: 1 });
      assert.ok(drawn !== undefined);
      const { network, flows } = await forward(drawn);
      for (const { flow, dev } of flows) {
        const verdict = lookup(network, flow);
        if (verdict.kind === "unsure") continue;
        const ways = verdict.kind === "unicast" ? verdict.hops.map((hop) => hop.dev) : [];
        const partly = "hops" in verdict && verdict.partly !== undefined;
        const said = `seed ${seed}: ${flow.from} -> ${flow.to} port ${flow.dport?.from}: ${printVerdict(verdict)}, but it left by ${dev ?? "nothing"}`;
        assert.ok(dev === undefined ? ways.length === 0 || partly : ways.includes(dev), said);
        seen.set(`${flow.family} ${verdict.kind}`, (seen.get(`${flow.family} ${verdict.kind}`) ?? 0) + 1);
      }
    }
    for (const what of ["inet unicast", "inet6 unicast", "inet local", "inet6 local", "inet dropped", "inet no route", "inet6 no route"])
      assert.ok(seen.has(what), `no packet was ${what}`);
  });
});
