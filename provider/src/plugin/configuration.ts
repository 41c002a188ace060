import { holdsSecrets } from "../declaration/connectionDefaults";
import { printFailure } from "../declaration/failures";
import { noOrganization, type Owner } from "../declaration/owner";
import { type ProviderConfiguration, providerConfiguration, providerFields } from "../declaration/providerConfiguration";
import { withSecrets } from "../declaration/secrets";
import { PolicyRoutingError } from "../errors";
import { tellDefaults } from "../host/ssh/defaults";
import type { Properties } from "../runtime/handlers";
import { mark } from "../runtime/marked";
import { wishForUnreachable } from "../runtime/unreachable";
import type { Urn } from "./urn";

/** What is wrong with the provider's configuration; no property is named, for the engine prints the value of one that is. */
export const configurationFailures = (values: Properties): string[] => providerConfiguration(values).problems.map(printFailure);

/** With its passwords and keys marked, for the engine keeps it; a text that holds some is one as a whole. */
export function markedConfiguration(values: Properties): Properties {
  const { connection, ...rest } = values;
  if (connection === undefined) return rest;
  const isText = typeof connection === "string";
  return {
    ...rest,
    connection: isText && holdsSecrets(connection) ? mark(connection) : withSecrets(providerFields, { connection }, mark)["connection"],
  };
}

/** Takes effect for the whole process: the engine starts one for each provider. */
export function configure(values: Properties): ProviderConfiguration {
  const { values: configuration, problems } = providerConfiguration(values);
  if (problems.length > 0)
    throw new PolicyRoutingError("invalid", {
      topic: "provider-configuration",
      what: problems.map(printFailure).join("; "),
      next: "correct policyrouting:NAME in the stack's configuration, or the provider's arguments",
    });
  tellDefaults("provider", configuration.connection);
  wishForUnreachable(configuration.unreachable);
  return configuration;
}

/**
 * Whose the entries are: the stack of the resource's name, under the tag of the configuration. The engine tells a plugin no organization: it is the
 * configuration's, else the one that the state says, else the word of every backend that has none.
 */
export function ownerOf({ project, stack }: Urn, { organization, owner: proto }: ProviderConfiguration, old: unknown): Owner {
  const known = typeof old === "object" && old !== null && "stack" in old && typeof old.stack === "string" ? old.stack : "";
  const [before] = known.endsWith(`/${project}/${stack}`) ? known.split("/") : [];
  return { stack: [organization ?? before ?? noOrganization, project, stack].join("/"), ...(proto === undefined ? {} : { proto }) };
}
