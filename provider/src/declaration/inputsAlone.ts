import { commonFields, internalFields } from "./everyResource";
import { hostRoutingFields } from "./hostRouting";

const { tables: _tables, ...ofWholeHost } = hostRoutingFields;
/** What a whole host has beside its tables. */
export const entriesAlone: ReadonlySet<string> = new Set(Object.keys(ofWholeHost));
const ofEach = [...Object.keys(commonFields), ...Object.keys(internalFields)];

/**
 * The fields that are no outputs through the plugin: how a host is reached and changed, and of a whole host all but the tables, which other resources name.
 * The engine keeps them once, among the inputs.
 */
export const inputsAlone = (kind: string): ReadonlySet<string> => new Set(kind === "HostRouting" ? [...ofEach, ...entriesAlone] : ofEach);
