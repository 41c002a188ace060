import { parseSysctlKey, type Sysctl, spreadOf, sysctlKey } from "../../declaration/sysctl/sysctl";
import type { State } from "../observed/state";
import type { Mandate, Plan } from "../plan/change";
import { type SettingStep, setting } from "../plan/step";
import { type Remembered, rememberedAt, rememberedIn } from "./remembered";

type Sysctls = State["sysctls"];

/** That of all devices, which the kernel writes to each. */
const isOfAll = (sysctl: Pick<Sysctl, "file" | "device">): boolean => sysctl.device === "all" && spreadOf(sysctl) !== undefined;

/** The keys of those that a change of that of `all` sets too. */
function besides({ file }: Pick<Sysctl, "file">, sysctls: Sysctls): { readonly devices: string[]; readonly opposite: string[] } {
  const ofDevice = (key: string): boolean => {
    const one = parseSysctlKey(key);
    return one?.file === file && one.device !== "all";
  };
  const opposite = (spreadOf({ file })?.opposite ?? []).map((other) => sysctlKey({ file: other, device: "all" }));
  return { devices: [...sysctls.keys()].filter(ofDevice), opposite: opposite.filter((key) => sysctls.has(key)) };
}

const oppositeOf = (value: number): number => (value === 0 ? 1 : 0);

/** What all settings are once one is written. */
export function afterWrite(sysctls: Sysctls, sysctl: Sysctl): Map<string, number> {
  const after = new Map(sysctls);
  const key = sysctlKey(sysctl);
  if (isOfAll(sysctl) && sysctls.get(key) !== sysctl.value) {
    const { devices, opposite } = besides(sysctl, sysctls);
    for (const device of devices) after.set(device, sysctl.value);
    for (const one of opposite) after.set(one, oppositeOf(sysctl.value));
  }
  return after.set(key, sysctl.value);
}

/** A write, and behind it what the kernel set beside it and is to be another. The undo is right after any of it. */
function writing(sysctl: Sysctl, sysctls: Sysctls, rest: Sysctls): Pick<Plan, "steps" | "undo"> {
  const key = sysctlKey(sysctl);
  const stands = sysctls.get(key);
  if (stands === undefined) return nothing;
  const step = (one: Sysctl): SettingStep => ({ ...setting(one), key });
  const after = afterWrite(sysctls, sysctl);
  const before = { ...sysctl, value: stands };
  const putRight = (are: Sysctls, shall: Sysctls): SettingStep[] =>
    [...shall].flatMap(([at, value]) => {
      const one = parseSysctlKey(at);
      const is = are.get(at);
      return one === undefined || is === undefined || is === value ? [] : [step({ ...one, value })];
    });
  return {
    steps: [...(stands === sysctl.value ? [] : [step(sysctl)]), ...putRight(after, rest)],
    undo: [...(stands === sysctl.value ? [] : [step(before)]), ...putRight(afterWrite(new Map([...after, ...rest]), before), sysctls)],
  };
}

const nothing: Pick<Plan, "steps" | "undo"> = { steps: [], undo: [] };

/** What devices keep when that of all is changed: what is declared for them, by this change or by others. */
function kept({ file }: Sysctl, { register, sysctls }: State, { id, wanted = [] }: Mandate): Map<string, number> {
  const kept = new Map<string, number>();
  for (const [at, entry] of register.entries) {
    const set = rememberedIn(entry)?.set;
    if (set !== undefined && entry.id !== id && sysctls.get(at) === set) kept.set(at, set);
  }
  for (const { key, sets } of wanted) if (sets !== undefined) kept.set(key, sets);
  const { devices } = besides({ file }, sysctls);
  return new Map(devices.flatMap((key) => (kept.has(key) ? [[key, kept.get(key) ?? 0]] : [])));
}

/** What stood at a setting that a change of ours of another one turned round. */
function unturned(key: string, sysctl: Sysctl, { register, sysctls }: State): number | undefined {
  const is = sysctls.get(key);
  const ours = rememberedAt(register, sysctl);
  return ours?.was === undefined || is !== oppositeOf(ours.set) ? is : (ours.beside.get(key) ?? oppositeOf(ours.was));
}

/** Steps that make a setting what it is to be. */
export function makes(sysctl: Sysctl, state: State, mandate: Mandate): Pick<Plan, "steps" | "undo"> {
  if (state.sysctls.get(sysctlKey(sysctl)) === sysctl.value) return nothing;
  if (!isOfAll(sysctl)) return writing(sysctl, state.sysctls, new Map());
  // What a host refused stays refused.
  const refused = besides(sysctl, state.sysctls).opposite.filter((key) => unturned(key, sysctl, state) === 0);
  return writing(sysctl, state.sysctls, new Map([...refused.map((key) => [key, 0] as const), ...kept(sysctl, state, mandate)]));
}

/** Steps that put back what stood there; what somebody changed since stays. */
export function putsBack(
  at: Pick<Sysctl, "file" | "device">,
  { set, beside }: Remembered,
  was: number,
  state: State,
  mandate: Mandate,
): Pick<Plan, "steps" | "undo"> {
  const { sysctls } = state;
  const sysctl = { ...at, value: was };
  if (!isOfAll(sysctl)) return writing(sysctl, sysctls, new Map());
  const { devices, opposite } = besides(sysctl, sysctls);
  const back = (keys: readonly string[], left: number, former: number): (readonly [string, number])[] =>
    keys.map((key) => {
      const is = sysctls.get(key) ?? former;
      return [key, is === left ? (beside.get(key) ?? former) : is];
    });
  const rest = [...back(devices, set, was), ...back(opposite, oppositeOf(set), oppositeOf(was)), ...kept(sysctl, state, mandate)];
  return writing(sysctl, sysctls, new Map(rest));
}

/** What stood at a setting before anything of ours: of a device, before that of all was. */
function formerly(key: string, { register, sysctls }: State): number | undefined {
  const stands = sysctls.get(key);
  const own = rememberedIn(register.entries.get(key));
  const one = parseSysctlKey(key);
  if (own?.was !== undefined) return own.was;
  const ofAll =
    one === undefined || one.device === "all" || spreadOf(one) === undefined
      ? undefined
      : rememberedAt(register, { ...one, device: "all" });
  return ofAll?.was === undefined || ofAll.set !== stands ? stands : (ofAll.beside.get(key) ?? ofAll.was);
}

/** What is to be remembered of a setting that becomes ours. */
export function formerOf(sysctl: Sysctl, state: State): Pick<Remembered, "was" | "beside"> {
  const key = sysctlKey(sysctl);
  const was = formerly(key, state);
  if (was === undefined || !isOfAll(sysctl)) return { was, beside: new Map() };
  const { devices, opposite } = besides(sysctl, state.sysctls);
  const back = afterWrite(afterWrite(state.sysctls, { ...sysctl, value: oppositeOf(was) }), { ...sysctl, value: was });
  const differing = [...devices, ...opposite].flatMap((at) => {
    const former = formerly(at, state);
    return former === undefined || former === back.get(at) ? [] : [[at, former] as const];
  });
  return { was, beside: new Map(differing) };
}

/** What a device's is to be once it is nobody's: as that of all, while that is ours. */
export function withoutOurs(
  at: Pick<Sysctl, "file" | "device">,
  was: number | undefined,
  state: State,
  { id, wanted = [] }: Mandate,
): number | undefined {
  if (at.device === "all" || spreadOf(at) === undefined) return was;
  const ofAll = { ...at, device: "all" };
  const key = sysctlKey(ofAll);
  const declared = wanted.find((one) => one.key === key)?.sets;
  const owner = state.register.entries.get(key);
  return declared ?? (owner === undefined || owner.id === id ? was : (rememberedIn(owner)?.set ?? was));
}
