// What the tests of the timed undo do to a host and look at, whatever kind of host it is.
import { readdir, readFile, stat } from "node:fs/promises";
import { create, refusal } from "../host/resource";
import type { Host } from "../lab/lab";
import { until } from "../lab/until";

/** Guards fire after this many seconds: time enough to do something to them, on a busy machine too. */
export const seconds = 5;
const patience = 120_000;

/** An armed guard, as it stands on the host. */
export interface Armed {
  readonly txn: string;
  /** The transaction's folder, for the controller to look into. */
  readonly folder: string;
  /** In seconds of the host's /proc/uptime. */
  readonly deadline: number;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

export const unitOf = ({ txn }: Armed): string => `policy-routing-guard-${txn}.service`;

/** Makes the host send what is for the controller nowhere. Resolves, once the guard undid it, with what the provider said. */
export function cutOff(controller: string, connection: Record<string, unknown>, confirmTimeout = seconds): Promise<Error> {
  const guard = { confirmTimeout, allowManagementPathChange: true };
  return refusal(create("PolicyRule", { connection, priority: 100, to: controller, action: "blackhole", guard }));
}

/** Waits until a guard is armed and what it guards was done. */
export async function armed(host: Host): Promise<Armed> {
  const run = await host.file("/run/policy-routing");
  return until(
    `a guard of ${host.name} to be armed`,
    async () => {
      for (const txn of await readdir(run).catch(() => [])) {
        const folder = `${run}/${txn}`;
        if (!(await exists(`${folder}/armed`)) || (await readFile(`${folder}/applying`, "utf8").catch(() => "")) !== "") continue;
        const [, deadline] = /watch \S+ (\d+) ;;/.exec(await readFile(`${folder}/guard`, "utf8")) ?? [];
        if (deadline !== undefined && (await host.ip("rule show")).some(({ priority }) => priority === 100))
          return { txn, folder, deadline: Number(deadline) };
      }
      return undefined;
    },
    patience,
  );
}

/** Waits until a guard fired, and says how many seconds after its deadline the undo was complete. */
export async function lateness(host: Host, { folder, deadline }: Armed): Promise<number> {
  const at = await until(`the guard of ${host.name} to fire`, () => changedAt(`${folder}/fired`), patience);
  return at - (await bootedAt(host)) - deadline;
}

/** When a file was last renamed, in seconds of the clock; undefined while there is none. */
export async function changedAt(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ ctimeMs }) => ctimeMs / 1000,
    () => undefined,
  );
}

/** The clock's time at which /proc/uptime began. */
async function bootedAt(host: Host): Promise<number> {
  const [uptime, now] = (await host.exec("read -r uptime _ </proc/uptime; date +%s.%N; echo $uptime"))
    .trim()
    .split("\n")
    .reverse()
    .map(Number);
  return (now ?? Number.NaN) - (uptime ?? Number.NaN);
}
