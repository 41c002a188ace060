import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { tagsOf } from "../../../provider/src/declaration/owner";
import { emptyState, type State } from "../../../provider/src/kernel/observed/state";
import type { Change, Owned, Wanted } from "../../../provider/src/kernel/plan/change";
import { deviations, plan } from "../../../provider/src/kernel/plan/plan";
import { printLine, type Register } from "../../../provider/src/kernel/plan/register";
import { commandOf } from "../../../provider/src/kernel/plan/step";
import { wantedRule } from "../../../provider/src/kernel/rule/rule";
import { wantedSysctl } from "../../../provider/src/kernel/sysctl/sysctl";
import { wantedName } from "../../../provider/src/kernel/table/name";

const stack = "organization/edge/prod";
const rule = (priority: number, from: string) => ({ family: "inet", priority, from, table: 100 }) as const;
const registerOf = (entries: Record<string, string>): Register => ({
  entries: new Map(Object.entries(entries).map(([key, id]) => [key, { id, stack }])),
  lines: 0,
});
const stateOf = (rules: ReturnType<typeof rule>[], entries: Record<string, string>): State => ({
  ...emptyState,
  rules: rules.map((one) => ({ rule: one, protocol: 214, unread: [] })),
  register: registerOf(entries),
});
const forOthers = (wanted: Wanted[], owners: Record<string, string | undefined>): Change => ({
  id: "rollback#1",
  stack,
  tags: tagsOf(undefined),
  adopt: false,
  wanted,
  owners: new Map(
    Object.entries(owners).map(([key, id]): [string, Owned | undefined] => [key, id === undefined ? undefined : { id, stack }]),
  ),
});

describe("a change that acts for others", () => {
  it("swaps two owners' rules at once: none waits displaced, and the register says whose they are", () => {
    const state = stateOf([rule(1000, "198.51.100.2"), rule(1010, "198.51.100.1")], { "rule inet 1000": "b", "rule inet 1010": "a" });
    const wanted = [wantedRule(rule(1000, "198.51.100.1")), wantedRule(rule(1010, "198.51.100.2"))];
    const { register, steps, keys } = plan(forOthers(wanted, { "rule inet 1000": "a", "rule inet 1010": "b" }), state);
    assert.deepEqual(register.map(printLine).sort(), [`rule inet 1000\ta\t${stack}`, `rule inet 1010\tb\t${stack}`]);
    assert.deepEqual(keys, ["rule inet 1000", "rule inet 1010"]);
    assert.equal(steps.filter((step) => commandOf(step).includes("rule add") && commandOf(step).endsWith("proto 214")).length, 2);
  });

  it("gives a key back to its owner though the entry stays: a line of the register alone", () => {
    const state = stateOf([rule(1000, "198.51.100.1")], { "rule inet 1000": "b" });
    const planned = plan(forOthers([wantedRule(rule(1000, "198.51.100.1"))], { "rule inet 1000": "a" }), state);
    assert.deepEqual(planned.steps, []);
    assert.deepEqual(planned.register.map(printLine), [`rule inet 1000\ta\t${stack}`]);
  });

  it("puts back what a setting was as it is told, where the register has lost it; and the register knows it again", () => {
    const key = "sysctl rp_filter eth1";
    const state = {
      ...stateOf([], {}),
      sysctls: new Map([[key, 2]]),
      register: { entries: new Map([[key, { id: "a", stack, more: "? 2" }]]), lines: 1 },
    };
    const told = new Map([[key, "0 2"]]);
    const gone = plan({ ...forOthers([], { [key]: undefined }), remembered: told }, state);
    assert.deepEqual(gone.steps.map(commandOf), ["echo 0 > /proc/sys/net/ipv4/conf/eth1/rp_filter"]);
    const setting = wantedSysctl({ file: "rp_filter", device: "eth1", value: 2 });
    const stays = plan({ ...forOthers([setting], { [key]: "a" }), remembered: told }, state);
    assert.deepEqual(stays.register.map(printLine), [`${key}\ta\t${stack}\t0 2`]);
    const unknown = plan(forOthers([], { [key]: undefined }), state);
    assert.deepEqual(
      [unknown.steps, unknown.notes.map(({ did }) => did)],
      [[], ["net.ipv4.conf.eth1.rp_filter = 2 stays: what it was before is not known"]],
    );
    assert.deepEqual(deviations(unknown, state), []);
  });

  it("removes in an owner's name what is to be gone, and leaves what another stack owns", () => {
    const state = stateOf([rule(1000, "198.51.100.1"), rule(1010, "198.51.100.2")], { "rule inet 1000": "a", "rule inet 1010": "b" });
    const other = {
      ...state.register,
      entries: new Map([...state.register.entries, ["rule inet 1010", { id: "b", stack: "o/core/prod" }]]),
    };
    const change = forOthers([], { "rule inet 1000": undefined, "rule inet 1010": undefined });
    const planned = plan(change, { ...state, register: other });
    assert.deepEqual(planned.steps.map(commandOf), ["ip -4 rule del pref 1000 proto 214"]);
    assert.deepEqual(planned.register.map(printLine), ["rule inet 1000"]);
    assert.deepEqual(deviations(planned, { ...state, rules: state.rules.slice(1), register: other }), []);
  });

  it("writes a table's name in its owner's name, and undoes it in that of before", () => {
    const state: State = { ...emptyState, names: [{ file: "f", tableId: 100, name: "new", owner: { id: "b", stack } }] };
    const change = forOthers([wantedName({ tableId: 100, name: "old" })], { "table 100": "a" });
    const back = plan(change, state);
    const owners = (all: typeof back.steps) => all.flatMap((step) => (step.on === "tableName" ? [step.written?.owner.id] : []));
    assert.deepEqual(owners(back.steps), ["a"]);
    assert.deepEqual(owners(back.undo), ["b"]);
    const removal = plan(forOthers([], { "table 100": undefined }), state);
    assert.deepEqual([owners(removal.steps), owners(removal.undo)], [[undefined], ["b"]]);
  });
});
