import { isDeepStrictEqual } from "node:util";
import { nexthopKey, parseRegisterKey, routeKey, ruleKey, tableKey } from "../../declaration/key";
import { nexthopAttributes } from "../../declaration/nexthop/attributes";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import { isSameStack, tagsOf } from "../../declaration/owner";
import { type DeclaredRoute, declaredRouteAttributes, followingGateway } from "../../declaration/route/declaredRoute";
import { type RuleSet, ruleSetAttributes, setOf } from "../../declaration/rule/ruleSet";
import { parseSysctlKey, type Sysctl, sysctlKey } from "../../declaration/sysctl/sysctl";
import type { NamedTable } from "../../declaration/table/table";
import { wantedNexthop } from "../nexthop/nexthop";
import { nexthopAt, routesAt, rulesAt, type State } from "../observed/state";
import { type StoredObject, type StoredWords, wordsOfStored } from "../persist/stored";
import type { Wanted } from "../plan/change";
import { deviceIn } from "../plan/followed";
import type { Entry } from "../plan/register";
import { wantedRoute } from "../route/route";
import { wantedRule } from "../rule/rule";
import { wantedSysctl } from "../sysctl/sysctl";
import { wantedName } from "../table/name";
import { same } from "../words";

/** An object as a host showed it, under the name of its kind. */
export type HeldObject =
  | { readonly rule: RuleSet }
  | { readonly route: DeclaredRoute }
  | { readonly nexthop: Nexthop }
  | { readonly name: NamedTable }
  | { readonly sysctl: Sysctl };

/** What stood at a key of the register in somebody's name. */
export interface Held extends Entry {
  /** Undefined where a newer version wrote what this one does not know, and where the device that it follows has had no address. */
  readonly object: HeldObject | undefined;
  /** How it is persisted, word for word, since what is observed need not be what was declared. */
  readonly stored?: StoredWords;
}

/** A host at one moment, as far as a revision speaks of it. */
export interface Moment {
  readonly state: State;
  readonly objects: ReadonlyMap<string, StoredObject>;
}

/** What stands at a key of the register and is of its tag, whoever owns it. A rule that waits displaced is its own transaction's matter. */
export function objectAt(at: string, state: State): HeldObject | undefined {
  const { key, staging, owner } = parseRegisterKey(at);
  if (staging || owner === "?") return undefined;
  const proto = tagsOf(owner).owner;
  const [kind, family, priority] = key.split(" ");
  if (kind === "rule") {
    const all = rulesAt(state, family === "inet6" ? "inet6" : "inet", Number(priority)).flatMap((one) =>
      one.protocol === proto ? [one.rule] : [],
    );
    const set = setOf(all);
    const device = deviceIn(state.register.entries.get(at) ?? {});
    // What a device has is the host's matter: its lease may end, and nobody changed anything.
    if (set?.from !== undefined && device !== undefined) return { rule: { ...set, from: { addressesOf: device } } };
    // Several that are no set of one declaration: somebody added to it.
    const found = set ?? all[0];
    return found === undefined ? undefined : { rule: found };
  }
  const route = routesAt(state, key).find(({ protocol }) => protocol === proto)?.route;
  if (route !== undefined) {
    const device = deviceIn(state.register.entries.get(at) ?? {});
    return { route: device === undefined ? route : followingGateway(route, device) };
  }
  const nexthop = nexthopAt(state, key);
  if (nexthop !== undefined) return nexthop.protocol === proto ? { nexthop: nexthop.nexthop } : undefined;
  const named = nameAt(key, state);
  if (named !== undefined) return { name: { tableId: named.tableId, name: named.name } };
  const setting = parseSysctlKey(key);
  const value = state.sysctls.get(key);
  return setting === undefined || value === undefined ? undefined : { sysctl: { ...setting, value } };
}

const nameAt = (key: string, { names }: State) =>
  key.startsWith("table ") ? names.find(({ tableId, owner }) => owner !== undefined && tableKey(tableId) === key) : undefined;

/** Who owns a key of the register. Names stand in their own files. */
export const ownerAt = (at: string, state: State): Entry | undefined => state.register.entries.get(at) ?? nameAt(at, state)?.owner;

/** Undefined where nobody holds anything there. */
export function heldAt(at: string, { state, objects }: Moment): Held | undefined {
  const owner = ownerAt(at, state);
  const object = owner === undefined ? undefined : objectAt(at, state);
  if (owner === undefined || (object === undefined && deviceIn(owner) === undefined)) return undefined;
  const stored = storedAt(at, objects);
  return { ...owner, object, ...(stored === undefined ? {} : { stored }) };
}

function storedAt(at: string, objects: Moment["objects"]): StoredWords | undefined {
  const found = storedByKey.get(objects) ?? new Map([...objects.values()].map((one) => [one.key, one]));
  storedByKey.set(objects, found);
  const one = found.get(at);
  return one === undefined ? undefined : wordsOfStored(one);
}

const storedByKey = new WeakMap<Moment["objects"], ReadonlyMap<string, StoredObject>>();

/** The register's key of an object, without its tag. */
export function keyOf(object: HeldObject): string {
  if ("rule" in object) return ruleKey(object.rule);
  if ("route" in object) return routeKey(object.route);
  if ("nexthop" in object) return nexthopKey(object.nexthop.nhid);
  return "name" in object ? tableKey(object.name.tableId) : sysctlKey(object.sysctl);
}

/** Says the same: by the equality that finds drift, whichever of them was asked for. */
export function isSameObject(one: HeldObject | undefined, other: HeldObject | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return says(one, other) || says(other, one);
}

function says(asked: HeldObject, observed: HeldObject): boolean {
  if ("rule" in asked) return "rule" in observed && same(ruleSetAttributes, asked.rule, observed.rule);
  if ("route" in asked) return "route" in observed && same(declaredRouteAttributes, asked.route, observed.route);
  if ("nexthop" in asked) return "nexthop" in observed && same(nexthopAttributes, asked.nexthop, observed.nexthop);
  return isDeepStrictEqual(asked, observed);
}

/** The same object, in the same name, persisted in the same words. */
export function isSameHeld(one: Held | undefined, other: Held | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.id === other.id && isSameStack(one.stack, other.stack) && isDeepStrictEqual(one.stored, other.stored) && standsSame(one, other)
  );
}

/** The same stands there, whosever it is. Where a device that is followed had nothing, that is known by the words of the store alone. */
export function standsSame(one: Held | undefined, other: Held | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const isFollowing = deviceIn(one) !== undefined && one.more === other.more;
  if (isFollowing && (one.object === undefined || other.object === undefined)) return isDeepStrictEqual(one.stored, other.stored);
  return isSameObject(one.object, other.object);
}

/** As something that is wanted on a host. `all` is what a setting of all devices is to be. */
export function wantedOf(object: HeldObject, all?: (file: Sysctl["file"]) => number | undefined): Wanted {
  if ("rule" in object) return wantedRule(object.rule);
  if ("route" in object) return wantedRoute(object.route);
  if ("nexthop" in object) return wantedNexthop(object.nexthop);
  if ("name" in object) return wantedName(object.name);
  return wantedSysctl(object.sysctl, all?.(object.sysctl.file));
}

/** In the words of `ip`. */
export function wordsFor(held: Held | undefined): string {
  if (held === undefined) return "nothing of ours";
  return held.object === undefined ? wordsUnread(held) : wantedOf(held.object).label;
}

/** What it is that cannot be made again. */
export function wordsUnread(held: Held): string {
  const device = deviceIn(held);
  return device === undefined ? "what only a newer version knows" : `what follows ${device}, which had no address`;
}
