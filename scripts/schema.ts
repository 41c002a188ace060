import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type FieldTable, required } from "../provider/src/declaration/attribute";
import { commonFields } from "../provider/src/declaration/everyResource";
import { fleetFields } from "../provider/src/declaration/fleet";
import { getHostFields, getHostResultFields, lookupFields, lookupResultFields } from "../provider/src/declaration/functions";
import { hostRoutingFields } from "../provider/src/declaration/hostRouting";
import { inputsAlone } from "../provider/src/declaration/inputsAlone";
import { multihomedFields } from "../provider/src/declaration/multihomed/multihomed";
import { providerFields } from "../provider/src/declaration/providerConfiguration";
import { interfaces, linesOf, partsOf, resources } from "./arguments";
import { type Node, nodeOf } from "./types";

/** The schema of the plugin for the engine and the generators of SDKs, in the form of Pulumi's metaschema. */
type Json = Readonly<Record<string, unknown>>;

const token = (name: string): string => `policyrouting:index:${name}`;
/** Fields that mean one thing wherever they stand: their words are one type. */
const shared: ReadonlySet<string> = new Set([...Object.keys(commonFields), "family", "table"]);

/** Types by their names, found while the resources are gone through. */
class Types {
  readonly #found = new Map<string, Json>();

  get all(): Json {
    return Object.fromEntries([...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [token(name), one]));
  }

  /** The name of a table's type: `RuleEntry` for what is put together of RuleArgs and EntryArgs. */
  readonly nameOf = (fields: FieldTable): string => {
    const parts = partsOf(fields);
    const name = parts.map((part) => part.name.replace(/Args$/, "")).join("");
    if (!this.#found.has(name)) {
      this.#found.set(name, {}); // its place, should it hold itself
      this.#found.set(name, { type: "object", description: parts.map(({ doc }) => doc).join(" "), ...this.objectOf(fields, name) });
    }
    return name;
  };

  objectOf(fields: FieldTable, name: string): { properties: Json; required: string[] } {
    const properties = Object.entries(fields).map(([field, descriptor]) => [
      field,
      {
        ...this.#typeOf(
          nodeOf(descriptor.schema, this.nameOf),
          `${shared.has(field) ? "" : name}${field.slice(0, 1).toUpperCase()}${field.slice(1)}`,
        ),
        description: linesOf(descriptor).join("\n"),
        ...(descriptor.secret === true ? { secret: true } : {}),
      },
    ]);
    const demanded = Object.entries(fields).filter(([, { absent }]) => absent === required);
    return { properties: Object.fromEntries(properties), required: demanded.map(([field]) => field) };
  }

  #typeOf({ title, type, enum: words, const: word, anyOf, items, additionalProperties }: Node, place: string): Json {
    if (title !== undefined) return { $ref: `#/types/${token(title)}` };
    if (words !== undefined || typeof word === "string") return this.#words(words ?? [word], place);
    const several = anyOf ?? (Array.isArray(type) ? type.map((one): Node => ({ type: one })) : undefined);
    if (several !== undefined) return oneOf(several.map((one) => this.#typeOf(one, place)));
    if (type === "array" && items !== undefined) return { type, items: this.#typeOf(items, place) };
    if (type === "object" && additionalProperties !== undefined)
      return { type, additionalProperties: this.#typeOf(additionalProperties, place) };
    if (type === "string" || type === "boolean" || type === "integer" || type === "number") return { type };
    throw new Error(`${place} has no type that a schema can say`);
  }

  /** Words that can be told from one another by their values: an enumeration, named after its field. */
  #words(words: readonly unknown[], place: string): Json {
    if (words.some((word) => typeof word !== "string")) return { type: "integer" };
    const values = words.map((value) => ({ value }));
    const known = [...this.#found].find(([, one]) => JSON.stringify(one["enum"]) === JSON.stringify(values))?.[0];
    this.#found.set(known ?? place, { type: "string", enum: values });
    return { $ref: `#/types/${token(known ?? place)}` };
  }
}

/** A list or a map beside something else is any value: Python's SDK (3.259) takes none where a type is one of several. What may stand there, check says. */
function oneOf(types: readonly Json[]): Json {
  if (types.some(({ type }) => type === "array" || type === "object")) return { $ref: "pulumi.json#/Any" };
  const [first = {}, ...others] = [...new Map(types.map((one) => [JSON.stringify(one), one])).values()];
  return others.length === 0 ? first : { oneOf: [first, ...others] };
}

/** What a function answers is no one of several: Python's SDK (3.259) wants a dict there. */
function answers<Answer extends { properties: Json }>(answer: Answer): Answer {
  const several = Object.entries(answer.properties).find(([, one]) => /^\{"(oneOf|\$ref":"pulumi.json#\/Any)"/.test(JSON.stringify(one)));
  if (several !== undefined) throw new Error(`${several[0]} is answered as one of several types`);
  return answer;
}

const outputs = {
  persisted: { type: "string", description: "What puts it back after a reboot, `none`, or `no: ` and why not." },
  machineId: { type: "string", description: "The machine-id of the host that has it." },
};
const map = (type: string): Json => ({ type: "object", additionalProperties: { type } });
const ofMultihomed = {
  tables: { ...map("integer"), description: "Number of each uplink's table." },
  priorities: { ...map("integer"), description: "Priority of each rule, by its label in the HostRouting." },
  commands: { type: "array", items: { type: "string" }, description: "The same by hand, in the words of `ip`: for a human reader." },
  nft: {
    type: "string",
    description: "With `connmark`: what `nft -f` must be given on the host, by whatever manages its firewall.",
  },
};
const ofFleet = {
  persisted: { ...map("string"), description: "Of each host, what puts it back after a reboot, `none`, or `no: ` and why not." },
};
const appliedAt = { appliedAt: { type: "string", description: "When the last change was confirmed on the host." } };

export function schemaText(): string {
  const types = new Types();
  const resource = (name: string, description: string, fields: FieldTable, more: Json = {}): [string, Json] => {
    const inputs = types.objectOf({ ...commonFields, ...fields }, name);
    const left = inputsAlone(name);
    return [
      token(name),
      {
        description,
        inputProperties: inputs.properties,
        requiredInputs: inputs.required,
        properties: { ...Object.fromEntries(Object.entries(inputs.properties).filter(([field]) => !left.has(field))), ...outputs, ...more },
        required: [...inputs.required.filter((field) => !left.has(field)), "persisted", "machineId"],
        aliases: [{ type: `pulumi-nodejs:dynamic/policyrouting:${name}` }],
      },
    ];
  };
  const granular = resources.map(([name, doc, entry]) => {
    const fields = interfaces.find((one) => one.name === entry)?.fields;
    if (fields === undefined) throw new Error(`there is no ${entry}`);
    return resource(name.replace(/Args$/, ""), doc, fields);
  });
  const whole = resource(
    "HostRouting",
    "Everything about one host as one resource and one transaction: all of it is applied or none.",
    hostRoutingFields,
    appliedAt,
  );
  const component = (name: string, description: string, fields: FieldTable, outputs: Json, required: readonly string[]): [string, Json] => {
    const inputs = types.objectOf(fields, name);
    return [
      token(name),
      {
        description,
        isComponent: true,
        inputProperties: inputs.properties,
        requiredInputs: inputs.required,
        properties: outputs,
        required,
      },
    ];
  };
  const multihomed = component(
    "MultihomedHost",
    "A host with several uplinks, from which each connection is answered by the uplink that it came by, as one HostRouting of the same name.",
    { ...commonFields, ...hostRoutingFields, ...multihomedFields },
    ofMultihomed,
    ["tables", "priorities", "commands"],
  );
  const fleet = component(
    "Fleet",
    "A HostRouting or a MultihomedHost for each of many hosts, `FLEET-HOST` by name, wave by wave: a wave begins when all hosts of the last one are confirmed and what they `expect` holds; a failure stops later waves. The order is not in the state.",
    fleetFields,
    ofFleet,
    ["persisted"],
  );
  const reads = (name: string, description: string, given: FieldTable, answered: FieldTable): [string, Json] => {
    const result = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    return [
      token(name),
      {
        description,
        inputs: { type: "object", ...types.objectOf(given, result) },
        outputs: { type: "object", ...answers(types.objectOf(answered, `${result}Result`)) },
      },
    ];
  };
  const getHost = reads(
    "getHost",
    "What a host has now: addresses, gateways, rules, versions. Reads it by one login, in previews too, and changes nothing.",
    getHostFields,
    getHostResultFields,
  );
  const lookup = reads(
    "lookup",
    "Where a packet goes on a host as it is now, by its rules and routes. Reads the host by one login, in previews too, sends no packet and changes nothing.",
    lookupFields,
    lookupResultFields,
  );
  const configuration = types.objectOf(providerFields, "Provider").properties;
  const { version, license, homepage, keywords, repository } = z
    .object({
      version: z.string(),
      license: z.string(),
      homepage: z.string(),
      keywords: z.array(z.string()),
      repository: z.object({ url: z.string() }),
    })
    .parse(JSON.parse(readFileSync(join(__dirname, "../provider/package.json"), "utf8")));
  const [slug = "", publisher] = /([^/]+)\/[^/]+(?=\.git$)/.exec(repository.url) ?? [];
  const schema = {
    name: "policyrouting",
    displayName: "Policy Routing",
    version,
    description: "Declare Linux policy routing (tables, routes, rules) and apply it over SSH, guarded by a timed undo on the host.",
    license,
    homepage,
    keywords,
    publisher,
    repository: `https://github.com/${slug}`,
    // With it in an SDK, an engine that has no plugin yet takes the one of the release.
    pluginDownloadURL: `github://api.github.com/${slug}`,
    config: { variables: configuration },
    provider: { description: "How hosts are reached, and whose the entries are.", inputProperties: configuration },
    resources: Object.fromEntries([...granular, whole, multihomed, fleet]),
    functions: Object.fromEntries([getHost, lookup]),
    types: types.all,
    language: {
      nodejs: { respectSchemaVersion: true },
      python: { respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { respectSchemaVersion: true, importBasePath: "github.com/pulumi-policy-routing/pulumi-policy-routing/sdk/go/policyrouting" },
    },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
