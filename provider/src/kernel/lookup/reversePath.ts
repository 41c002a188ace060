import type { Attribute } from "../../declaration/attribute";
import { type Assumptions, type Packet, reverseOf } from "../../declaration/flow";
import { ruleAttributes } from "../../declaration/rule/rule";
import { describe as describeRule } from "../rule/rule";
import type { Open, Question } from "./cases";
import type { Ready } from "./compile";
import { vrfOf } from "./domain";
import { plainSearch } from "./ending";
import type { Visit } from "./verdict";
import { type Walk, walk } from "./walk";

const modes = ["off", "strict", "loose"] as const;
export const loose = 2;

/** The kernel's own rules: with any other, a source is looked up even where reverse path filtering is off. */
export const hasOwnRulesOnly = ({ rules }: Ready): boolean =>
  rules.all.length === 3 &&
  rules.all.every(({ observed: { rule } }) => rule.priority === 0 || rule.priority === 32766 || rule.priority === 32767);

/**
 * fib_validate_source(): whether an IPv4 packet that came in by `iif` may have the source that it has. `out` is the device by which it
 * would be forwarded, undefined for one to the host itself. Returns why it is dropped; undefined: it is taken.
 */
export function sourceRefusal(
  ready: Ready,
  packet: Packet,
  iif: string,
  out: string | undefined,
): { dropped: string } | { unsure: string } | Open | undefined {
  const { sysctls, addresses } = ready.network;
  if (sysctls === undefined) return undefined;
  const [ofAll, ofOne] = [ready.settings.of("all"), ready.settings.of(iif)];
  const either = (name: "accept_local" | "src_valid_mark"): boolean => (ofAll[name] ?? 0) !== 0 || (ofOne[name] ?? 0) !== 0;
  const filter = filterOf(ready, iif);
  const from = packet.from ?? "0.0.0.0";
  const isOwn = addresses?.some(({ address }) => address === from) ?? false;
  if (filter === 0 && either("accept_local")) return undefined;
  if (filter === 0 && hasOwnRulesOnly(ready)) return isOwn ? { dropped: `its source ${from} is an address of the host itself` } : undefined;
  const path: Visit[] = [];
  // Of the VRF that the packet itself belongs to, else of the one that it would leave into.
  const vrf = vrfOf(ready, iif, "iif");
  const mark = either("src_valid_mark") ? packet.mark : 0;
  const back = reverseOf(packet, out, mark, vrf === "none" ? vrfOf(ready, out, "iif") : vrf, turned(packet.assumed));
  const answer = walk(ready, back, plainSearch, path);
  if (answer.kind === "open") {
    const question = asked(answer.question);
    const why = `the way back to ${from}: ${answer.why}`;
    return question === undefined ? { unsure: why } : { kind: "open", question, why };
  }
  if (answer.kind === "unsure") return { unsure: `the way back to ${from}: ${answer.why}` };
  const why = (what: string): { dropped: string } => ({ dropped: `${printFilter(ready, iif)}: ${what}${decider(path)}` });
  if (answer.kind !== "found") return filter === 0 ? undefined : why(`there is no way back to ${from} (${refusalOf(answer)})`);
  const { entry, hops } = answer.found;
  if (entry.type === "local" && !either("accept_local"))
    return {
      dropped: isOwn
        ? `its source ${from} is an address of the host itself`
        : `its source ${from} counts as the host's own${decider(path)}`,
    };
  if (entry.type !== "unicast" && entry.type !== "local") return { dropped: `its source ${from} is no host's address (${entry.type})` };
  if (entry.next.hops.some(({ dev }) => dev === iif || ready.finder.master(dev)?.name === iif)) return undefined;
  if (entry.type === "local" && iif === "lo") return undefined;
  if (addresses?.some(({ dev, family }) => dev === iif && family === "inet") === false)
    return filter === 0 ? undefined : why(`${iif} has no address, and the way back to ${from} leaves by ${hops[0]?.dev}`);
  return filter === 1 ? why(`the way back to ${from} leaves by ${hops.map(({ dev }) => dev).join(" or ")}, not by ${iif}`) : undefined;
}

/** What the packet back and the packet itself say of each other, by the selectors that ask for it. */
const back: Readonly<Record<string, "fwmark" | "ipproto" | "sport" | "dport">> = {
  fwmark: "fwmark",
  ipproto: "ipproto",
  sport: "dport",
  dport: "sport",
};

const wordsFor = (name: keyof typeof ruleAttributes, value: unknown): string => attributes[name].words(value, {}).join(" ");
const attributes: Readonly<Record<keyof typeof ruleAttributes, Attribute>> = ruleAttributes;

/** What is taken to be so of a packet, for the one that would come back. */
function turned(assumed: Assumptions): Assumptions {
  if (assumed.size === 0) return assumed;
  return new Map(
    [...assumed].flatMap(([, { selector, value, fits }]) => {
      const name = back[selector];
      return name === undefined ? [] : [[wordsFor(name, value), { selector: name, value, fits }] as const];
    }),
  );
}

/** What the packet back is asked, asked of the packet itself; undefined where that says nothing. */
function asked({ asks, matches, selector }: Question): Question | undefined {
  // Both have one type of service.
  if (selector === undefined || selector.name === "tos" || selector.name === "dscp")
    return { asks, matches, ...(selector === undefined ? {} : { selector }) };
  const name = back[selector.name];
  const matcher = name === undefined ? undefined : attributes[name].matcher?.(selector.value);
  if (name === undefined || matcher === undefined) return undefined;
  return { asks: wordsFor(name, selector.value), matches: matcher, selector: { name, value: selector.value } };
}

const refusalOf = (answer: Exclude<Walk, { kind: "found" | "unsure" | "open" }>): string =>
  answer.kind === "nothing" ? "no route" : answer.kind;

const filterAt = ({ settings }: Ready, device: string): number => settings.of(device).rp_filter ?? 0;
/** The higher of both counts. */
export const filterOf = (ready: Ready, iif: string): number => Math.max(filterAt(ready, "all"), filterAt(ready, iif));

/** With the one of them that counts. */
function printFilter(ready: Ready, iif: string): string {
  const filter = filterOf(ready, iif);
  return `rp_filter of ${filter > filterAt(ready, iif) ? "all" : iif} is ${filter} (${modes[filter] ?? "unknown"})`;
}

function decider(path: readonly Visit[]): string {
  const last = path.at(-1);
  return last === undefined ? "" : `, by ${describeRule(last.rule.rule)}`;
}
