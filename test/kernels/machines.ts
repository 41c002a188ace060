import { release, type Suite } from "../lab/booted/rootfs";
import { startLab } from "../lab/lab";
import { type Place, thisMachine } from "../lab/place";
import type { Series } from "../lab/vm/kernel";
import { Vm } from "../lab/vm/vm";
import type { Life } from "./judge";
import { lifeCycle, lifeInVrf } from "./lifeCycle";
import { asHost, inVrf, managementVrf, ofLab } from "./subjects";

/** Those whose `ip` is tried on each kernel. */
export const releases: readonly Suite[] = ["bullseye", "bookworm", "trixie"];

/** A kernel at hand: what runs on it, hosts that live on it, and the root file systems of the releases. */
export interface Machine {
  readonly place: Place;
  readonly lives: readonly Life[];
  rootOf(suite: Suite): Promise<string>;
  stop(): Promise<void>;
}

export async function bootMachine(series: Series): Promise<Machine> {
  const vm = await Vm.boot(series, { releases });
  return {
    place: vm,
    lives: [
      { what: "life cycle", run: async () => lifeCycle(await asHost(vm)) },
      { what: "life cycle of a host that is reached by a VRF", run: async () => lifeInVrf(await inVrf(vm), managementVrf, vm.kernel) },
    ],
    rootOf: async (suite) => `/releases/${suite}`,
    stop: () => vm.stop(),
  };
}

/** The kernel that this runs on, and a host of the lab. */
export async function thisOne(): Promise<Machine> {
  const lab = await startLab({ name: "kernels" });
  return {
    place: thisMachine,
    lives: [{ what: "life cycle", run: () => lifeCycle(ofLab(lab.hosts[0])) }],
    rootOf: release,
    stop: () => lab.stop(),
  };
}
