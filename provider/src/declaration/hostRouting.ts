import { field, type Values } from "./attribute";
import { duplicates } from "./entryKind";
import { entryKinds, type Labelled, labelledIn, type Section, sectionFields, sectionNames } from "./entryKinds";
import { expectationsSchema } from "./expectation";
import type { Problem } from "./failures";
import { switchedOn } from "./number";
import { sysctlFields } from "./sysctl/fields";

/** Everything about one host. Entries are keyed by labels; on the host they are matched by their kernel key. */
export const hostRoutingFields = {
  ...sectionFields,
  ...sysctlFields,
  expect: field({
    schema: expectationsSchema,
    settle: (value) => (value.length === 0 ? undefined : value),
    partial: true,
    doc: "Where packets must go once the change is made: the host's kernel is asked (`ip route get`) before it is kept, and one that does not hold undoes it.",
    absent: "nothing is asked",
    example: [{ from: "203.0.113.10", to: "192.0.2.1", dev: "eth1" }],
  }),
  exclusive: field({
    ...switchedOn,
    doc: "Also removes entries that carry our tag and that no resource owns by the register, and shows them as drift. What another resource or stack owns stays.",
  }),
};
export type HostRoutingValues = Values<typeof hostRoutingFields>;

/** One object has one declaration. */
export const settleHostRouting = (values: HostRoutingValues, pending: ReadonlySet<string>): Problem[] =>
  sectionNames.flatMap((section) => (pending.has(section) ? [] : twiceIn(section, values)));

const twiceIn = <Name extends Section>(section: Name, values: Labelled): Problem[] =>
  duplicates(section, entryKinds[section], labelledIn(section, values));
