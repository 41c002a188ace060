import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Fields } from "../host/resource";
import type { Host } from "../lab/lab";
import { run as inCheckout, type Result } from "../lab/run";
import { until } from "../lab/until";
import { run } from "./fixture";

/** The route that a probe looks for: somebody may break it while a change is held. */
export const probe = { route: "198.18.200.1", dev: "eth1", expect: true };
export const breakProbe = "ip route add blackhole 198.18.200.1/32";

/** A whole host that is held: enough time for a login beside other work, and looks every two seconds. */
export const heldFields = (host: Host, guard: Fields = {}): Fields => ({
  connection: host.connection,
  rules: { out: { priority: 1000, from: "198.18.128.2", table: 100 } },
  routes: { on: { destination: "198.18.200.0/24", dev: "eth1" } },
  persist: "none",
  guard: { confirmTimeout: 6, hold: 5, probes: [probe], ...guard },
});

/** The lock says that the change is held: it was prolonged once. */
export async function isHeld(host: Host): Promise<void> {
  await until("the hold", async () => ((await host.result(`grep -q '^until ' ${run}/lock.*`)).code === 0 ? true : undefined), 90_000, 50);
}

const script = join(__dirname, "../host/controller.ts");
const cwd = join(__dirname, "../..");
const makes = (kind: string, fields: Fields): [string, ...string[]] => ["--require", "tsx/cjs", script, kind, JSON.stringify(fields)];

/** A controller of its own, which can be killed. */
export const controllerOf = (fields: Fields): ChildProcess =>
  spawn(process.execPath, makes("HostRouting", fields), { stdio: "ignore", cwd });

/** What another controller says that makes one resource, once it has ended. */
export const byAnother = (kind: string, fields: Fields): Promise<Result> =>
  inCheckout([process.execPath, ...makes(kind, fields)], { timeoutMs: 150_000 });
