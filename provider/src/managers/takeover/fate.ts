import type { Nexthop } from "../../declaration/nexthop/nexthop";
import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import { describe as describeRoute } from "../../kernel/route/steps";
import { describe as describeRule } from "../../kernel/rule/steps";
import { type Form, nexthopForm, routeForm, ruleForm } from "./canonicalForm";
import { ownerOf, type Surroundings } from "./owners";
import { type Place, printPlace, type Said, type Told } from "./reading";

/** An entry in canonical form. */
export type Canonical =
  | { readonly kind: "rule"; readonly is: Rule }
  | { readonly kind: "route"; readonly is: Route }
  | { readonly kind: "nexthop"; readonly is: Nexthop };

/** What becomes of one entry that was found. */
export type Fate =
  | { readonly becomes: "taken"; readonly entry: Canonical; readonly notes: readonly string[] }
  | { readonly becomes: "left out" | "refused"; readonly told: Told };

interface Around {
  readonly names: ReadonlyMap<string, number>;
  readonly beside: Surroundings;
  /** What a manager makes of its own settings is taken too. */
  readonly main: boolean;
}

/** Once for a line that says several. */
export const managersDefault = "default of table main: its manager makes it at every boot, before ours; take it with --main";

export function fateOf(said: Said, { names, beside, main }: Around): Fate {
  const { kind, values, place, protocol, unread = [], isManagers = false } = said;
  const form = formOf(said, names);
  const isRead = !("wrong" in form);
  const entry = isRead ? wordsOf(form.is) : printValues(values);
  const isLiving = place.line === 0;
  const living = isLiving ? { entry } : {};
  if (isManagers && !main) return { becomes: "left out", told: { place, what: managersDefault, ...living } };
  // What is another's is left to them, also where it could not be declared.
  const owned = ownerOf({ kind, values: isRead ? form.is.is : values, protocol }, beside);
  if (owned?.isHere === true) return { becomes: "left out", told: { place, what: `${owned.owner.who}: ${owned.owner.why}`, entry } };
  if (!isRead) return { becomes: "refused", told: { place, what: form.wrong, ...living } };
  if (unread.length > 0)
    return { becomes: "refused", told: { place, what: `has what cannot be declared: ${unread.join(", ")}`, ...living } };
  const isAlike = owned !== undefined && isLiving;
  const notes = [
    ...(form.note === undefined ? [] : [form.note]),
    ...(isAlike ? [`looks like one of ${owned.owner.who}, which was not found there: taken`] : []),
  ];
  return { becomes: "taken", entry: form.is, notes: notes.map((note) => noteAt(place, note)) };
}

export const noteAt = (place: Place, note: string): string => `${printPlace(place)}: ${note}`;

function formOf({ kind, values }: Said, names: ReadonlyMap<string, number>): Form<Canonical> {
  if (kind === "rule") return under(ruleForm(values, names), (is) => ({ kind, is }));
  if (kind === "route") return under(routeForm(values, names), (is) => ({ kind, is }));
  return under(nexthopForm(values), (is) => ({ kind, is }));
}

const under = <Entry>(form: Form<Entry>, as: (is: Entry) => Canonical): Form<Canonical> =>
  "wrong" in form ? form : { ...form, is: as(form.is) };

function wordsOf({ kind, is }: Canonical): string {
  if (kind === "rule") return describeRule(is);
  return kind === "route" ? describeRoute(is) : `nexthop ${is.nhid}`;
}

const printValues = (values: Said["values"]): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(" ");
