import { tellDefaults } from "../../host/ssh/defaults";
import type { Preview } from "./previewJson";
import { isSecret } from "./unclear";

const key = "policy-routing:connection";

/** What the stack's configuration says of all connections, where it is shown: then this process reaches hosts by it, as `up` does. */
export function honourDefaults({ config }: Preview, command: string): void {
  const shown = config?.[key];
  if (isSecret(shown))
    process.stderr.write(
      `policy-routing ${command}: the stack's ${key} is secret, so it is not shown here: say what of it is needed by an option or in ~/.ssh/config\n`,
    );
  else tellDefaults("stack", shown);
}
