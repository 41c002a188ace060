import * as pulumi from "@pulumi/pulumi";
import type { Warning } from "../errors";
import { HostRouting } from "./hostRouting";
import { MultihomedHost } from "./multihomedHost";
import { Refusal } from "./refusal";

export interface RolloutOptions {
  /** How many hosts, from the front, make a wave of their own that comes first. Left out: 1. */
  readonly canary?: number;
  /** Hosts of each further wave: a number, or a share of all such as "25%" (a text of another form is refused). Left out: all the rest in one. */
  readonly batch?: number | string;
  /** Seconds between the end of a wave that changed something and the next. Left out: none. */
  readonly pause?: number;
}

/** What each host's resource must be given, so that it waits for its wave. */
export interface WaveOptions {
  readonly dependsOn: pulumi.Input<pulumi.Input<pulumi.Resource>[]>;
}

interface Named {
  readonly name: string;
}

interface Wave<Host> {
  readonly title: string;
  readonly hosts: readonly Host[];
}

/** One wave on its way. */
export interface Turn<Host> {
  readonly hosts: readonly Host[];
  /** Resolves, to no dependencies at all, when it may begin; fails where an earlier one failed. */
  readonly open: Promise<pulumi.Resource[]>;
  /** What was made for its hosts, in their order. Resolves to the names of those that failed, once all were tried. */
  made(resources: readonly pulumi.Resource[]): Promise<readonly string[]>;
}

/**
 * Makes a resource for each host, wave by wave: a wave begins when all hosts of the last one are confirmed and what they `expect` holds; a
 * failure stops later waves. The order leaves no trace in the state, so another host or another size of wave changes nothing, and `destroy`
 * takes all hosts at once. Hosts without a change cost nothing and cause no pause. Pass the options on to the resource.
 */
export function rollout<Host extends Named, Made extends pulumi.Resource>(
  hosts: readonly Host[],
  options: RolloutOptions,
  make: (host: Host, options: WaveOptions) => Made,
): Made[] {
  const made: Made[] = [];
  for (const turn of turns(hosts, options)) {
    const resources = turn.hosts.map((host) => make(host, { dependsOn: turn.open }));
    void turn.made(resources);
    made.push(...resources);
  }
  return made;
}

/** Resolves once the engine has answered for a resource. */
type Settled = (resource: pulumi.Resource) => Promise<void>;
/** A registration that failed never does: it ends a program. */
const named: Settled = ({ urn }) => new Promise((resolve) => void urn.apply(() => resolve()));

/** The waves one after the other; each must be told what was made before the next is asked for. */
export function* turns<Host extends Named>(
  hosts: readonly Host[],
  options: RolloutOptions,
  settled: Settled = named,
): Generator<Turn<Host>, void> {
  const began = Date.now();
  const waves = wavesOf(hosts, options);
  // The report reads it there: the order is nowhere in the preview's resources.
  if (waves.length > 1 && pulumi.runtime.isDryRun()) void pulumi.log.info(printWaves(waves));
  let canary: Progress | undefined;
  let gate: Promise<pulumi.Resource[]> = Promise.resolve([]);
  for (const [index, wave] of waves.entries()) {
    const left = waves.slice(index + 1).reduce((sum, later) => sum + later.hosts.length, 0);
    const open = gate.then(() => {
      if (waves.length > 1 && !pulumi.runtime.isDryRun())
        void pulumi.log.info(
          // Here too: at a registration that fails the SDK ends the program before it could say anything.
          `${wave.title} begins: ${wave.hosts.map(({ name }) => name).join(", ")}${left === 0 ? "" : `; ${left} more wait`}${index === 1 ? `. ${takeBack(process.env)}` : ""}`,
        );
      return [];
    });
    const made = (resources: readonly pulumi.Resource[]): Promise<readonly string[]> => {
      const progress = progressOf(wave, resources, began, settled);
      if (index === 0 && waves.length > 1) canary = progress;
      else if (canary !== undefined) void warnOfIdleCanary(canary, progress);
      gate = passed(progress, options.pause ?? 0);
      gate.catch(() => {}); // the last one has nobody who waits
      return progress.ended.then(({ failed }) => failed);
    };
    yield { hosts: wave.hosts, open, made };
  }
}

const printWaves = (waves: readonly Wave<Named>[]): string =>
  [`rollout in ${waves.length} waves:`, ...waves.map(({ title, hosts }) => `  ${title}: ${hosts.map(({ name }) => name).join(", ")}`)].join(
    "\n",
  );

export function wavesOf<Host>(hosts: readonly Host[], { canary = 1, batch }: RolloutOptions): Wave<Host>[] {
  const size = batch === undefined ? hosts.length : typeof batch === "number" ? batch : shareOf(hosts.length, batch);
  if (!Number.isInteger(canary) || canary < 0)
    throw new Refusal("rollout-options", "rollout: canary is a whole number of hosts, 0 for none");
  if (!(size >= 1 || hosts.length === 0))
    throw new Refusal("rollout-options", 'rollout: batch is a number of hosts of 1 or more, or a share such as "25%"');
  const rest = hosts.slice(canary);
  const groups = Array.from({ length: Math.ceil(rest.length / Math.floor(size || 1)) }, (_, index) =>
    rest.slice(index * Math.floor(size), (index + 1) * Math.floor(size)),
  );
  const all = [...(canary > 0 && hosts.length > 0 ? [hosts.slice(0, canary)] : []), ...groups];
  return all.map((group, index) => ({
    title: `${canary > 0 && index === 0 ? "canary" : "wave"} ${index + 1} of ${all.length}`,
    hosts: group,
  }));
}

/** NaN for a text that is no share. */
const shareOf = (all: number, share: string): number =>
  /^\d+(\.\d+)?%$/.test(share) ? Math.ceil((all * Number(share.slice(0, -1))) / 100) : Number.NaN;

/** What became of a wave, once all of it was tried. */
interface Progress {
  readonly title: string;
  readonly names: readonly string[];
  /** Names of hosts that failed, and of hosts that were changed in this run; in a preview, of those that the engine would change. */
  readonly ended: Promise<{ failed: string[]; changed: string[] }>;
}

function progressOf(wave: Wave<Named>, resources: readonly pulumi.Resource[], began: number, settled: Settled): Progress {
  const names = wave.hosts.map(({ name }) => name);
  const one = async (resource: pulumi.Resource) => {
    const last = resource instanceof MultihomedHost ? resource.routing : resource;
    let succeeded = false;
    // In a preview an output is known only where the engine leaves the resource as it is.
    let changed = pulumi.runtime.isDryRun() && last instanceof HostRouting;
    if (last instanceof HostRouting)
      last.appliedAt.apply((at) => {
        changed = at !== undefined && Date.parse(at) >= began;
      });
    if (last instanceof pulumi.CustomResource)
      last.id.apply(() => {
        succeeded = true;
      });
    else succeeded = true;
    await settled(last);
    // All outputs of a resource are settled together; those of one that failed never become known.
    await new Promise(setImmediate);
    return { succeeded: succeeded || pulumi.runtime.isDryRun(), changed };
  };
  const ended = Promise.all(resources.map(one)).then((all) => ({
    failed: names.filter((_, index) => all[index]?.succeeded !== true),
    changed: names.filter((_, index) => all[index]?.changed === true),
  }));
  return { title: wave.title, names, ended };
}

/** Resolves to no dependencies at all, in time. */
async function passed({ title, ended }: Progress, pause: number): Promise<pulumi.Resource[]> {
  const { failed, changed } = await ended;
  if (failed.length > 0)
    throw new Refusal("wave-failed", `${title} failed on ${failed.join(", ")}: later waves were not begun. ${takeBack(process.env)}`);
  if (changed.length > 0 && pause > 0 && !pulumi.runtime.isDryRun()) await new Promise((resolve) => setTimeout(resolve, pause * 1000));
  return [];
}

/** What to type; the run's name is known here only where a person gave it. */
export function takeBack(environment: Readonly<Record<string, string | undefined>>): string {
  const run = environment["POLICY_ROUTING_RUN"] ?? "";
  const word = /^[\w.:/@-]+$/.test(run) ? run : "ID";
  const ask = word === "ID" ? " (ID: npx --no-install policy-routing history HOST)" : "";
  return `To take back what this run changed: pulumi stack export > stack.json && npx --no-install policy-routing rollback --hosts stack.json --run ${word} --why TEXT${ask}`;
}

/** A canary shows something only where it changes. */
async function warnOfIdleCanary(canary: Progress, later: Progress): Promise<void> {
  const [first, now] = await Promise.all([canary.ended, later.ended]);
  if (first.changed.length === 0 && first.failed.length === 0 && now.changed.length > 0)
    await pulumi.log.warn(idleCanary(canary.names.join(", "), now.changed.join(", "), pulumi.runtime.isDryRun()).what);
}

const idleCanary = (canary: string, changed: string, isPreview: boolean): Warning => ({
  topic: "idle-canary",
  what: isPreview
    ? `the canary (${canary}) has no change while ${changed} has one: it will show nothing`
    : `the canary (${canary}) had no change while ${changed} had one: it showed nothing`,
});
