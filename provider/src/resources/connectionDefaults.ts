import * as pulumi from "@pulumi/pulumi";
import { holdsSecrets } from "../declaration/connectionDefaults";
import type { ConnectionDefaultsArgs } from "./arguments";
import { type Door, dynamicDoor } from "./door";
import { Refusal } from "./refusal";
import { isSecretOfStack, thisRun } from "./run";

interface Said {
  readonly inputs: pulumi.Inputs;
  /** The resource that was declared first. */
  readonly first: string | undefined;
}

const runs = new WeakMap<object, Said>();

/**
 * Says once for the whole program what connections leave out: user, key, jump host, patience. Call it once, before the first resource.
 *
 * A resource's own `connection` goes before it, field by field (`proxy` is one field; a key that a resource names comes without the passphrase of this one,
 * a host key without its waiver). Then come the stack's configuration `policy-routing:connection` (the same fields as a JSON object) and `~/.ssh/config`.
 *
 * It is filled in when a host is reached. It is no part of any resource's inputs or state: to change it changes no resource, and nothing is written to a
 * host. Passwords and keys in it are secrets on the way to the process that logs in, and are stored nowhere.
 *
 * It covers all that `pulumi up` does, also the removal of resources that left the program, as long as it declares one of this package. It does not cover
 * `pulumi refresh`, `pulumi up --refresh` and `pulumi destroy`: the engine hands nothing of a program to these. What they need belongs into the
 * stack's configuration or `~/.ssh/config`.
 *
 * Throws when it is called twice, or behind a resource. What is wrong in a field is told by the check of each resource.
 */
export function connectionDefaults(defaults: ConnectionDefaultsArgs): void {
  const run = thisRun();
  const said = runs.get(run);
  if (said !== undefined)
    throw new Refusal(
      "connection-defaults",
      said.first === undefined
        ? "connectionDefaults is called twice: say all of it in one call"
        : `connectionDefaults comes behind ${said.first}, which would not know of it: call it before the first resource`,
    );
  runs.set(run, { inputs: { connectionDefaults: pulumi.secret(defaults) }, first: undefined });
}

/** What a resource takes along to its check, where it is heard and left out of what is declared. */
export function defaultsOfProgram(resource: string, door: Door): pulumi.Inputs {
  const run = thisRun();
  const said = runs.get(run);
  if (said !== undefined && said.first === undefined && door !== dynamicDoor)
    throw new Refusal(
      "connection-defaults",
      `${resource}: the plugin does not hear of connectionDefaults: set policyrouting:connection, or give an explicit Provider \`connection\``,
    );
  if (said !== undefined) return said.inputs;
  refusePlainSecrets();
  runs.set(run, { inputs: {}, first: resource });
  return {};
}

const key = "policy-routing:connection";

/** The engine keeps a stack's configuration in the state: in clear what is in clear. Where the SDK's host does not say what is secret, nobody can tell. */
function refusePlainSecrets(): void {
  if (isSecretOfStack(key) === false && holdsSecrets(pulumi.runtime.allConfig()[key]))
    throw new Refusal(
      "connection-defaults",
      `${key} holds a password or a key in clear, and so would the state: set it by pulumi config set --secret ${key}`,
    );
}
