import assert from "node:assert/strict";
import fc from "fast-check";
import { isPolicyRoutingError } from "../../provider/src/errors";
import type { Wish } from "../../provider/src/kernel/history/back";
import { wantedNexthop } from "../../provider/src/kernel/nexthop/nexthop";
import type { State } from "../../provider/src/kernel/observed/state";
import type { Change, Wanted } from "../../provider/src/kernel/plan/change";
import { plan } from "../../provider/src/kernel/plan/plan";
import { wantedRoute } from "../../provider/src/kernel/route/route";
import { wantedRule } from "../../provider/src/kernel/rule/rule";
import { wantedSysctl } from "../../provider/src/kernel/sysctl/sysctl";
import { wantedName } from "../../provider/src/kernel/table/name";
import { ModelHistory } from "./modelHistory";
import { ModelKernel, restorable } from "./modelKernel";
import { change, routeOf, ruleOf, ruleSetOf, runs } from "./subjects";
import { addGiven, planOn, tryOnce } from "./tryOut";

const ids = ["a", "b", "c"] as const;
const stacks = ["organization/one/dev", "organization/two/dev"] as const;
/** The first two are of one stack, and take keys from each other. */
const stackOf = (id: (typeof ids)[number]): string => (id === "c" ? stacks[1] : stacks[0]);

/** What stands at a key that several could have, by the number of its value. */
const shared: Readonly<Record<string, (value: number) => Wanted>> = {
  "rule 1000": (value) =>
    value === 2
      ? wantedRule(ruleSetOf({ family: "inet", priority: 1000, from: ["198.18.0.2", "198.18.0.12"], table: 102 }))
      : wantedRule(ruleOf({ family: "inet", priority: 1000, from: `198.18.0.${value}`, table: 100 + value })),
  "rule 1001": (value) => wantedRule(ruleOf({ family: "inet", priority: 1001, from: `198.18.0.${value}`, table: 100 + value })),
  "rule6 1000": (value) => wantedRule(ruleOf({ family: "inet6", priority: 1000, from: `2001:db8::${value}`, table: 100 + value })),
  route: (value) =>
    wantedRoute(routeOf({ family: "inet", destination: "203.0.113.0/24", via: `198.18.1.${value}`, dev: "e0", table: 100 })),
  "route by object": (value) =>
    wantedRoute(
      routeOf({ family: "inet", destination: "192.0.2.0/24", table: 100, ...(value === 3 ? { dev: "e0" } : { nhid: 6 + value }) }),
    ),
  "nexthop 7": (value) => wantedNexthop({ nhid: 7, dev: value === 3 ? "e1" : "e0" }),
  "nexthop 8": (value) => wantedNexthop({ nhid: 8, dev: value === 3 ? "e1" : "e0" }),
  "name 300": (value) => wantedName({ tableId: 300, name: `name${value}` }),
  "name 301": (value) => wantedName({ tableId: 301, name: `name${value}` }),
  rp_filter: (value) => wantedSysctl({ file: "rp_filter", device: "e0", value: value - 1 }),
  "rp_filter all": (value) => wantedSysctl({ file: "arp_ignore", device: "all", value: value - 1 }),
};
const keys = Object.keys(shared);

/** Of each shared key, whose it is in one run (the last number: nobody's) and what stands there; then what the other stack has. */
type Run = readonly (readonly [owner: number, value: number])[];
const place = fc.tuple(fc.constantFrom(0, 0, 1, 1, 2), fc.constantFrom(1, 2, 3));
const nobody = 2;
const run: fc.Arbitrary<Run> = fc.array(place, { minLength: keys.length + 2, maxLength: keys.length + 2 }).map(sensible);

/** No name stands for two tables, and no route goes by an object that is not there. */
function sensible(all: Run): Run {
  const at = (key: string) => all[keys.indexOf(key)] ?? [nobody, 1];
  return all.map(([owner, value], index) => {
    const isSecond = keys[index] === "name 301" && at("name 300")[1] === value;
    const isLost = keys[index] === "route by object" && value < 3 && at(`nexthop ${6 + value}`)[0] === nobody;
    return [isSecond ? nobody : owner, isLost ? 3 : value];
  });
}

function wantedBy(id: number, all: Run): Wanted[] {
  // Each id has something at any time, so that it is not taken for one that was renamed.
  const own = wantedRule(ruleOf({ family: "inet", priority: 900 + id, from: "198.18.9.9", table: 109 }));
  const others = all.slice(keys.length).flatMap(([owner, value], index) => {
    const rule = ruleOf({ family: "inet", priority: 2000 + index, from: `198.18.8.${value}`, table: 100 + value });
    return id === 2 && owner === 0 ? [wantedRule(rule)] : [];
  });
  const mine = keys.flatMap((key, index) => {
    const [owner, value] = all[index] ?? [nobody, 1];
    const wanted = shared[key];
    return owner === id && owner !== nobody && wanted !== undefined ? [wanted(value)] : [];
  });
  return [own, ...others, ...mine];
}

/** Rules that are given back stand behind their peers. */
const comparable = (state: State) => {
  const { rules, ...rest } = restorable(state);
  return { ...rest, rules: rules.map((one) => JSON.stringify(one)).sort() };
};

class Site {
  readonly kernel = new ModelKernel();
  readonly history = new ModelHistory();

  constructor() {
    for (const key of ["sysctl rp_filter e0", "sysctl rp_filter all", "sysctl arp_ignore all"]) this.kernel.set(key, 0);
  }

  /** The kernel, whose all of it is, and what a reboot would bring back. */
  get snapshot(): unknown {
    const { register } = this.kernel.state();
    return {
      kernel: comparable(this.kernel.state()),
      owners: new Map([...register.entries].sort()),
      store: new Map([...this.history.objects].sort()),
    };
  }

  /** False: it is refused, or waits for what others let go. */
  #make(wanted: Change, run: string): boolean {
    const before = this.kernel.state();
    const planned = planOn(this.kernel, wanted);
    if (planned === undefined || planned.wait !== undefined) return false;
    assert.ok(this.kernel.change(planned.steps));
    this.kernel.register(planned.register);
    this.history.keep(planned, before, this.kernel.state(), run);
    return true;
  }

  /** One `up`: each as soon as nothing is in its way. False: some wait for each other. */
  up(all: Run, run: string, options: Parameters<typeof change>[2] = {}): boolean {
    let open = ids.map((id, index) => change(id, wantedBy(index, all), { ...options, stack: stackOf(id) }));
    while (open.length > 0) {
      const waiting = open.filter((one) => this.#waits(one, all) || !this.#make(one, run));
      if (waiting.length === open.length) return false;
      open = waiting;
    }
    return true;
  }

  /** For an object that another one makes. */
  #waits(one: Change, all: Run): boolean {
    const [owner = nobody, value = 3] = all[keys.indexOf("route by object")] ?? [];
    const object = `nexthop ${6 + value}`;
    const [maker = nobody] = all[keys.indexOf(object)] ?? [];
    const isMade = this.kernel.state().register.entries.get(object)?.id === ids[maker];
    return ids[owner] === one.id && value < 3 && maker !== owner && !isMade;
  }

  /** Every prefix of its steps, undone, is the host before. */
  back(wish: Wish, run: string): void {
    const before = this.kernel.state();
    const wanted = this.history.back(`rollback#${run}`, wish, before);
    if (wanted === undefined) return;
    const planned = tryOnce(this.kernel, wanted, comparable);
    if (planned === undefined) throw refusalOf(wanted, before);
    assert.equal(planned.wait, undefined, "one transaction, which waits for nobody");
    this.history.keep(planned, before, this.kernel.state(), run);
    assert.equal(this.history.back("again", wish, this.kernel.state()), undefined, "something is left to be done");
  }
}

function refusalOf(wanted: Change, state: State): unknown {
  try {
    return new Error(`not refused again: ${JSON.stringify(plan(wanted, state))}`);
  } catch (error) {
    return error;
  }
}

/** The second run takes a rule from another id beside a foreign twin, which stays when the third one lets it go. */
const besideTwin: [[number, number, number][], Run[]] = [
  [
    [1001, 2, 4],
    [1001, 1, 4],
  ],
  [1, 0, 2].map((owner, index) => sensible(keys.map((key) => (key === "rule 1001" ? [owner, index === 0 ? 1 : 2] : [nobody, 1])))),
];

describe("what a rollback plans", function () {
  this.timeout(300_000);

  it("gives the host as any revision left it, in the owners' names, for random changes by three ids of two stacks; each prefix undone is the host before", () => {
    let done = 0;
    fc.assert(
      fc.property(fc.array(run, { minLength: 2, maxLength: 4 }), fc.infiniteStream(fc.nat()), (all, random) => {
        const site = new Site();
        const then = [{ n: 0, snapshot: site.snapshot }];
        for (const [index, one] of all.entries()) {
          fc.pre(site.up(one, `up-${index}`));
          then.push({ n: site.history.newest, snapshot: site.snapshot });
        }
        const order = then
          .slice(1)
          .map((one) => ({ one, at: random.next().value }))
          .sort((a, b) => a.at - b.at);
        for (const [index, { one }] of order.entries()) {
          for (const stack of stacks) if (one.n < site.history.newest) site.back({ to: one.n, stack }, `back-${index}`);
          assert.deepEqual(site.snapshot, one.snapshot, `to ${one.n}`);
          done++;
        }
      }),
      { numRuns: runs(40) },
    );
    assert.ok(done > runs(40), `only ${done} rollbacks`);
  });

  it("gives back what was taken over, with its tags, where that is the first that happened there; else it is refused, and nothing is changed", () => {
    let [given, refused] = [0, 0];
    const foreign = fc.array(fc.tuple(fc.constantFrom(1000, 1001, 2000), fc.constantFrom(1, 2, 3), fc.constantFrom(4, 0, 18)), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(foreign, fc.array(run, { minLength: 1, maxLength: 3 }), (twins, all) => {
        const site = new Site();
        for (const [priority, value, proto] of twins)
          site.kernel.change([addGiven({ family: "inet", priority, from: `198.18.0.${value}`, table: 100 + value }, proto)]);
        const then = [{ n: 0, snapshot: site.snapshot }];
        for (const [index, one] of all.entries()) {
          fc.pre(site.up(one, `up-${index}`, { adopt: true }));
          then.push({ n: site.history.newest, snapshot: site.snapshot });
        }
        for (const { n, snapshot } of then.slice(0, -1).reverse())
          for (const stack of stacks) {
            const before = site.snapshot;
            try {
              if (n < site.history.newest) site.back({ to: n, stack }, `back-${n}`);
              given++;
            } catch (error) {
              if (!isPolicyRoutingError(error)) throw error;
              assert.match(
                error.message,
                /took over at .* what was not ours, and it cannot be given back|: a foreign rule says the same: /,
              );
              assert.deepEqual(site.snapshot, before);
              refused++;
              return;
            }
            if (stack === stacks[1]) assert.deepEqual(site.snapshot, snapshot, `to ${n}`);
          }
      }),
      { numRuns: runs(40), examples: [besideTwin] },
    );
    assert.ok(given > runs(40), `only ${given} given back, ${refused} refused`);
  });
});
