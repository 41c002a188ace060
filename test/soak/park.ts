import { type BootedHost, startBooted, whyNotBooted } from "../lab/booted/booted";
import { type Lab, startLab } from "../lab/lab";
import { Random } from "./random";
import { Site, type Trait } from "./site";
import { Spare } from "./spare";

export interface ParkOptions {
  readonly name: string;
  readonly seed: number;
  /** All hosts, booted ones among them. */
  readonly hosts: number;
  readonly booted: number;
}

/** The hosts of a run. */
export interface Park {
  readonly sites: readonly Site[];
  /** Why there are no booted hosts, though some were asked for. */
  readonly whyNotBooted: string | undefined;
  stop(): Promise<void>;
}

const traitsOf = (index: number): Set<Trait> =>
  new Set<Trait>(["namespace", ...(index % 2 === 1 ? (["relay"] as const) : []), ...(index % 3 === 2 ? (["persist"] as const) : [])]);

/** Of the booted ones the first is reached directly, by a user with sudo, and the second by a relay, as root. */
const bootedTraitsOf = (index: number): Set<Trait> =>
  new Set<Trait>(["booted", "persist", "monitor", ...(index % 2 === 1 ? (["relay"] as const) : [])]);

/** Starts them all, and one host more to which resources are moved. */
export async function openPark({ name, seed, hosts, booted }: ParkOptions): Promise<Park> {
  const why = booted === 0 ? undefined : await whyNotBooted();
  const bootedHosts: BootedHost[] = [];
  const lab = await startLab({ name, hosts: hosts - (why === undefined ? booted : 0) + 1 });
  const stop = async (): Promise<void> => {
    await Promise.all([lab.stop(), ...bootedHosts.map((host) => host.stop())]);
  };
  try {
    for (let index = 0; why === undefined && index < booted; index++)
      bootedHosts.push(await startBooted({ name: `${name}-booted${index + 1}`, settings: "writable" }));
    const sites = await sitesOf(lab, bootedHosts, seed);
    return {
      sites,
      whyNotBooted: why,
      stop: async () => {
        await Promise.all(sites.map((site) => site.close()));
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function sitesOf(lab: Lab, bootedHosts: readonly BootedHost[], seed: number): Promise<Site[]> {
  const [last = lab.hosts[0], ...others] = [...lab.hosts].reverse();
  const spare = new Spare(last);
  const random = (index: number): Random => new Random(seed * 1000 + index);
  return Promise.all([
    ...others.reverse().map((host, index) => Site.open(host, traitsOf(index), random(index), spare, "root")),
    ...bootedHosts.map((host, index) =>
      Site.open(host, bootedTraitsOf(index), random(100 + index), spare, index % 2 === 0 ? "ops" : "root"),
    ),
  ]);
}
