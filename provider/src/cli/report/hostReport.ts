import { tagsOf } from "../../declaration/owner";
import type { Finding } from "../../kernel/findings/index";
import type { Told } from "../../kernel/lookup/classes/told";
import { type Network, networkOf, proposed } from "../../kernel/lookup/network";
import { emptyState } from "../../kernel/observed/state";
import { unreadUplinks } from "../../kernel/plan/followed";
import type { Declared } from "../../runtime/declared";
import { type EntryChanges, entryChangesOf } from "../preview/entries";
import type { PlannedHost } from "../preview/gathering";
import type { FlowChange } from "./flows";
import { declaredNames, type TableNames, withKernelTables } from "./tableNames";

/** What may go wrong with a change, and what to do about it. */
export interface Risk {
  readonly what: string;
  readonly next: string | undefined;
}

/** What `up` would run for one resource, and what would take it back, as a person could type it. */
export interface Commands {
  readonly of: string;
  readonly run: readonly string[];
  readonly undo: readonly string[];
}

/** All that the report says of one host. */
export interface HostReport {
  /** What the program calls it. */
  readonly name: string;
  /** How it is reached, where that is said otherwise. */
  readonly address: string | undefined;
  /** Resources that `up` would do something about, such as `update HostRouting edge-1`. */
  readonly resources: readonly string[];
  readonly changes: EntryChanges;
  readonly risks: readonly Risk[];
  /** What cannot be told, and why. */
  readonly unsure: readonly string[];
  /** What else a person should hear. */
  readonly notes: readonly string[];
  /** Undefined where the host was not read. */
  readonly flows: readonly FlowChange[] | undefined;
  /** Every kind of packet that goes another way; undefined where that was not looked at. */
  readonly classes: Told | undefined;
  readonly findings: { readonly gone: readonly Finding[]; readonly stay: readonly Finding[] } | undefined;
  readonly commands: readonly Commands[] | undefined;
  /** Why the picture's other side is not what the program asks for. */
  readonly withheld: string | undefined;
  readonly tables: TableNames;
  /** For the picture: of the host, or of what is declared alone. */
  readonly before: Network;
  readonly after: Network;
}

export const isChanged = ({ changes: { added, changed, removed } }: HostReport): boolean =>
  added.length + changed.length + removed.length > 0;

/** The worst first, then by name. */
export function reportOrder(a: HostReport, b: HostReport): number {
  const weight = (one: HostReport) => (one.risks.length > 0 ? 0 : one.unsure.length > 0 ? 1 : isChanged(one) ? 2 : 3);
  return weight(a) - weight(b) || a.name.localeCompare(b.name, "en", { numeric: true });
}

/** By the preview alone. */
export function declaredReport(host: PlannedHost): HostReport {
  return {
    name: host.called ?? host.name,
    address: host.called === undefined ? undefined : host.name,
    resources: host.resources.flatMap(({ name, acts, before, after }) =>
      acts ? [`${before === undefined ? "create" : after === undefined ? "delete" : "update"} ${name}`] : [],
    ),
    changes: shownChanges(host),
    risks: [],
    unsure: host.unsure,
    notes: [],
    flows: undefined,
    classes: undefined,
    findings: undefined,
    commands: undefined,
    withheld: undefined,
    tables: declaredNames(host),
    before: declaredNetwork(host.resources.map(({ before }) => before)),
    after: declaredNetwork(host.resources.map(({ after }) => after)),
  };
}

function shownChanges(host: PlannedHost): EntryChanges {
  const { added, changed, removed, same } = entryChangesOf(host);
  const side = (words: string | undefined): string | undefined => (words === undefined ? undefined : withKernelTables(words));
  const shown = (entries: EntryChanges["added"]): EntryChanges["added"] =>
    entries.map(({ key, before, after }) => ({ key, before: side(before), after: side(after) }));
  return { added: shown(added), changed: shown(changed), removed: shown(removed), same };
}

/** What is declared, as if it stood on an empty host; settings of devices are left out. */
function declaredNetwork(sides: readonly (Declared | undefined)[]): Network {
  const becomes = sides.flatMap((declared) => {
    if (declared === undefined) return [];
    const { owner, adopt } = declared;
    const mandate = { id: "", stack: owner.stack, tags: tagsOf(owner.proto), adopt };
    const wanted = declared.wanted.filter(({ sets }) => sets === undefined);
    const state = { ...emptyState, uplinks: unreadUplinks(wanted) };
    return wanted.flatMap((one) => [...one.ensure(state, mandate).becomes]);
  });
  return proposed({ ...networkOf(emptyState), nexthops: [] }, becomes);
}
