import { PolicyRoutingError } from "../errors";
import { hostRouting } from "./hostRouting";
import type { Kind } from "./kind";
import { kindsOfOne } from "./section";

export const kinds: readonly Kind[] = [...kindsOfOne, hostRouting];

export function kindOf(name: string): Kind {
  const kind = kinds.find((one) => one.name === name);
  if (kind === undefined)
    throw new PolicyRoutingError("bug", {
      topic: "newer-version",
      what: `there is no resource kind ${name}`,
      next: "update pulumi-policy-routing: a newer version made this state",
    });
  return kind;
}
