// Where tests of rollbacks begin: a host that puts back after a reboot what is applied, good and bad declarations, and the history's own doings.
import { strict as assert } from "node:assert";
import { after, afterEach, before } from "mocha";
import { type History, readHistory } from "../../provider/src/host/history/read";
import { type Request, type RolledBack, rollback } from "../../provider/src/host/history/rollback";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import type { Fields } from "./resource";

/** Of every kind of entry one that comes, goes or changes by `changed`. */
export const routing = (host: Host): Fields => ({
  connection: host.connection,
  tables: { second: { tableId: 100, name: "second" } },
  nexthops: { gate: { nhid: 7, via: "198.18.128.1", dev: "eth1" } },
  routes: {
    "by-object": { destination: "203.0.113.0/24", nhid: 7, table: 100 },
    "second-default": { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100, mtu: 1400, mtuLock: true },
    "second-link": { destination: "198.18.128.0/18", dev: "eth1", table: 100 },
  },
  rules: {
    one: { priority: 1000, from: "198.18.128.2", table: 100 },
    two: { priority: 1001, from: ["198.18.128.3", "198.18.128.4"], table: 100 },
    six: { priority: 1000, from: "2001:db8:2::2", table: 100 },
  },
  reversePathFilter: { eth1: "loose" },
});

/** The same after a change that is found to be wrong. */
export const changed: Fields = {
  tables: { third: { tableId: 101, name: "third" } },
  nexthops: { gate: { nhid: 8, via: "198.18.128.1", dev: "eth1" } },
  routes: {
    "by-object": { destination: "203.0.113.0/24", nhid: 8, table: 101 },
    "second-link": { destination: "198.18.128.0/18", dev: "eth1", table: 101 },
  },
  rules: {
    one: { priority: 1000, from: "198.18.128.3", table: 101 },
    two: { priority: 1001, from: "198.18.128.2", table: 101 },
    third: { priority: 1002, from: "198.51.100.1", table: 101 },
  },
  reversePathFilter: { eth0: "loose" },
};

export interface GoingBack {
  readonly host: Host;
  readonly lab: Lab;
  /** What comes belongs to this run. */
  inRun(run: string): void;
  back(wish: Partial<Request>, address?: string): Promise<RolledBack>;
  history(): Promise<History>;
  /** The number of the newest revision. */
  newest(): Promise<number>;
}

/** For a `describe`: each of its tests leaves the host as it found it, without a history. */
export function goingBack(name: string, hosts = 1): GoingBack {
  let lab: Lab | undefined;
  let clean = "";
  const started = (): Lab => lab ?? assert.fail("the lab is not up yet");
  const host = (): Host => started().hosts[0];
  before(async () => {
    lab = await startLab({ name, hosts });
    await host().exec("printf '#!/bin/sh\\n' >/etc/rc.local && chmod 755 /etc/rc.local");
    clean = await host().snapshot();
  });
  afterEach(async () => {
    closeHosts();
    delete process.env["POLICY_ROUTING_RUN"];
    delete process.env["POLICY_ROUTING_HISTORY"];
    await host().exec("rm -rf /var/lib/policy-routing /run/policy-routing");
    assert.equal(await host().snapshot(), clean);
  });
  after(() => lab?.stop());
  const history = (): Promise<History> => readHistory(hostOf(host().connection));
  return {
    get host() {
      return host();
    },
    get lab() {
      return started();
    },
    inRun(run) {
      process.env["POLICY_ROUTING_RUN"] = run;
    },
    back: (wish, address = host().address) =>
      rollback({ ...host().connection, host: address }, { why: "customer down", dryRun: false, mark: true, guard: {}, ...wish }),
    history,
    newest: async () => (await history()).revisions.at(-1)?.n ?? 0,
  };
}
