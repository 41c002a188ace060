// How long `pulumi import` of a whole host takes, with its program in YAML: the CLI, YAML's language host and the plugin.
import { importHost, manyEntries, SshHome } from "../engine/importing";
import { openYaml } from "../engine/languages";
import { ensureYamlHost } from "../engine-cli/yaml-host.mjs";
import type { Report, Wants } from "./cases";
import type { Fleet } from "./fleet";

export const importCase = "import-whole-host";

/** One round: 100 rules and 100 routes. */
export async function importRound(fleet: Fleet, wants: Wants, report: Report): Promise<void> {
  const [host] = fleet.hosts;
  if (!wants(importCase) || host === undefined) return;
  await ensureYamlHost();
  await fleet.clear();
  const entries = manyEntries(host);
  await host.batch(entries);
  const home = await SshHome.make();
  await home.knows(host);
  const project = await openYaml({}, { env: home.env });
  try {
    const { seconds } = await importHost(project, host);
    report(importCase, 1, entries.length, { seconds });
  } finally {
    await project.remove();
    await home.remove();
    await host.batch(entries.map((entry) => entry.replace(" add ", " del ")));
  }
}
