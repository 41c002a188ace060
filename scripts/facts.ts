import { families } from "../provider/src/declaration/family";
import { defaultOwner } from "../provider/src/declaration/owner";
import { backends } from "../provider/src/declaration/persist";
import { defaultMetric } from "../provider/src/declaration/route/key";
import { routeTypes } from "../provider/src/declaration/route/type";
import { sysctlPaths, sysctlSpreads } from "../provider/src/declaration/sysctl/sysctl";
import { kernelTables } from "../provider/src/declaration/tableNumber";
import { crowdedFrom, mostRoutes } from "../provider/src/host/wire/bound";
import { packetSettings } from "../provider/src/kernel/lookup/deviceSettings";
import { observedKinds } from "../provider/src/kernel/observed/kinds";
import { folders } from "../provider/src/kernel/persist/folders";
import { agents, foreignKeys } from "../provider/src/kernel/persist/neighbours";
import { formsOfSeveral, storedForms } from "../provider/src/kernel/persist/stored";

/** What the scripts on hosts know of the same tables as the code, as variables of the shell. */
const facts: Readonly<Record<string, string>> = {
  run_folder: folders.run,
  etc_folder: folders.etc,
  lib_folder: folders.lib,
  most_routes: String(mostRoutes),
  crowded_from: String(crowdedFrom),
  default_owner: String(defaultOwner),
  default_metrics: families.map((family) => defaultMetric[family]).join(" "),
  kernel_tables: Object.entries(kernelTables).flat().join(" "),
  route_types: routeTypes.join("|"),
  plain_kinds: observedKinds
    .flatMap(({ word, replayed }) =>
      replayed === undefined ? [] : [[word, replayed.channels, replayed.object, replayed.key.join("-")].join(" ")],
    )
    .join(","),
  packet_settings: packetSettings.join(" "),
  stored_forms: Object.values(storedForms).join(""),
  forms_of_several: formsOfSeveral.join(""),
  sysctl_paths: sysctlPaths.join("\n"),
  sysctl_spreads: sysctlSpreads.join(","),
  persist_backends: backends.join(" "),
  foreign_keys: foreignKeys.map(({ key, since }) => `${key} ${since}`).join("\n"),
  known_agents: Object.entries(agents)
    .flatMap(([name, { files }]) => files.map((file) => `${name} ${file}`))
    .join("\n"),
};

export const factsText = (): string =>
  `# shellcheck shell=sh
# Generated from the tables in src by \`npm run generate\`. Do not edit.
# shellcheck disable=SC2034 # what one text does not use, the other does
{
${Object.entries(facts)
  .map(([name, value]) => `  ${name}='${value}'\n`)
  .join("")}}
`;
