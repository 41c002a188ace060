import { canonical } from "../../declaration/canonical";
import { printFailure } from "../../declaration/failures";
import { type WaveValues, waveFields } from "../../declaration/fleet";
import { isObject } from "../../declaration/isObject";
import { isUnknown, unknownValue } from "../../declaration/unknown";
import { PolicyRoutingError } from "../../errors";

/** What must be known of a fleet to say which resources it is made of. Programs settle the values of arguments; which there are, an Output tells nobody. */
export interface Shape {
  readonly waves: WaveValues;
  /** The fields that each host says, by its name, in the order of names; undefined while that is not known. */
  readonly hosts: Readonly<Record<string, readonly string[]>> | undefined;
}

type Json = Readonly<Record<string, unknown>>;

export function shapeOf({ hosts, ...waves }: Json): Shape {
  const { values, problems } = canonical(waveFields, Object.fromEntries(Object.entries(waves).filter(([, value]) => !isUnknown(value))));
  const failures = [...problems.map(printFailure), ...hostFailures(hosts)];
  const { canary } = values;
  if (Array.isArray(canary) && isObject(hosts))
    failures.push(...canary.filter((name) => !Object.hasOwn(hosts, name)).map((name) => `canary: ${name} is none of the hosts`));
  if (failures.length > 0)
    throw new PolicyRoutingError("invalid", { topic: "rollout-options", what: failures.join("; "), next: "correct the program" });
  return { waves: values, hosts: isObject(hosts) && !Object.values(hosts).includes(unknownValue) ? fieldsOf(hosts) : undefined };
}

const hostFailures = (hosts: unknown): string[] => {
  if (hosts === unknownValue) return [];
  if (!isObject(hosts)) return ["hosts: expected an object of hosts by their names"];
  return Object.entries(hosts).flatMap(([name, host]) =>
    host === unknownValue || isObject(host) ? [] : [`hosts.${name}: expected an object of fields`],
  );
};

const fieldsOf = (hosts: Json): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(hosts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, host]) =>
        isObject(host) && host["enabled"] !== false ? [[name, Object.keys(host).filter((field) => field !== "enabled")]] : [],
      ),
  );
