import { labName } from "../slots";
import { takeDown } from "../teardown";
import { removeCgroup } from "./cgroup";

/** Removes everything of a booted host by its name alone. Ending PID 1 ends all of its processes. */
export async function takeDownBooted(name: string): Promise<void> {
  await takeDown(name);
  await removeCgroup(labName(name));
}
