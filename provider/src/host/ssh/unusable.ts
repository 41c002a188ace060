import { userPattern } from "../../declaration/connection";
import { PolicyRoutingError } from "../../errors";
import type { Asked } from "./configuration";

/** A chain of jump hosts may be so long. */
export const mostJumps = 8;

export function refuseCircle(name: string): never {
  throw new PolicyRoutingError("invalid", {
    topic: "ssh-configuration",
    host: name,
    what: `more than ${mostJumps} jump hosts, one behind the other`,
    next: "look whether a ProxyJump of your ssh configuration leads in a circle",
  });
}

/** Of one resource `check` tells it; defaults for all of them may add a password later. */
export function refuseText(name: string): never {
  throw new PolicyRoutingError("invalid", {
    topic: "ssh-configuration",
    host: name,
    what: 'transport: "openssh" takes no password, and no key as text or with a passphrase',
    next: "name a key by privateKeyPath or load it into an agent, or leave transport out",
  });
}

export function refuseWithoutSsh(name: string): never {
  throw new PolicyRoutingError("unsupported", {
    topic: "ssh-configuration",
    host: name,
    what: 'transport: "openssh" needs the program ssh on this machine, and it is not there, or older than 6.8',
    next: "install OpenSSH's client, or leave transport out",
  });
}

/** It may stand in a command of the person's own, and the program said it. */
export function refuseUnsafe({ name, user }: Asked): void {
  if (user === undefined || userPattern.test(user)) return;
  throw new PolicyRoutingError("invalid", {
    topic: "ssh-configuration",
    host: name,
    what: "the user has characters that a shell would take for its own",
    next: "correct user",
  });
}

export function refuseFdpass(name: string): never {
  throw new PolicyRoutingError("unsupported", {
    topic: "ssh-configuration",
    host: name,
    what: "ProxyUseFdpass of your ssh configuration is not followed here",
    next: "let ProxyCommand lead to the host by its standard input and output",
  });
}

/** `check` tells it of one resource; defaults for all hosts may say it too. */
export function refuseElsewhere(name: string): never {
  throw new PolicyRoutingError("invalid", {
    topic: "ssh-configuration",
    host: name,
    what: 'transport: "local" is the machine on which Pulumi runs, and that is localhost',
    next: "say transport of this resource, or leave it out of the defaults",
  });
}
