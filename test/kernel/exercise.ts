import assert from "node:assert/strict";
import fc from "fast-check";
import { type Family, families } from "../../provider/src/declaration/family";
import { isPolicyRoutingError } from "../../provider/src/errors";
import { parseState } from "../../provider/src/host/reading/entries";
import { observeText, stepsText } from "../../provider/src/host/wire/frames";
import { lookFor } from "../../provider/src/kernel/observed/kinds";
import { type Look, lookAtNexthops, together } from "../../provider/src/kernel/observed/look";
import type { State } from "../../provider/src/kernel/observed/state";
import type { Change } from "../../provider/src/kernel/plan/change";
import { checkNeeds } from "../../provider/src/kernel/plan/gate";
import { deviations, isEmpty, plan } from "../../provider/src/kernel/plan/plan";
import { printLine } from "../../provider/src/kernel/plan/register";
import { commandOf, ipStep, type Step } from "../../provider/src/kernel/plan/step";
import { type Place, thisMachine, versionsOf } from "../lab/place";
import { KernelNamespace } from "../property/kernelNamespace";
import { change, type Input, tags } from "../property/subjects";
import { parseRegister } from "../unit/kernel/atOnce";
import { baseObjects, type Pair, type Subject, subjects, unmet } from "./objects";
import { untouched } from "./report";
import { lookAtTable } from "./wholeTable";

/** How often an attribute was created, updated (its value was another one) and read back, by family. */
export interface Exercised {
  created: number;
  updated: number;
  refreshed: number;
}

export interface Report {
  readonly iproute2: string;
  readonly kernel: string;
  /** Generated objects by kind and family. */
  readonly objects: Map<string, number>;
  /** `rule from inet`. */
  readonly attributes: Map<string, Exercised>;
  /** What this release lacks: attribute and the sentence with which it was refused. */
  readonly refused: Map<string, string>;
}

interface Options {
  /** Objects of each family. */
  readonly runs: number;
  readonly seed: number;
  /** The root file system whose `ip` is used. */
  readonly root?: string;
  readonly place?: Place;
  /** What one frame and one `ip -batch` take: more is slower to look into, and fewer are more frames. */
  readonly chunk?: number;
  /** Whether there are more of them, until each attribute was created, updated and read back. */
  readonly complete?: boolean;
  progress?(text: string): void;
}

const everything: Look = together([
  lookAtNexthops([]),
  ...families.flatMap((family) => [lookAtTable(family, 100, true), lookAtTable(family, "main", true)]),
]);
/** Where chance left an attribute out: so many objects more at a time, and in all. */
const [more, most] = [50, 1000];
/** The share of each kind: next hop objects have few attributes. */
const shares: Readonly<Record<string, number>> = { rule: 0.45, route: 0.45, nexthop: 0.1 };

/**
 * Generates objects over the whole grammar; makes, reads, updates and deletes them on the real kernel by the plans that a host gets. Throws at
 * the first that is not read back as it was asked for, that a second plan would change again, or that leaves something behind.
 */
export async function exercise({
  runs,
  seed,
  root = "/",
  place = thisMachine,
  chunk = 250,
  complete = true,
  progress = () => {},
}: Options): Promise<Report> {
  const versions = versionsOf(root, place);
  const report: Report = { ...versions, objects: new Map(), attributes: new Map(), refused: new Map() };
  const kernel = new KernelNamespace(root, place);
  try {
    await run(
      kernel,
      baseObjects.map((words) => ipStep("nexthop", undefined, ["nexthop", "add", ...words.split(" ")])),
    );
    const clean = await read(kernel, []);
    for (const of of families)
      for (const subject of subjects) {
        const count = Math.round(runs * (shares[subject.kind] ?? 0));
        // Chance may leave an attribute out: then some more, so that only what cannot be made is never made.
        const wanting = (): boolean => complete && untouched(report, `${subject.kind} `, ` ${of}`).length > 0;
        let size = 0;
        for (let from = 0; from < count || (from < count + most && wanting()); from += size) {
          size = from < count ? Math.min(chunk, count - from) : Math.min(chunk, more);
          const pairs =
            fc.sample(fc.tuple(...Array.from({ length: size }, (_, index) => subject.pair(of, from + index))), {
              numRuns: 1,
              seed: seed + from,
            })[0] ?? [];
          await tryChunk(
            kernel,
            subject,
            of,
            pairs.map(([old, wanted]) => [known(subject, old, report), known(subject, wanted, report)]),
            { report, clean },
          );
          progress(`${subject.kind} ${of}: ${from + size} of ${count}`);
        }
      }
    return report;
  } finally {
    kernel.close();
  }
}

/** Without what this release lacks, which must be refused with a sentence that says what. */
function known(subject: Subject, input: Input, report: Report): Input {
  const wanted = subject.wanted(input);
  const lacking = unmet(wanted, report);
  if (lacking.length === 0) return input;
  assert.throws(
    () => checkNeeds(wanted.needs, report),
    (error) => {
      if (!isPolicyRoutingError(error) || error.kind !== "unsupported") return false;
      for (const attribute of lacking) report.refused.set(`${subject.kind} ${attribute}`, error.parts.what);
      return true;
    },
  );
  return known(
    subject,
    lacking.reduce((one, attribute) => subject.without(one, attribute), input),
    report,
  );
}

async function run(kernel: KernelNamespace, steps: readonly Step[]): Promise<void> {
  const sections = await kernel.run(`change\n${stepsText(steps, "change")}\n[ -z "$failed" ] || say "refused $failed"`);
  const refused = sections.find(({ name }) => name.startsWith("refused"));
  if (refused === undefined) return;
  const line = Number(/Command failed -:([0-9]+)/.exec(refused.text)?.[1] ?? 1);
  throw new Error(
    `${refused.name}${refused.text}\nline ${line} of\n${steps
      .slice(Math.max(0, line - 2), line + 1)
      .map(commandOf)
      .join("\n")}`,
  );
}

function lookAt(keys: readonly string[]): Look {
  const look = lookFor(keys);
  return { ...look, locks: look.routes };
}

/** As on a host with many routes: only what is asked for is picked out of what the kernel shows. */
async function read(kernel: KernelNamespace, register: readonly string[], look = everything): Promise<State> {
  const answer = { code: "0", sections: await kernel.run(`crowded_from=0\n${observeText(look, "entries")}`) };
  return { ...(await parseState(answer, look, kernel.name)), register: parseRegister(`${register.join("\n")}\n`) };
}

/** `clean` is what stands before, and shall again. Each frame is many processes, which an emulated machine starts slowly: what was read is planned upon. */
async function tryChunk(
  kernel: KernelNamespace,
  subject: Subject,
  of: Family,
  pairs: readonly Pair[],
  { report, clean }: { readonly report: Report; readonly clean: State },
): Promise<void> {
  const register: string[] = [];
  const look = lookAt(pairs.flat().map((input) => subject.wanted(input).key));
  let state = clean;
  const apply = async (one: Change, readAs: Look): Promise<void> => {
    const planned = plan(one, { ...state, register: parseRegister(`${register.join("\n")}\n`) });
    await run(kernel, planned.steps);
    register.push(...planned.register.map(printLine));
    state = await read(kernel, register, readAs);
    assert.deepEqual(deviations(planned, state), []);
  };
  const make = async (inputs: readonly Input[]): Promise<void> => {
    const wanted = inputs.map((input) => subject.wanted(input));
    const one = change("a", wanted);
    await apply(one, look);
    const again = plan(one, state);
    assert.ok(isEmpty(again) && again.register.length === 0, `an endless diff: ${again.steps.map(commandOf).join("\n")}`);
    for (const [index, input] of inputs.entries()) {
      const seen = wanted[index]?.read(state, tags, "a");
      assert.ok(seen !== undefined, JSON.stringify(input));
      assert.deepEqual(subject.form(seen), subject.form(input), JSON.stringify(input));
    }
  };
  await make(pairs.map(([old]) => old));
  await make(pairs.map(([, wanted]) => wanted));
  await apply(change("a", []), everything);
  const { register: _register, ...left } = state;
  const { register: _clean, ...had } = clean;
  assert.deepEqual(left, had);
  count(subject, of, pairs, report);
}

function count(subject: Subject, of: Family, pairs: readonly Pair[], { objects, attributes }: Report): void {
  const name = `${subject.kind} ${of}`;
  objects.set(name, (objects.get(name) ?? 0) + pairs.length);
  for (const [old, wanted] of pairs) {
    const [a, b] = [subject.form(old), subject.form(wanted)];
    for (const attribute of Object.keys(subject.table)) {
      const key = `${subject.kind} ${attribute} ${of}`;
      const seen = attributes.get(key) ?? { created: 0, updated: 0, refreshed: 0 };
      if (a[attribute] !== undefined) seen.created++;
      if (JSON.stringify(a[attribute]) !== JSON.stringify(b[attribute])) seen.updated++;
      if (a[attribute] !== undefined || b[attribute] !== undefined) seen.refreshed++;
      attributes.set(key, seen);
    }
  }
}
