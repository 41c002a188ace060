import { z } from "zod";
import type { Field, FieldTable } from "../provider/src/declaration/attribute";
import { fieldsOf } from "../provider/src/declaration/canonical";

/** What is left of JSON Schema where the form of a text and the range of a number do not count. */
const node = z.object({
  title: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  get anyOf() {
    return z.array(node).optional();
  },
  get items() {
    return node.optional();
  },
  get additionalProperties() {
    return node.optional();
  },
});
export type Node = z.infer<typeof node>;

/** What the interface of a table is called. */
export type NameOf = (fields: FieldTable) => string;

/**
 * The TypeScript type of what a person may write, spelled out: published types that reach zod do not compile everywhere, and take seconds.
 * What it holds may be inputs again.
 */
export const plainType = (schema: z.ZodType, nameOf: NameOf): string => plain(nodeOf(schema, nameOf), input);

/** Its form, in which the object of a table is its title alone. */
export function nodeOf(schema: z.ZodType, nameOf: NameOf): Node {
  const json = z.toJSONSchema(schema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const fields = fieldsOf(zodSchema);
      if (fields === undefined) return;
      jsonSchema.title = nameOf(fields);
      delete jsonSchema.additionalProperties; // of a table its name says all
    },
  });
  return node.parse(json);
}

export const inputType = ({ schema }: Field, nameOf: NameOf): string => `pulumi.Input<${plainType(schema, nameOf)}>`;

export const outputType = ({ schema }: Field, nameOf: NameOf): string => plain(nodeOf(schema, nameOf), output);

/** How what an object or a list holds is typed. */
type Inside = (one: Node) => string;
const input: Inside = (one) => `pulumi.Input<${plain(one, input)}>`;
const output: Inside = (one) => plain(one, output);

function plain(one: Node, inside: Inside): string {
  const { title, type, enum: words, anyOf, items, additionalProperties } = one;
  const each = (other: Node): string => plain(other, inside);
  if (title !== undefined) return title;
  if (words !== undefined) return words.map((word) => JSON.stringify(word)).join(" | ");
  if (anyOf !== undefined) return union(anyOf.map(each));
  if (typeof one.const === "string") return JSON.stringify(one.const);
  if (Array.isArray(type)) return union(type.map((only) => each({ type: only })));
  if (type === "array" && items !== undefined) return inside === input ? `${inside(items)}[]` : `readonly (${inside(items)})[]`;
  if (type === "object" && additionalProperties !== undefined)
    return `Readonly<Record<string, ${inside(additionalProperties)} | undefined>>`;
  if (type === "integer" || type === "number") return "number";
  if (type === "string" || type === "boolean") return type;
  throw new Error(`no type for ${JSON.stringify(one)}`);
}

const union = (types: readonly string[]): string => [...new Set(types)].join(" | ");
