// What the engine keeps, and what it says about a step.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PreviewStep, StackExport, StackResource } from "../engine-cli/answers";
import type { Stack } from "../engine-cli/engine";

export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** A resource of the state by its name; the provider's own resources have generated names. */
export async function resource(stack: Stack, name: string): Promise<StackResource> {
  const found = byName(await stack.export()).get(name);
  if (found === undefined) throw new Error(`${name} is not in the state`);
  return found;
}

export const byName = ({ deployment }: StackExport): ReadonlyMap<string, StackResource> =>
  new Map(deployment.resources.map((one) => [nameOf(one.urn), one]));

/** Names and operations of the steps, without the stack and the provider. */
export const steps = (all: readonly PreviewStep[]): Record<string, string> =>
  Object.fromEntries(
    all
      .filter(({ urn }) => /::(.*\$)?(pulumi-nodejs:dynamic\/policyrouting:|policyrouting:index:(?!MultihomedHost))/.test(urn))
      .map(({ urn, op }) => [nameOf(urn), op]),
  );

/** What a preview shows of one resource, field by field. */
export function detail(all: readonly PreviewStep[], name: string): Record<string, string> {
  const step = all.find(({ urn }) => nameOf(urn) === name);
  return Object.fromEntries(Object.entries(step?.detailedDiff ?? {}).map(([path, { kind }]) => [path, kind]));
}

/** Every file of the backend, as text: the checkpoint, its backups and the history. */
export async function stateText(stack: Stack): Promise<string> {
  const folder = fileURLToPath(stack.backend);
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")))).join("\n");
}
