import { strict as assert } from "node:assert";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { readHistory } from "../../provider/src/host/history/read";
import { rollback } from "../../provider/src/host/history/rollback";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { parseRegister } from "../unit/kernel/atOnce";
import { create, type Fields, type Made, remove, update } from "./resource";

/** What one id declares of the keys that all of its stack share: the value that it gives each; no value: another one's, or nobody's. */
type Share = Readonly<Record<string, number>>;
/** One run: what each of three ids declares then. The first two are of one stack and take keys from each other. */
type Run = readonly [Share, Share, Share];

const keys = [
  "rule 1000",
  "rule 1001",
  "rule6 1000",
  "route 203.0.113.0/24",
  "route 192.0.2.0/24",
  "nexthop 7",
  "name 300",
  "rp_filter eth1",
];

/** A set of rules. */
const several = ["198.51.100.2", "198.51.100.12"];

/** Every key goes to the one or the other, or to nobody. */
const run: fc.Arbitrary<Run> = fc
  .array(fc.record({ owner: fc.constantFrom(0, 1, 2), value: fc.constantFrom(1, 2, 3) }), {
    minLength: keys.length + 2,
    maxLength: keys.length + 2,
  })
  .map((all) => {
    const of = (owner: number): Share =>
      Object.fromEntries(keys.flatMap((key, index) => (all[index]?.owner === owner ? [[key, all[index].value]] : [])));
    const others = all.slice(keys.length).map(({ value }, index) => [`rule ${2000 + index}`, value] as const);
    return [of(0), of(1), Object.fromEntries(others.filter(([, value]) => value < 3))];
  });

describe("a rollback to any revision", function () {
  this.timeout(600_000);
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-host-rollback-to" });
    host = lab.hosts[0];
    await host.exec("printf '#!/bin/sh\\n' >/etc/rc.local && chmod 755 /etc/rc.local");
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const fields = (id: number, share: Share): Fields => {
    const sections: Record<string, Record<string, unknown>> = {
      // Each id has something at any time, so that it is not taken for one that was renamed.
      rules: { own: { priority: 900 + id, from: "198.51.100.9", table: 109 } },
      routes: {},
      nexthops: {},
      tables: {},
      reversePathFilter: {},
    };
    for (const [key, value] of Object.entries(share)) {
      const [kind = "", word = ""] = key.split(" ");
      const table = 100 + value;
      const put = (section: string, entry: unknown): void => {
        const entries = sections[section];
        if (entries !== undefined) entries[kind === "rp_filter" ? word : key] = entry;
      };
      if (kind === "rule") put("rules", { priority: Number(word), from: value === 2 ? several : `198.51.100.${value}`, table });
      if (kind === "rule6") put("rules", { priority: Number(word), from: `2001:db8::${value}`, table });
      if (kind === "route") put("routes", { destination: word, dev: "eth1", table: 100, mtu: 1300 + value, mtuLock: value === 1 });
      if (kind === "nexthop")
        put("nexthops", { nhid: Number(word), via: "198.18.128.1", dev: value === 3 ? "eth0" : "eth1", onlink: value !== 2 });
      if (kind === "name") put("tables", { tableId: Number(word), name: `name${value}` });
      if (kind === "rp_filter") put("reversePathFilter", value === 1 ? "loose" : "off");
    }
    return {
      connection: host.connection,
      owner: { stack: id === 2 ? "organization/two/dev" : "organization/one/dev" },
      ...Object.fromEntries(["rules", "routes", "nexthops", "tables", "reversePathFilter"].map((name) => [name, undefined])),
      ...Object.fromEntries(Object.entries(sections).filter(([, entries]) => Object.keys(entries).length > 0)),
    };
  };

  /** The kernel, the store with its owners, and the register. */
  const snapshot = async (): Promise<string> => {
    const { entries } = parseRegister(await host.exec("cat /run/policy-routing/register"));
    const owners = [...entries].map(([key, { id, stack, more = "" }]) => `${key} ${id} ${stack} ${more}`).sort();
    return [await host.snapshot(), ...owners].join("\n");
  };

  it("gives the host as it was then, for random changes by three ids of two stacks, forth and back in any order", async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 3, maxLength: 5 }), fc.infiniteStream(fc.nat()), async (runs, random) => {
        await host.exec("rm -rf /var/lib/policy-routing");
        const made: Made[] = [];
        const then: { n: number; text: string }[] = [];
        const newest = async (): Promise<number> => (await readHistory(hostOf(host.connection))).revisions.at(-1)?.n ?? 0;
        for (const shares of runs) {
          process.env["POLICY_ROUTING_RUN"] = `run-${count++}`;
          if (made.length === 0) for (const [id, share] of shares.entries()) made.push(await create("HostRouting", fields(id, share)));
          else made.splice(0, 3, ...(await Promise.all(made.map((one, id) => update(one, fields(id, shares[id] ?? {}))))));
          then.push({ n: await newest(), text: await snapshot() });
        }
        const order = then.map((one) => ({ one, at: random.next().value })).sort((a, b) => a.at - b.at);
        for (const { one } of order) {
          process.env["POLICY_ROUTING_RUN"] = `run-${count++}`;
          for (const stack of ["organization/one/dev", "organization/two/dev"])
            if (one.n < (await newest()))
              await rollback(host.connection, { to: one.n, stack, why: "a try", dryRun: false, mark: false, guard: {} });
          assert.equal(await snapshot(), one.text);
        }
        for (const one of made) await remove(one);
      }),
      {
        numRuns: Number(process.env["POLICY_ROUTING_RUNS"] ?? 5),
        endOnFailure: true,
        seed: Number(process.env["POLICY_ROUTING_SEED"] ?? 1),
      },
    );
  });
});
