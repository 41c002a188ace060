import type { Adopt } from "./adopt";
import type { Values } from "./attribute";
import type { Entries } from "./entries";
import type { AnyEntryKind, EntryKind } from "./entryKind";
import { nexthopKind } from "./nexthop/kind";
import { routeKind } from "./route/kind";
import { ruleKind } from "./rule/kind";
import { tableKind } from "./table/kind";

/** Every kind of entry, by its section in HostRouting, in the order in which entries are made. */
const kinds = { tables: tableKind, nexthops: nexthopKind, routes: routeKind, rules: ruleKind };

/** Their sections. */
export const sectionFields = {
  tables: tableKind.entries,
  nexthops: nexthopKind.entries,
  routes: routeKind.entries,
  rules: ruleKind.entries,
};

export type Section = keyof typeof kinds;
export type Fields = { readonly [Name in Section]: (typeof kinds)[Name]["fields"] };
/** The objects that canonical values describe. */
export type Wholes = { readonly [Name in Section]: NonNullable<ReturnType<(typeof kinds)[Name]["whole"]>> };
/** Entries by their labels, each of which may say for itself what may be taken over. */
type LabelledIn<Name extends Section> = Entries<Values<Fields[Name]> & { adopt?: Adopt }>;
export type Labelled = { readonly [Name in Section]?: LabelledIn<Name> | undefined };
export const labelledIn = <Name extends Section>(section: Name, values: Labelled): LabelledIn<Name> => values[section] ?? {};

export const entryKinds: { readonly [Name in Section]: EntryKind<Fields[Name], Wholes[Name]> } = kinds;

const isSection = (name: string): name is Section => Object.hasOwn(kinds, name);
export const sectionNames: readonly Section[] = Object.keys(kinds).filter(isSection);

export const allKinds: readonly AnyEntryKind[] = Object.values(kinds);

/** An object under the name of its kind. */
export type Named = {
  readonly [Name in Section]: { readonly [Word in (typeof kinds)[Name]["held"]]: Wholes[Name] };
}[Section];
