import { escapeOutput } from "../../errors";
import type { Gathered } from "./gathering";

/** PROJECT/STACK, as a urn says it. */
export function stackIn(urn: string): string | undefined {
  const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(urn) ?? [];
  return stack === undefined || project === undefined ? undefined : `${project}/${stack}`;
}

export const nameIn = (urn: string): string => escapeOutput(urn.split("::").at(-1) ?? "");

/** What a program calls a host: by the resource that declares it whole, else by the component in which all of its resources are. */
export function calledIn({ name, resources }: Gathered): string | undefined {
  const whole = resources.filter(({ kind }) => kind === "HostRouting").map(({ urn }) => nameIn(urn));
  const parents = new Set(resources.map(({ parent }) => parent));
  const [parent] = parents;
  const component = parents.size !== 1 || parent === undefined || parent.includes("::pulumi:pulumi:Stack::") ? [] : [nameIn(parent)];
  const called = [...new Set(whole.length > 0 ? whole : component)].sort().join(", ");
  return called === "" || called === name ? undefined : called;
}
