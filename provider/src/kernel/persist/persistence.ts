import type { Coexist } from "../../declaration/coexist";
import type { Backend, Persist } from "../../declaration/persist";
import { PolicyRoutingError, type Warning } from "../../errors";
import type { Change } from "../plan/change";
import { folders } from "./folders";
import type { Neighbours } from "./neighbours";
import type { StoredObject } from "./stored";

/** What a resource says about it. */
export interface Wish {
  readonly persist?: Persist | undefined;
  readonly coexist?: Coexist | undefined;
}

/** What of a host's policy routing survives a reboot, and what puts it back. */
export interface Persistence {
  /** What `auto` means on this host; undefined where nothing that runs there would call the script. */
  readonly auto: Backend | undefined;
  /** The login is in a network namespace of its own, or that cannot be told: what puts back acts in PID 1's. */
  readonly elsewhere?: "own" | "unknown";
  /** The version of the script on the host. */
  readonly script: string | undefined;
  /** Somebody on the host stopped it all by `replay --disable`. */
  readonly disabled: boolean;
  readonly inPlace: ReadonlySet<string>;
  /** Keys that the monitor leaves alone because something removes them again and again. */
  readonly fought: ReadonlySet<string>;
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly neighbours: Neighbours;
  /** Why the last writing failed. */
  readonly failure?: string;
}

export const backendOf = ({ persist }: Wish, { auto }: Persistence): Backend | undefined =>
  persist === undefined || persist === "auto" ? auto : persist === "none" ? undefined : persist;

/** Why nothing can be persisted from where the login is; undefined where it can. */
const whyElsewhere = ({ elsewhere }: Persistence): string | undefined =>
  elsewhere === undefined
    ? undefined
    : elsewhere === "own"
      ? "the login is in a network namespace of its own, and what puts back after a reboot acts in PID 1's"
      : "it cannot be told whether the login is in the network namespace of PID 1, in which what puts back after a reboot acts";

/** Refuses, before anything is changed, a backend that would act in another network namespace than the resource. */
export function checkElsewhere({ wanted }: Change, { persist }: Wish, seen: Persistence): void {
  const reason = whyElsewhere(seen);
  if (reason === undefined || wanted.length === 0 || persist === undefined || persist === "auto" || persist === "none") return;
  throw new PolicyRoutingError("unsupported", {
    topic: "persist-elsewhere",
    what: `persist: "${persist}" cannot be had here: ${reason}`,
    next: 'set persist: "none" or leave it out, or log in where the network namespace is that of PID 1',
  });
}

/** Why nothing of what could be put back after a reboot is; undefined where it is, or where nobody asked for it. */
export function whyNothing(wish: Wish, seen: Persistence): string | undefined {
  if (wish.persist === "none") return undefined;
  const elsewhere = whyElsewhere(seen);
  if (elsewhere !== undefined) return elsewhere;
  if (backendOf(wish, seen) === undefined)
    return "auto found nothing that runs on the host and would put it back (systemd, ifupdown, rc.local)";
  return seen.disabled ? "disabled on the host, by replay --disable" : undefined;
}

/** The same of a change that something else than our files does not put back: for a person who left it to `auto`. */
export function warningOfNothing({ wanted, tags }: Change, wish: Wish, seen: Persistence): Warning | undefined {
  const isAuto = wish.persist === undefined || wish.persist === "auto";
  const reason = isAuto && wanted.some((one) => !("otherwise" in one.stored(tags))) ? whyNothing(wish, seen) : undefined;
  if (reason === undefined) return undefined;
  const followed = [...new Set(wanted.flatMap(({ follows }) => follows ?? []))];
  const until = followed.length === 0 ? "" : `, and nothing follows ${followed.join(", ")} when its addresses change`;
  return {
    topic: "nothing-persists",
    what: `applied, but gone after a reboot${until}: ${reason}`,
    next: seen.disabled
      ? `say persist: "none" if that is meant, or run ${folders.etc}/replay --enable on the host`
      : 'say persist: "none" if that is meant, or give the host one of these, or its own manager\'s files (npx --no-install policy-routing render)',
  };
}
