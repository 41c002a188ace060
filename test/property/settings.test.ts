import assert from "node:assert/strict";
import fc from "fast-check";
import { type Sysctl, type SysctlName, sysctlKey, sysctlPath } from "../../provider/src/declaration/sysctl/sysctl";
import { stepsText } from "../../provider/src/host/wire/frames";
import { parseSysctls } from "../../provider/src/kernel/observed/parse";
import { emptyState, type State } from "../../provider/src/kernel/observed/state";
import { stateAfter } from "../../provider/src/kernel/plan/after";
import type { Change } from "../../provider/src/kernel/plan/change";
import { deviations, plan } from "../../provider/src/kernel/plan/plan";
import { printLine } from "../../provider/src/kernel/plan/register";
import type { Step } from "../../provider/src/kernel/plan/step";
import { wantedSysctl } from "../../provider/src/kernel/sysctl/sysctl";
import { parseRegister } from "../unit/kernel/atOnce";
import { KernelNamespace } from "./kernelNamespace";
import { change, runs } from "./subjects";

/** What two stacks declare, one after the other, and take away again. */
const files: readonly SysctlName[] = ["forwarding", "ipv6_forwarding"];
const devices = ["all", "default", "e0", "e1"];
const ofHost: readonly Pick<Sysctl, "file" | "device">[] = [
  ...["tcp", "udp"].map((device) => ({ file: "l3mdev_accept" as const, device })),
  ...["ipv4", "ipv6"].map((device) => ({ file: "fib_multipath_hash_policy" as const, device })),
];
const places = [...files.flatMap((file) => devices.map((device) => ({ file, device }))), ...ofHost];
const bit: fc.Arbitrary<number> = fc.constantFrom(0, 1);
const one: fc.Arbitrary<Sysctl> = fc
  .record({ place: fc.constantFrom(...places), value: bit })
  .map(({ place, value }) => ({ ...place, value }));
const moment = fc.record({ id: fc.constantFrom("a", "b"), settings: fc.uniqueArray(one, { selector: sysctlKey, maxLength: 5 }) });
/** `all` first: a device is written behind it. */
const standing = fc.record({ redirects: bit, values: fc.array(bit, { minLength: places.length, maxLength: places.length }) });

const forwardingOfAll = (value: number) => ({ id: "a" as const, settings: [{ file: "forwarding" as const, device: "all", value }] });
const stacks: Readonly<Record<string, string>> = { a: "organization/edge/prod", b: "organization/other/prod" };

describe("settings of a host, on this kernel", function () {
  this.timeout(300_000);
  let kernel: KernelNamespace;
  before(() => {
    kernel = new KernelNamespace();
  });
  after(() => kernel.close());

  const write = (all: readonly Sysctl[]): string =>
    all.map((sysctl) => `printf '%s' ${sysctl.value} >/proc/sys/${sysctlPath(sysctl)}`).join("\n");
  const readings = async (frame: string): Promise<State["sysctls"][]> =>
    (await kernel.run(frame)).flatMap(({ name, text }) => (name === "sysctls" ? [parseSysctls(text)] : []));
  const undone = (steps: readonly Step[]): string => `undoing=1\n${stepsText(steps, "undo")}\nundoing=''`;

  it("are written, changed and put back by several stacks, and every part of a change is undone", async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(standing, fc.array(moment, { minLength: 1, maxLength: 4 }), async ({ redirects, values }, moments) => {
        const stood: Sysctl[] = places.map((place, index) => ({ ...place, value: values[index] ?? 0 }));
        const [first] = await readings(`${write([...stood, { file: "accept_redirects", device: "all", value: redirects }])}\nsysctls`);
        assert.ok(first);
        let state: State = { ...emptyState, sysctls: first };
        let register = "";
        for (const { id, settings } of [...moments, { id: "b", settings: [] }, { id: "a", settings: [] }]) {
          const wanted = settings.map((sysctl) =>
            wantedSysctl(sysctl, settings.find(({ file, device }) => file === sysctl.file && device === "all")?.value),
          );
          const asked: Change = { ...change(id, wanted), stack: stacks[id] ?? "", adopt: true };
          const held = [...state.register.entries].filter(([, entry]) => entry.id !== id);
          const planned = plan(asked, state);
          const { steps, undo } = planned;
          const whole = stepsText(steps, "change");
          const prefixes = Array.from({ length: steps.length + 1 }, (_, count) => steps.slice(0, count));
          const seen = await readings(
            [
              "failed=''",
              ...prefixes.map((prefix) => `${stepsText(prefix, "change")}\n${undone(undo)}\nsysctls\n${undone(undo)}\nsysctls`),
              `${whole}\nsysctls`,
            ].join("\n"),
          );
          const told = JSON.stringify({ stood, moments, steps, undo, register }, undefined, 1);
          for (const now of seen.slice(0, -1)) assert.deepEqual(now, state.sysctls, `wrong undo\n${told}`);
          const foreseen = stateAfter(state, planned);
          const sysctls = seen.at(-1);
          assert.deepEqual(sysctls, foreseen.sysctls, `not foreseen\n${told}`);
          register += planned.register.map((line) => `${printLine(line)}\n`).join("");
          state = { ...state, sysctls: sysctls ?? new Map(), register: parseRegister(register) };
          assert.deepEqual(deviations(planned, state), [], told);
          for (const sysctl of settings) assert.equal(state.sysctls.get(sysctlKey(sysctl)), sysctl.value, told);
          for (const [key, entry] of held)
            if (state.register.entries.get(key)?.id === entry.id)
              assert.equal(state.sysctls.get(key), Number(entry.more?.split(" ")[1]), `${key} of ${entry.id}\n${told}`);
          const again = plan(asked, state);
          assert.deepEqual([again.steps, again.register], [[], []], `the second plan is not empty\n${told}`);
          tried += steps.length;
        }
        assert.deepEqual(state.sysctls, first, JSON.stringify({ stood, redirects, moments, register }, undefined, 1));
      }),
      // It was turned round by the first change, and is no refusal of the host's.
      { numRuns: runs(60), examples: [[{ redirects: 1, values: places.map(() => 0) }, [forwardingOfAll(1), forwardingOfAll(0)]]] },
    );
    assert.ok(tried > 0);
  });
});
