import { tellDefaults } from "../../host/ssh/defaults";
import type { Preview } from "./previewJson";
import { isSecret, withoutLogin } from "./unclear";

const keys = { stack: "policy-routing:connection", provider: "policyrouting:connection" } as const;

/** What the stack's configuration says of all connections, where it is shown: then this process reaches hosts by it, as `up` does. */
export function honourDefaults(preview: Preview, command: string): void {
  const warn = (what: string): void =>
    void process.stderr.write(`policy-routing ${command}: ${what}: say what of it is needed by an option or in ~/.ssh/config\n`);
  const said = { stack: [preview.config?.[keys.stack]], provider: ofProviders(preview) };
  for (const place of ["stack", "provider"] as const) {
    const [shown, other] = said[place];
    if (isSecret(shown)) warn(`the stack's ${keys[place]} is secret, so it is not shown here`);
    else if (other !== undefined) warn("the stack's providers say different connections, and here all hosts are reached alike");
    else tellDefaults(place, shown);
  }
}

/** Of the plugin's providers, the default one of the configuration and explicit ones, as far as they are shown; each once. */
function ofProviders({ config, steps }: Preview): unknown[] {
  const inputs = steps
    .map(({ oldState, newState }) => newState ?? oldState)
    .filter((one) => one?.type === "pulumi:providers:policyrouting");
  const all = inputs.length === 0 ? [config?.[keys.provider]] : inputs.map((one) => withoutLogin(one?.inputs ?? {})["connection"]);
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
