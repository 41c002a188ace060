import { strict as assert } from "node:assert";
import { isBefore } from "../../provider/src/kernel/plan/gate";
import { checked, create, type Fields, type Made, read, refusal, remove, update } from "../host/resource";

/** A host as its life cycle needs it: a way in, and an uplink. */
export interface Subject {
  readonly connection: Fields;
  /** Whose login it is, as the host sees it: what goes there blackholed cuts us off. */
  readonly client: string;
  readonly uplink: { readonly dev: string; readonly address: string; readonly gateway: string };
  exec(command: string): Promise<string>;
}

/** Emulated, a login takes seconds: a good change has more time than anything waits for. */
const guard = { confirmTimeout: 300 };
const mayCut = { confirmTimeout: 10, allowManagementPathChange: true };

const shown = "ip -N rule; ip -N -6 rule; ip -N nexthop; ip -N route show table all; ip -N -6 route show table all";
const snapshot = async ({ exec }: Subject): Promise<string> => (await exec(shown)).replace(/ expires \d+sec/g, "");

/** A change that would take our own login away: refused, and, where it is allowed, undone by the guard. */
async function cutOff(host: Subject, rule: Fields): Promise<void> {
  const before = await snapshot(host);
  const refused = await refusal(create("PolicyRule", { connection: host.connection, persist: "none", guard, ...rule }));
  assert.match(refused.message, /would change/, "not refused beforehand");
  assert.equal(await snapshot(host), before);
  const undone = await refusal(create("PolicyRule", { connection: host.connection, persist: "none", guard: mayCut, ...rule }));
  assert.match(undone.message, /: reverted \(verified\): /);
  assert.equal(await snapshot(host), before);
}

async function isAsDeclared(made: Made): Promise<void> {
  assert.deepEqual(await read(made), await checked(made.kind, made.fields));
}

/** Applied, refreshed, updated; a change that cuts the host off is undone by its guard; deleted. Throws at the first that is not so. */
export async function lifeCycle(host: Subject): Promise<void> {
  const { dev, address, gateway } = host.uplink;
  const clean = await snapshot(host);
  const made = await create("HostRouting", {
    connection: host.connection,
    guard,
    persist: "none",
    nexthops: { gate: { nhid: 7, via: gateway, dev } },
    routes: {
      "by-object": { destination: "203.0.113.0/24", nhid: 7, table: 100 },
      default: { destination: "default", via: gateway, dev, table: 100 },
    },
    rules: { from: { priority: 1500, from: address, table: 100 } },
    expect: [{ to: "192.0.2.1", from: address, dev, via: gateway }],
  });
  await isAsDeclared(made);
  const changed = await update(made, { rules: { from: { priority: 1400, from: address, to: "192.0.2.0/24", table: 100 } } });
  assert.match(await host.exec("ip -N rule"), new RegExp(`^1400:\\s+from ${address} to 192.0.2.0/24 lookup 100 proto 214$`, "m"));
  await cutOff(host, { priority: 1, to: host.client, action: "blackhole" });
  await isAsDeclared(changed);
  await remove(changed);
  assert.equal(await snapshot(host), clean);
}

/** The same for a login by a device of a VRF, and what is declared, expected and probed of a VRF's packets. */
export async function lifeInVrf(host: Subject, vrf: string, kernel: string): Promise<void> {
  const { dev, address } = host.uplink;
  const clean = await snapshot(host);
  const made = await create("HostRouting", {
    connection: host.connection,
    persist: "none",
    guard: { ...guard, probes: [{ route: host.client, vrf, dev, expect: true }] },
    rules: { noLeak: { family: "inet", priority: 1001, l3mdev: true, action: "unreachable" } },
    expect: [
      { to: host.client, vrf, dev },
      { to: "192.0.2.1", vrf, verdict: "unreachable" },
    ],
  });
  assert.match(await host.exec("ip rule"), /^1001:.* unreachable/m);
  await isAsDeclared(made);
  await remove(made);
  await cutOff(host, { priority: 500, from: address, action: "blackhole" });
  await cutOff(host, { family: "inet", priority: 500, iif: dev, action: "blackhole" });
  const byVrf = { connection: host.connection, persist: "none", guard, family: "inet", priority: 500, oif: vrf, action: "blackhole" };
  if (isBefore(kernel, "6.13")) await remove(await create("PolicyRule", byVrf));
  else await cutOff(host, { family: "inet", priority: 500, oif: vrf, action: "blackhole" });
  assert.equal(await snapshot(host), clean);
}
