import { isSameStack } from "../../declaration/owner";
import {
  isLargerOfAll,
  isOfDevices,
  parseSysctlKey,
  type Sysctl,
  spreadOf,
  sysctlKey,
  sysctlName,
  tightens,
} from "../../declaration/sysctl/sysctl";
import type { PolicyRoutingError } from "../../errors";
import type { State } from "../observed/state";
import { belongsToAnother, conflict, differs } from "../plan/adoption";
import { emptyPlan, isRemovable, type Mandate, type Note, note, type Plan, type Unwanted, type Wanted } from "../plan/change";
import { setting as write } from "../plan/step";
import { lostRoutes } from "./advertised";
import { printRemembered, rememberedAt, rememberedIn } from "./remembered";
import { formerOf, makes, putsBack, withoutOurs } from "./spread";

/** What loosens a check comes before routes and rules, what tightens one behind them. */
const stageOf = (sysctl: Sysctl): number => (tightens(sysctl) ? 50 : 1);

const valueAt = (state: State, file: Sysctl["file"], device: string): number | undefined => state.sysctls.get(sysctlKey({ file, device }));

function absent(sysctl: Sysctl): PolicyRoutingError {
  const key = sysctlKey(sysctl);
  return isOfDevices(sysctl)
    ? conflict("no-device", key, `there is no device ${sysctl.device} on the host`, "make the device first, or leave it out")
    : conflict(
        "no-setting",
        key,
        `this host has no ${sysctlName(sysctl)}: its kernel was built without it, or does not show it to a container`,
        "leave it out for this host",
      );
}

/** That of `all` once the change is made: without a declaration the host's own counts, and what the id itself set there is put back. */
function allOf(file: Sysctl["file"], state: State, id: string): number {
  const key = sysctlKey({ file, device: "all" });
  const now = state.sysctls.get(key) ?? 0;
  const owner = state.register.entries.get(key);
  const setting = owner?.id === id ? rememberedIn(owner) : undefined;
  return setting?.set === now ? (setting.was ?? now) : now;
}

/** What others that write it must not write meanwhile: no object's key. */
const sharedKeys = (sysctl: Pick<Sysctl, "file">): string[] => (spreadOf(sysctl) === undefined ? [] : [`sysctl ${sysctl.file}`]);

function ensure(sysctl: Sysctl, declaredAll: number | undefined, state: State, mandate: Mandate): Plan {
  const { file, device, value } = sysctl;
  const { id, stack, adopt } = mandate;
  const key = sysctlKey(sysctl);
  const now = valueAt(state, file, device);
  if (now === undefined) throw absent(sysctl);
  const all = declaredAll ?? allOf(file, state, id);
  if (isLargerOfAll(sysctl) && all > value)
    throw conflict(
      "setting-without-effect",
      key,
      `net.ipv4.conf.all.${file} ${all === valueAt(state, file, "all") ? "is" : "goes back to"} ${all}, and the kernel uses the larger of it and the device's own: ${value} could have no effect`,
      `declare it for all as well, or set net.ipv4.conf.all.${file} to ${value} or less on the host`,
    );
  const owner = state.register.entries.get(key);
  if (owner !== undefined && owner.id !== id && !isSameStack(owner.stack, stack) && adopt === false) throw belongsToAnother(key, owner);
  if (owner !== undefined && !isSameStack(owner.stack, stack) && adopt === "same" && now !== value)
    throw differs(key, String(now), String(value));
  const lost = now === value ? [] : lostRoutes(sysctl, state);
  if (lost.length > 0)
    throw conflict(
      "router-advertisements",
      key,
      `the kernel would drop the default route by ${lost.join(" and ")} that a router advertises: it listens to routers on a host that forwards only where accept_ra is 2`,
      `set ${lost.map((dev) => `${sysctlName({ file: "accept_ra", device: dev })} to 2`).join(", ")} on the host before, or let its network manager listen to routers`,
    );
  const more = printRemembered({ ...(rememberedIn(owner) ?? formerOf(sysctl, state)), set: value });
  return {
    ...emptyPlan([key, ...sharedKeys(sysctl)]),
    ...makes(sysctl, state, mandate),
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
    sets: value,
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
export function unwantedSysctl(key: string, state: State, mandate: Mandate): Unwanted | undefined {
  const at = parseSysctlKey(key);
  if (at === undefined) return undefined;
  const setting = rememberedAt(state.register, at);
  const isOurs = setting !== undefined && state.sysctls.get(key) === setting.set;
  const was = withoutOurs(at, setting?.was, state, mandate);
  return {
    key,
    // That of all first: the kernel writes it to each device.
    stage: at.device === "all" ? 2 : 1,
    remove: (now, by) => {
      if (!isRemovable(now.register.entries.get(key), by)) return emptyPlan([key]);
      const back = isOurs && was !== undefined ? putsBack(at, setting, was, now, by) : { steps: [], undo: [] };
      return {
        ...emptyPlan([key, ...sharedKeys(at)]),
        ...back,
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

const labelOf = (sysctl: Sysctl): string => `${sysctlName(sysctl)} = ${sysctl.value}`;

const stays = (sysctl: Sysctl): Note => note("former-value-unknown", `${labelOf(sysctl)} stays: what it was before is not known`);
