import { startBooted } from "../lab/booted/booted";
import { release } from "../lab/booted/rootfs";
import { startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import type { Profile } from "./profile";
import { Subject } from "./subject";

export interface Started {
  readonly subjects: readonly [Subject, ...Subject[]];
  stop(): Promise<void>;
}

const running = new Set<Started>();
let isEnding = false;

/** Removes the machines of every profile that is under way: somebody wants no more of it. */
export async function stopAll(): Promise<void> {
  isEnding = true;
  await Promise.all([...running].map((started) => started.stop()));
}

/** The machines of a profile, strange already. */
export async function startSubjects(profile: Profile): Promise<Started> {
  const { suite, machines = 1, jump = false, packages = [] } = profile;
  const name = `hosts-${profile.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 28)}`;
  if (isEnding) throw new Error("the run is ended");
  await ensurePackages(packages);
  // Before a host looks at this machine's files: it need not see what comes later.
  if (profile.ip !== undefined) await release(profile.ip);
  if (suite !== undefined) {
    if (machines !== 1 || jump) throw new Error("a booted profile has one machine");
    const host = await startBooted({ name, suite, settings: "writable" });
    return strange([new Subject(host, profile, undefined)], () => host.stop());
  }
  const lab = await startLab({ name, hosts: machines + (jump ? 1 : 0) });
  const [first, ...others] = lab.hosts.slice(0, machines).map((host) => new Subject(host, profile, lab.hosts[machines]));
  if (first === undefined) throw new Error("a lab has hosts");
  return strange([first, ...others], () => lab.stop());
}

async function strange(subjects: Started["subjects"], stop: () => Promise<void>): Promise<Started> {
  const started: Started = {
    subjects,
    stop: async () => {
      running.delete(started);
      await stop();
    },
  };
  running.add(started);
  try {
    if (isEnding) throw new Error("the run is ended");
    await Promise.all(subjects.map((subject) => subject.install()));
    await subjects[0].profile.prepare?.(subjects);
    await Promise.all(subjects.map((subject) => subject.boot()));
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}
