import { stringify } from "yaml";
import { type ExampleResource, Reference, type Value } from "./examples";

/** How a language writes the parts of a value. */
interface Words {
  scalar(value: string | number | boolean): string;
  reference(value: Reference): string;
  field(name: string): string;
  label(name: string): string;
  /** Inside of braces on one line. */
  readonly space: string;
  readonly indent: string;
}

const widest = 110;
/** Fields whose names inside are the person's own. */
const labelled: ReadonlySet<string> = new Set(["tables", "nexthops", "routes", "rules", "uplinks"]);

/** On one line where it has room, as TypeScript and Python write a value. */
function literal(words: Words, value: Value, indent: string, isLabelled = false): string {
  if (typeof value !== "object") return words.scalar(value);
  if (value instanceof Reference) return words.reference(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  const parts = (inside: string): string[] =>
    Object.entries(value).map(([name, one]: [string, Value]) => {
      const text = literal(words, one, inside, labelled.has(name));
      return isList ? text : `${isLabelled ? words.label(name) : words.field(name)}: ${text}`;
    });
  const line = parts("").join(", ");
  const space = isList ? "" : words.space;
  if (`${indent}${line}`.length <= widest && !line.includes("\n")) return `${open}${space}${line}${space}${close}`;
  const inside = `${indent}${words.indent}`;
  return `${open}\n${parts(inside)
    .map((part) => `${inside}${part},\n`)
    .join("")}${indent}${close}`;
}

const plainName = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));
const inTs: Words = {
  scalar: (value) => JSON.stringify(value),
  reference: ({ resource, output }) => `${resource}.${output}`,
  field: plainName,
  label: plainName,
  space: " ",
  indent: "  ",
};

export function typescript(resources: readonly ExampleResource[]): string {
  const kinds = [...new Set(resources.map(({ kind }) => kind))].sort().join(", ");
  const said = JSON.stringify(resources);
  const lines = resources.map(({ kind, name, args, dependsOn }) => {
    const isNamed = said.includes(`"resource":"${name}"`) || said.includes(`"dependsOn":"${name}"`);
    const { connection: _connection, ...own } = args;
    const text = literal(inTs, own, "").replace(/^\{(\s)/, (_all, space: string) =>
      space === "\n" ? "{\n  connection,\n" : "{ connection, ",
    );
    const options = dependsOn === undefined ? "" : `, { dependsOn: ${dependsOn} }`;
    return `${isNamed ? `const ${name} = ` : ""}new ${kind}("${name}", ${text}${options});`;
  });
  const connection = literal(inTs, resources[0]?.args["connection"] ?? {}, "");
  return `import { ${kinds} } from "pulumi-policy-routing";\n\nconst connection = ${connection};\n${lines.join("\n")}`;
}

/** As Pulumi's generator names a field there. */
const pythonName = (name: string): string => (name === "from" ? "from_" : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
const inPython: Words = {
  scalar: (value) => (typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value)),
  reference: ({ resource, output }) => `${resource}.${pythonName(output)}`,
  field: (name) => JSON.stringify(pythonName(name)),
  label: (name) => JSON.stringify(name),
  space: "",
  indent: "    ",
};

export function python(resources: readonly ExampleResource[]): string {
  const lines = resources.map(({ kind, name, args, dependsOn }) => {
    const own = Object.entries(args).filter(([field]) => field !== "connection");
    const more = own.map(([field, value]) => `    ${pythonName(field)}=${literal(inPython, value, "    ", labelled.has(field))},\n`);
    const options = dependsOn === undefined ? "" : `    opts=pulumi.ResourceOptions(depends_on=[${dependsOn}]),\n`;
    return `${name} = policyrouting.${kind}(\n    "${name}",\n    connection=connection,\n${more.join("")}${options})`;
  });
  const connection = literal(inPython, resources[0]?.args["connection"] ?? {}, "");
  const sdk = resources.some(({ dependsOn }) => dependsOn !== undefined) ? "import pulumi\n" : "";
  return `${sdk}import pulumi_policyrouting as policyrouting\n\nconnection = ${connection}\n${lines.join("\n")}`;
}

/** Below the head of a Pulumi.yaml. */
export function yaml(resources: readonly ExampleResource[]): string {
  const plain = (value: Value): unknown => {
    if (typeof value !== "object") return value;
    if (value instanceof Reference) return `\${${value.resource}.${value.output}}`;
    return Array.isArray(value) ? value.map(plain) : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  };
  const entries = resources.map(({ kind, name, args, dependsOn }) => {
    const options = dependsOn === undefined ? {} : { options: { dependsOn: [`\${${dependsOn}}`] } };
    return [name, { type: `policyrouting:${kind}`, properties: plain(args), ...options }];
  });
  return stringify({ resources: Object.fromEntries(entries) }, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd();
}

/** The same program in each language, for a page. */
export function inEachLanguage(resources: readonly ExampleResource[]): string {
  const block = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;
  return [
    block("ts", typescript(resources)),
    "The same in YAML, and in Python by the SDK of [the plugin](../guides/languages.md):",
    block("yaml", yaml(resources)),
    block("python", python(resources)),
  ].join("\n\n");
}
