import { isSameStack } from "../declaration/owner";
import { isLargerOfAll, parseSysctlKey, type Sysctl, sysctlKey, tightens } from "../declaration/sysctl";
import { PolicyRoutingError } from "../errors";
import type { Topic } from "../messages";
import type { ObservedKind } from "./observed/kind";
import type { State } from "./observed/state";
import { differs } from "./plan/adoption";
import { emptyPlan, isRemovable, type Mandate, type Note, note, type Plan, type Unwanted, type Wanted } from "./plan/change";
import type { Entry } from "./plan/register";
import { setting as write } from "./plan/step";

/** What loosens a check comes before routes and rules, what tightens one behind them. */
const stageOf = (sysctl: Sysctl): number => (tightens(sysctl) ? 50 : 1);

const valueAt = (state: State, file: Sysctl["file"], device: string): number | undefined => state.sysctls.get(sysctlKey({ file, device }));

/** What the register also remembers: what stood there before us, `?` where that was lost with a register before it, and what we set. */
export interface Remembered {
  readonly was: number | undefined;
  readonly set: number;
}

export function rememberedIn(entry: Pick<Entry, "more"> | undefined): Remembered | undefined {
  const [, was, set] = /^([0-9]+|\?) ([0-9]+)$/.exec(entry?.more ?? "") ?? [];
  return was === undefined || set === undefined ? undefined : { was: was === "?" ? undefined : Number(was), set: Number(set) };
}

export const printRemembered = ({ was = "?", set }: { readonly was: Remembered["was"] | "?"; readonly set: number }): string =>
  `${was} ${set}`;

const conflict = (topic: Topic, key: string, what: string, next: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", { topic, object: key, what, next });

/** That of `all` once the change is made: without a declaration the host's own counts, and what the id itself set there is put back. */
function allOf(file: Sysctl["file"], state: State, id: string): number {
  const key = sysctlKey({ file, device: "all" });
  const now = state.sysctls.get(key) ?? 0;
  const owner = state.register.entries.get(key);
  const setting = owner?.id === id ? rememberedIn(owner) : undefined;
  return setting?.set === now ? (setting.was ?? now) : now;
}

function ensure(sysctl: Sysctl, declaredAll: number | undefined, state: State, { id, stack, adopt }: Mandate): Plan {
  const { file, device, value } = sysctl;
  const key = sysctlKey(sysctl);
  const now = valueAt(state, file, device);
  if (now === undefined)
    throw conflict("no-device", key, `there is no device ${device} on the host`, "make the device first, or leave it out");
  const all = declaredAll ?? allOf(file, state, id);
  if (isLargerOfAll(sysctl) && all > value)
    throw conflict(
      "setting-without-effect",
      key,
      `net.ipv4.conf.all.${file} ${all === valueAt(state, file, "all") ? "is" : "goes back to"} ${all}, and the kernel uses the larger of it and the device's own: ${value} could have no effect`,
      `declare it for all as well, or set net.ipv4.conf.all.${file} to ${value} or less on the host`,
    );
  const owner = state.register.entries.get(key);
  if (owner !== undefined && owner.id !== id && !isSameStack(owner.stack, stack) && adopt === false)
    throw conflict(
      "belongs-to-another",
      key,
      `belongs to ${owner.id} of stack ${owner.stack}`,
      "remove it there, or set adopt: true to take it over",
    );
  if (owner !== undefined && !isSameStack(owner.stack, stack) && adopt === "same" && now !== value)
    throw differs(key, String(now), String(value));
  const { was } = rememberedIn(owner) ?? { was: now };
  const more = printRemembered({ was, set: value });
  return {
    ...emptyPlan([key]),
    steps: now === value ? [] : [write(sysctl)],
    undo: now === value ? [] : [write({ file, device, value: now })],
    register: owner?.id === id && owner.more === more ? [] : [{ at: key, entry: { id, stack, more } }],
    takes: owner === undefined || owner.id === id || !isSameStack(owner.stack, stack) ? [] : [{ key, from: owner }],
  };
}

export function wantedSysctl(sysctl: Sysctl, declaredAll?: number): Wanted {
  const { file, device, value } = sysctl;
  const key = sysctlKey(sysctl);
  const effective = (state: State): number | undefined => {
    const own = valueAt(state, file, device);
    return own === undefined || !isLargerOfAll(sysctl) ? own : Math.max(own, valueAt(state, file, "all") ?? 0);
  };
  return {
    key,
    label: labelOf(sysctl),
    stage: stageOf(sysctl),
    needs: [],
    stored: () => [write(sysctl)],
    ensure: (state, mandate) => ensure(sysctl, declaredAll, state, mandate),
    missing: (state) => {
      const is = effective(state);
      return valueAt(state, file, device) === value && is === value ? undefined : `is ${is ?? "not there"}`;
    },
    read: (state, _tags, id) => {
      const owner = state.register.entries.get(key);
      const is = effective(state);
      if (is === undefined || (owner === undefined ? is !== value : owner.id !== id)) return undefined;
      return { value: is };
    },
    holder: (state) => state.register.entries.get(key),
  };
}

/** Puts back what was there before, unless somebody changed it since. What that was may not be known: then it stays, and is told. */
function unwantedSysctl(key: string, state: State): Unwanted | undefined {
  const at = parseSysctlKey(key);
  if (at === undefined) return undefined;
  const setting = rememberedIn(state.register.entries.get(key));
  const isOurs = setting !== undefined && state.sysctls.get(key) === setting.set;
  const was = setting?.was;
  return {
    key,
    stage: 1,
    remove: (now, mandate) => {
      if (!isRemovable(now.register.entries.get(key), mandate)) return emptyPlan([key]);
      const back = isOurs && was !== undefined && was !== setting.set;
      return {
        ...emptyPlan([key]),
        steps: back ? [write({ ...at, value: was })] : [],
        undo: back ? [write({ ...at, value: setting.set })] : [],
        register: [{ at: key }],
        notes: isOurs && was === undefined ? [stays({ ...at, value: setting.set })] : [],
      };
    },
    remains: (now) => {
      const is = now.sysctls.get(key);
      return isOurs && was !== undefined && is !== was ? String(is) : undefined;
    },
  };
}

const labelOf = ({ device, file, value }: Sysctl): string => `net.ipv4.conf.${device}.${file} = ${value}`;

const stays = (sysctl: Sysctl): Note => note("former-value-unknown", `${labelOf(sysctl)} stays: what it was before is not known`);

export const settings: ObservedKind = {
  seen: (state) =>
    [...state.sysctls].map(([key, value]) => ({
      key,
      protocol: undefined,
      values: { value },
      found: { value },
      unread: [],
      print: () => String(value),
    })),
  unwanted: unwantedSysctl,
};
