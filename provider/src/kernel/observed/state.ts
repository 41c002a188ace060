import type { Section, Wholes } from "../../declaration/entryKinds";
import type { Family } from "../../declaration/family";
import { nexthopKey, routeKey, ruleKey } from "../../declaration/key";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import { onceFor } from "../../declaration/once";
import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import { type Entry, emptyRegister, type Register } from "../plan/register";
import type { Uplinks } from "./uplinks";

export interface ObservedRule {
  readonly rule: Rule;
  /** The rule as `ip` shows it, where it was given with host bits: the kernel deletes it, and tells it from another one, by these. */
  readonly given?: Rule;
  readonly protocol: number;
  /** What `ip` shows and no attribute reads. */
  readonly unread: readonly string[];
}

/** By these words the kernel knows it. */
export const givenRule = ({ rule, given = rule }: ObservedRule): Rule => given;

export interface ObservedRoute {
  readonly route: Route;
  readonly protocol: number;
  readonly unread: readonly string[];
}

export interface ObservedNexthop {
  readonly nexthop: Nexthop;
  readonly protocol: number;
  readonly unread: readonly string[];
}

export const tagsIn = (all: readonly { readonly protocol: number }[]): number[] => all.map(({ protocol }) => protocol);

/** A route that goes by a next hop object: when the object goes, the kernel takes it along, without an event. */
export interface NexthopUser {
  readonly nhid: number;
  readonly protocol: number;
  readonly key: string;
  /** As `ip route` shows it. */
  readonly text: string;
}

/** A line of an rt_tables file. */
export interface ObservedName {
  readonly file: string;
  readonly tableId: number;
  readonly name: string;
  /** Who owns it, when the file is one of ours. */
  readonly owner?: Entry;
}

/** An entry of a kind that has no form of its own here. */
export interface Observed<Whole> {
  readonly is: Whole;
  readonly protocol: number;
  readonly unread: readonly string[];
}

interface OwnForms {
  readonly rules: readonly ObservedRule[];
  readonly routes: readonly ObservedRoute[];
  readonly nexthops: readonly ObservedNexthop[];
}
type OtherForms = { readonly [Name in Exclude<Section, "tables" | keyof OwnForms>]?: readonly Observed<Wholes[Name]>[] };

/** Entries by the sections of their kinds. */
export interface Entries extends OwnForms, OtherForms {}

/** What was seen on a host, as far as it was asked for. */
export interface State extends Entries {
  readonly names: readonly ObservedName[];
  readonly nexthopUsers: readonly NexthopUser[];
  /** Settings by their keys, such as `sysctl rp_filter eth1`. */
  readonly sysctls: ReadonlyMap<string, number>;
  readonly register: Register;
  /** What devices have; undefined where nothing follows it. */
  readonly uplinks?: Uplinks;
}

export const emptyState: State = {
  rules: [],
  routes: [],
  names: [],
  nexthops: [],
  nexthopUsers: [],
  sysctls: new Map(),
  register: emptyRegister,
};

const nexthopsByKey = onceFor(({ nexthops }: State) => Map.groupBy(nexthops, ({ nexthop }) => nexthopKey(nexthop.nhid)));
const rulesByKey = onceFor(({ rules }: State) => Map.groupBy(rules, ({ rule }) => ruleKey(rule)));
const routesByKey = onceFor(({ routes }: State) => Map.groupBy(routes, ({ route }) => routeKey(route)));

export const nexthopAt = (state: State, key: string): ObservedNexthop | undefined => nexthopsByKey(state).get(key)?.[0];

/** Rules at one priority in their order of evaluation. */
export const rulesAt = (state: State, family: Family, priority: number): readonly ObservedRule[] =>
  rulesAtKey(state, ruleKey({ family, priority }));

export const rulesAtKey = (state: State, key: string): readonly ObservedRule[] => rulesByKey(state).get(key) ?? [];

export const routesAt = (state: State, key: string): readonly ObservedRoute[] => routesByKey(state).get(key) ?? [];
