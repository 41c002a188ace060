import type { Topic } from "../messages";
import type { FieldTable, Inputs, Values } from "./attribute";
import { type Failure, issueOf, nearest, type Problem, problemsOf } from "./failures";
import { ownEntry } from "./ownEntry";
import { isUnknown, unknownValue } from "./unknown";
import { z } from "./zod";

export interface Canonical<Table extends FieldTable> {
  /** Canonical values; a value that is not known yet stands here as it came. */
  readonly values: Values<Table>;
  /** The attributes that hold a value which is not known yet: rules across attributes wait for them. */
  readonly pending: ReadonlySet<string>;
  readonly problems: readonly Failure[];
}

/** What no field can say by itself; may fill in what follows from the others. Waits for what is pending. */
export type Across<T> = (values: T, pending: ReadonlySet<string>) => Problem[];

/** Attributes without a meaning of their own in `input` (null, undefined) count as left out. */
function given(input: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
}

/**
 * The canonical form of what a person wrote: equal meanings become equal objects, all problems at once. Idempotent.
 * The second step (`settle`) drops what is the same as leaving it out, once the family is known.
 */
export function canonical<Table extends FieldTable>(
  table: Table,
  input: Readonly<Record<string, unknown>>,
  across?: Across<Values<Table>>,
): Canonical<Table>;
export function canonical(
  table: FieldTable,
  input: Readonly<Record<string, unknown>>,
  across?: Across<Record<string, unknown>>,
): Canonical<FieldTable> {
  const values: Record<string, unknown> = {};
  const pending = new Set<string>();
  const problems: Failure[] = [];
  const add = (topic: Topic, more: readonly Problem[]): void => void problems.push(...more.map((one) => ({ ...one, topic })));
  for (const [name, value] of given(input)) {
    const attribute = ownEntry(table, name);
    if (attribute === undefined) {
      const meant = nearest(name, Object.keys(table));
      add("unknown-field", [{ path: [name], text: meant === undefined ? "unknown field" : `unknown field: did you mean ${meant}?` }]);
    } else if (attribute.partial === true ? value === unknownValue : isUnknown(value)) {
      pending.add(name);
      values[name] = value;
    } else {
      const parsed = attribute.schema.safeParse(value);
      if (parsed.success) values[name] = parsed.data;
      else {
        problems.push(...problemsOf(parsed.error, [name], attribute.secret === true ? undefined : value));
        pending.add(name); // reported once: rules across attributes do not see it
      }
    }
  }
  const wrong = new Set(problems.map(({ path }) => path[0]));
  add("fields", across?.(values, pending) ?? []);
  for (const [name, attribute] of Object.entries(table)) {
    const value = values[name];
    if (value === undefined || pending.has(name)) continue;
    if (
      attribute.families !== undefined &&
      (values["family"] === "inet" || values["family"] === "inet6") &&
      !attribute.families.includes(values["family"]) &&
      !wrong.has(name)
    )
      add("fields", [{ path: [name], text: `exists for ${attribute.families.join(", ")} only` }]);
    const wrongly = attribute.wrong?.(value, values);
    if (wrongly !== undefined) add("fields", [{ path: [name], text: wrongly }]);
    const settled = attribute.settle === undefined ? value : attribute.settle(value, values);
    if (settled === undefined) delete values[name];
    else values[name] = settled;
  }
  return { values: inTableOrder(table, values), pending, problems };
}

/** One order of keys, so that printed objects and states do not differ by how a person wrote them. */
function inTableOrder(table: FieldTable, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(table).flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}

const tables = new WeakMap<object, FieldTable>();
/** The table that a schema of an object was made of. */
export const fieldsOf = (schema: object): FieldTable | undefined => tables.get(schema);
/** Says of which table a schema is. */
export function describedBy<Schema extends object>(table: FieldTable, schema: Schema): Schema {
  tables.set(schema, table);
  return schema;
}

/** A table as the schema of an object inside another. */
export function objectOf<Table extends FieldTable>(
  table: Table,
  expected: string,
  across?: Across<Values<Table>>,
): z.ZodType<Values<Table>, Inputs<Table>>;
export function objectOf(
  table: FieldTable,
  expected: string,
  across?: Across<Record<string, unknown>>,
): z.ZodType<Record<string, unknown>, Record<string, unknown>> {
  const schema = z.record(z.string(), z.unknown(), expected).transform((input, context) => {
    const { values, problems } = canonical(table, input, across);
    for (const problem of problems) context.addIssue(issueOf(problem));
    return values;
  });
  tables.set(schema, table);
  return schema;
}
