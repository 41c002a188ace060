import { z } from "zod";
import { PolicyRoutingError } from "../errors";
import type { Declaration, Setting } from "../kernel/render/declaration";
import { nameOf, nexthopOf, routeOf, ruleOf } from "../runtime/objects";
import type { FieldTable, Values } from "../spec/attribute";
import { type Across, canonical } from "../spec/canonical";
import type { Entries } from "../spec/entries";
import { printProblem } from "../spec/failures";
import { hostRoutingFields, settleHostRouting } from "../spec/hostRouting";
import { nexthopAttributes } from "../spec/nexthop/attributes";
import { settleNexthop } from "../spec/nexthop/nexthop";
import { routeAttributes } from "../spec/route/attributes";
import { settleRoute } from "../spec/route/route";
import { routingTableAttributes, settleRoutingTable } from "../spec/routingTable";
import { ruleAttributes, settleRule } from "../spec/rule/rule";
import { type SysctlField, sysctlFields } from "../spec/sysctl";
import { isUnknown } from "../spec/unknown";

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  delete: z.boolean().optional(),
});
const stackExport = z.object({ deployment: z.object({ resources: z.array(resource).optional() }) });
const preview = z.object({
  changeSummary: z.object({ same: z.number().optional() }).optional(),
  steps: z.array(z.object({ op: z.string(), newState: resource.optional() })),
});
type Resource = z.infer<typeof resource>;

/** The resources of `pulumi stack export`, or those that there will be after `pulumi preview --json`. */
export function resourcesOf(json: unknown, path: string): Resource[] {
  const exported = stackExport.safeParse(json);
  if (exported.success) return (exported.data.deployment.resources ?? []).filter((one) => one.delete !== true);
  const previewed = preview.safeParse(json);
  if (!previewed.success)
    throw new PolicyRoutingError("invalid", {
      what: `${path} is neither a stack's state nor a preview`,
      next: "write it by pulumi stack export, or pulumi preview --json --show-sames",
    });
  const { steps, changeSummary } = previewed.data;
  if (steps.filter(({ op }) => op === "same").length < (changeSummary?.same ?? 0))
    throw new PolicyRoutingError("invalid", {
      what: `${path} leaves out what does not change`,
      next: "write it by pulumi preview --json --show-sames",
    });
  const after = steps.flatMap(({ op, newState }) => (op.startsWith("delete") || newState === undefined ? [] : [newState]));
  return [...new Map(after.map((one) => [one.urn, one])).values()];
}

type Inputs = Readonly<Record<string, unknown>>;

/** What the engine writes in the place of a secret. */
const isSecret = (value: unknown): boolean =>
  value === "[secret]" ||
  (typeof value === "object" && value !== null && ("4dabf18193072939515e22adb298388d" in value || Object.values(value).some(isSecret)));

/** The canonical values of one resource's own fields; what is shared by all kinds says how to get to the host. */
function settled<Table extends FieldTable>(table: Table, across: Across<Values<Table>>, inputs: Inputs): Values<Table> {
  const own = Object.fromEntries(Object.entries(inputs).filter(([name]) => name in table));
  const hidden = Object.keys(own).filter((name) => isSecret(own[name]));
  if (hidden.length > 0)
    throw new PolicyRoutingError("invalid", { what: `${hidden.join(", ")} is secret, and would stand in the file for all to read` });
  const open = Object.keys(own).filter((name) => isUnknown(own[name]));
  if (open.length > 0)
    throw new PolicyRoutingError("invalid", {
      what: `${open.join(", ")} is not known yet`,
      next: "render the stack's state after pulumi up",
    });
  const { values, problems } = canonical(table, own, across);
  if (problems.length > 0)
    throw new PolicyRoutingError("invalid", { what: problems.map(printProblem).join("; "), next: "correct the program" });
  return values;
}

function settings<Word extends string>(field: string, { file, numbers }: SysctlField<Word>, entries: Entries<Word> = {}): Setting[] {
  return Object.entries(entries).map(([device, word]) => ({ field, file, device, value: numbers[word] }));
}

const readers: Readonly<Record<string, (inputs: Inputs) => Partial<Declaration>>> = {
  RoutingTable: (inputs) => ({ tables: [nameOf(settled(routingTableAttributes, settleRoutingTable, inputs))] }),
  NextHop: (inputs) => ({ nexthops: [nexthopOf(settled(nexthopAttributes, settleNexthop, inputs))] }),
  PolicyRoute: (inputs) => ({ routes: [routeOf(settled(routeAttributes, settleRoute, inputs))] }),
  PolicyRule: (inputs) => ({ rules: [ruleOf(settled(ruleAttributes, settleRule, inputs))] }),
  HostRouting: (inputs) => {
    const values = settled(hostRoutingFields, settleHostRouting, inputs);
    return {
      tables: Object.values(values.tables ?? {}).map(nameOf),
      nexthops: Object.values(values.nexthops ?? {}).map(nexthopOf),
      routes: Object.values(values.routes ?? {}).map(routeOf),
      rules: Object.values(values.rules ?? {}).map(ruleOf),
      settings: [
        ...settings("reversePathFilter", sysctlFields.reversePathFilter, values.reversePathFilter),
        ...settings("arpIgnore", sysctlFields.arpIgnore, values.arpIgnore),
        ...settings("arpAnnounce", sysctlFields.arpAnnounce, values.arpAnnounce),
      ],
    };
  },
};

const connection = z.object({ connection: z.object({ host: z.string() }) });

/** The host of a resource of ours; undefined for what is none. */
export function hostOf({ urn, type, inputs }: Resource): string | undefined {
  if (readerOf(type) === undefined) return undefined;
  const host = connection.safeParse(inputs).data?.connection.host;
  if (host === undefined || isUnknown(host) || isSecret(host))
    throw new PolicyRoutingError("invalid", {
      object: urn,
      what: "its host is secret or not known yet: it could be any",
      next: "declare the host openly",
    });
  return host;
}

function readerOf(type: string): ((inputs: Inputs) => Partial<Declaration>) | undefined {
  const [, kind] = /^pulumi-nodejs:dynamic\/policyrouting:(\w+)$/.exec(type) ?? [];
  if (kind === undefined) return undefined;
  if (Object.hasOwn(readers, kind)) return readers[kind];
  throw new PolicyRoutingError("unsupported", { what: `there is no resource kind ${kind}`, next: "update pulumi-policy-routing" });
}

/** Everything that these resources declare for one host. */
export function declarationOf(resources: readonly Resource[]): Declaration {
  const parts = resources.map(({ urn, type, inputs = {} }) => {
    try {
      return readerOf(type)?.(inputs) ?? {};
    } catch (error) {
      throw error instanceof PolicyRoutingError ? error.at({ object: urn }) : error;
    }
  });
  return {
    tables: parts.flatMap(({ tables = [] }) => tables),
    nexthops: parts.flatMap(({ nexthops = [] }) => nexthops),
    routes: parts.flatMap(({ routes = [] }) => routes),
    rules: parts.flatMap(({ rules = [] }) => rules),
    settings: parts.flatMap(({ settings: some = [] }) => some),
  };
}
