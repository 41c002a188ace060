import type { Tried } from "../../host/reading/examine";
import { folders } from "../../kernel/persist/folders";
import { adviceOn } from "../../kernel/persist/neighbours";
import { type Persistence, whyNothing } from "../../kernel/persist/persistence";
import { type Check, ok, warning } from "./checks";

/** What puts back after a reboot. */
export function persistenceOn(persistence: Persistence, tried: Tried | undefined): Check {
  const problem =
    whyNothing({}, persistence) ??
    (tried?.isEtcWritable === false ? "/etc cannot be written to: nothing can be persisted there" : persistence.failure);
  if (problem === undefined) return ok("persistence", `${persistence.auto} puts back after a reboot`);
  const remedy = persistence.disabled ? `run sh ${folders.etc}/replay --enable on the host` : "let one of them run there";
  return warning("persistence", `what is applied is gone after a reboot: ${problem}`, `${remedy}, or say persist: "none" if that is meant`);
}

/** Who else makes and removes rules and routes. */
export function neighboursOn({ neighbours, auto }: Persistence): Check[] {
  const advice = adviceOn(neighbours, undefined, auto === "systemd");
  return advice.length === 0
    ? [ok("neighbours", "nobody was found who removes rules or routes of others")]
    : advice.map((says) => warning("neighbours", says, 'read docs/guides/reboot-and-managers.md; coexist: "ignore" where it is known'));
}
