import { cuttingRule, type Entry, priorities, randomPriority, randomRoute, randomRoutePlace, randomRule } from "./entries";
import type { Call, Fields } from "./protocol";
import { type Held, type Site, stacks } from "./site";
import { families } from "./view";

/** One resource's change: the call, and what stands at its keys afterwards. */
export interface Step {
  readonly call: Call;
  /** By key: what must be seen of ours. */
  readonly after: ReadonlyMap<string, readonly string[]>;
  readonly old: Held | undefined;
  readonly wanted: Entry | undefined;
}

export interface Terms {
  readonly seconds: number;
  readonly cuts: boolean;
}

export const common = (connection: Fields, { seconds, cuts }: Terms, stack: string = stacks.first): Fields => ({
  connection,
  owner: { stack },
  guard: { confirmTimeout: seconds, ...(cuts ? { allowManagementPathChange: true } : {}) },
});

const largest = 6;
const crowd = 16;
const few = 5;

/** A random group of changes, each at keys of its own. */
export function randomSteps(site: Site, terms: Terms, extra: readonly Entry[] = []): Step[] {
  const { random, held } = site;
  const taken = new Set<string>();
  const steps: Step[] = [];
  const accept = (step: Step): void => {
    for (const key of step.after.keys()) taken.add(key);
    steps.push(step);
  };
  const isFree = ({ key }: Entry): boolean => !taken.has(key) && !held.has(key);
  const size = random.integer(1, largest);
  for (const entry of [...extra, ...site.lost]) if (isFree(entry)) accept(creation(site, entry, terms));
  site.lost = [];
  for (let tries = 0; steps.length < size + extra.length && tries < 50; tries++) {
    const old = random.pick([...held.values()].filter(({ entry }) => !taken.has(entry.key)));
    const sort = random.next() + (held.size > crowd ? 0.3 : held.size < few ? -0.3 : 0);
    if (old === undefined || sort < 0.4) {
      const entry = randomEntry(site);
      if (isFree(entry)) accept(creation(site, entry, terms));
    } else if (sort < 0.75) {
      const entry = changed(site, old.entry);
      if (entry.key === old.entry.key || isFree(entry)) accept(updating(site, old, entry, terms));
    } else accept(deletion(old));
  }
  return steps;
}

export const freeRoutePlace = (site: Site): Fields | undefined => {
  for (let tries = 0; tries < 50; tries++) {
    const place = randomRoutePlace(site.random);
    if (!site.held.has(randomRoute(site.random, place, site.host).key)) return place;
  }
  return undefined;
};

export const freeCut = (site: Site, controller: string): Entry | undefined => {
  for (let tries = 0; tries < 50; tries++) {
    const entry = cuttingRule(randomPriority(site.random, priorities.first), controller);
    if (!site.held.has(entry.key)) return entry;
  }
  return undefined;
};

export function randomEntry({ random, host }: Site, first: number = priorities.first): Entry {
  if (random.chance(0.55)) return randomRule(random, random.pick(families), randomPriority(random, first));
  return randomRoute(random, randomRoutePlace(random), host);
}

/** Another content, mostly at the same key. */
function changed({ random, host }: Site, { kind, fields }: Entry): Entry {
  const stays = random.chance(0.75);
  if (kind === "PolicyRoute") {
    const { family, table, destination, metric } = fields;
    return randomRoute(
      random,
      stays ? { family, table, destination, ...(metric === undefined ? {} : { metric }) } : randomRoutePlace(random),
      host,
    );
  }
  const family = fields["family"] === "inet6" ? "inet6" : "inet";
  return randomRule(random, family, stays ? Number(fields["priority"]) : randomPriority(random, priorities.first));
}

export function creation(site: Site, entry: Entry, terms: Terms, stack?: string): Step {
  site.declared.set(`${entry.key} ${entry.shown}`, entry);
  return {
    call: { method: "create", kind: entry.kind, fields: { ...entry.fields, ...common(site.connection, terms, stack) } },
    after: new Map([[entry.key, [entry.shown]]]),
    old: undefined,
    wanted: entry,
  };
}

function updating(site: Site, old: Held, entry: Entry, terms: Terms): Step {
  site.declared.set(`${entry.key} ${entry.shown}`, entry);
  const fields = { ...entry.fields, ...common(site.connection, terms) };
  return {
    call: { method: "update", kind: entry.kind, id: old.id, state: old.state, fields },
    after: new Map([
      [old.entry.key, []],
      [entry.key, [entry.shown]],
    ]),
    old,
    wanted: entry,
  };
}

export function deletion(old: Held): Step {
  return {
    call: { method: "delete", kind: old.entry.kind, id: old.id, state: old.state },
    after: new Map([[old.entry.key, []]]),
    old,
    wanted: undefined,
  };
}
