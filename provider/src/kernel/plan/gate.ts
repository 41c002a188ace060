import type { Attribute, AttributeTable, Context, Field, Since, SinceOf } from "../../declaration/attribute";
import type { Family } from "../../declaration/family";
import { PolicyRoutingError } from "../../errors";
import type { Step } from "./step";

/** An attribute that not every host has. */
export interface Need extends SinceOf {
  readonly attribute: string;
}

/** What the values of an object need of a host beyond what this package needs anyway. */
export function needsOf(table: AttributeTable, values: Context): Need[] {
  return Object.entries(table).flatMap(([attribute, { since, sinceOf }]) => {
    const value = values[attribute];
    if (value === undefined) return [];
    return [since, sinceOf?.(value)].flatMap((one) => (one === undefined ? [] : [{ attribute, ...one }]));
  });
}

/** True when a version is older than a first one; what is no version is not held to be old. */
export function isBefore(version: string, first: string): boolean {
  const [a, b] = [version, first].map((text) => /^([0-9]+)\.([0-9]+)/.exec(text)?.slice(1).map(Number));
  if (a === undefined || b === undefined) return false;
  const [major = 0, minor = 0] = a;
  const [firstMajor = 0, firstMinor = 0] = b;
  return major < firstMajor || (major === firstMajor && minor < firstMinor);
}

export const isUnmet = (need: Since, { iproute2, kernel }: Since): boolean =>
  isBefore(iproute2, need.iproute2) || isBefore(kernel, need.kernel);

/** Attributes that a host is too old for, whatever their values. */
export const lacking = (table: Readonly<Record<string, Field & Partial<Pick<Attribute, "since">>>>, host: Since): Need[] =>
  Object.entries(table).flatMap(([attribute, { since }]) => (since !== undefined && isUnmet(since, host) ? [{ attribute, ...since }] : []));

/** Refuses, before anything is changed, what the host cannot know. */
export function checkNeeds(needs: readonly Need[], host: Since): void {
  const { iproute2, kernel } = host;
  const unmet = needs.find((need) => isUnmet(need, host));
  if (unmet === undefined) return;
  throw new PolicyRoutingError("unsupported", {
    topic: "host-too-old",
    what: `${unmet.attribute}${unmet.value === undefined ? "" : ` with ${unmet.value}`} needs iproute2 ${unmet.iproute2} and Linux ${unmet.kernel}; it has ${iproute2} and ${kernel}`,
    next: `leave ${unmet.value ?? unmet.attribute} out for this host, or update the host`,
  });
}

/** Refuses, before anything is changed, what is of IPv6 on a host without it. */
export function checkFamily(wanted: readonly { readonly family?: Family | undefined; readonly label: string }[], ipv6: boolean): void {
  const one = ipv6 ? undefined : wanted.find(({ family }) => family === "inet6");
  if (one === undefined) return;
  throw new PolicyRoutingError("unsupported", {
    topic: "no-ipv6",
    what: `the kernel of the host was started or built without IPv6, which is asked for: ${one.label}`,
    next: "leave it out for this host, or start its kernel without ipv6.disable=1",
  });
}

/** What `ip` and the kernel say to something that they do not know or were built without. */
const unknownToIp = [
  /is a garbage/,
  /argument ".*" is wrong/,
  /(?:prefix|address) is expected rather than/,
  /Object ".*" is unknown/,
  /What is ".*"\?/,
];
const unknownToKernel = [/not supported/i, /unsupported/i, /unknown (?:attribute|device type|rule type)/i, /failed policy validation/i];

/**
 * Versions mislead where features are ported back or built out. Why a refusal means that the host lacks something; undefined when it means
 * something else.
 */
export function lackOf(refused: string, { iproute2, kernel }: Since): string | undefined {
  if (unknownToIp.some((pattern) => pattern.test(refused)))
    return `the host's iproute2 does not know something of it, whatever its version (${iproute2}) says`;
  if (unknownToKernel.some((pattern) => pattern.test(refused)))
    return `the host's kernel does not support something of it, whatever its version (${kernel}) says`;
  return undefined;
}

/** What helps, where the kernel's words do not say what is missing: an address, a way to the gateway, a device by the name that it goes by. */
export function remedyOf(refused: string, step: Step | undefined): string | undefined {
  const words = step?.on === "ip" ? step.words : [];
  const source = /Invalid (?:prefsrc|source) address/.test(refused) ? wordAfter(words, "src") : undefined;
  if (source !== undefined)
    return `${source} is no address of the host now (one that moves between hosts, a lease that changed): give it to a device first, or leave src out`;
  const gateway = /Nexthop has invalid gateway|No route to host/.test(refused) ? wordAfter(words, "via") : undefined;
  if (gateway !== undefined)
    return `${gateway} is in no network of ${wordAfter(words, "dev") ?? "a device"} that the host knows: check it, have the route to its network made first (dependsOn), or say onlink: true`;
  const [, device] = /Cannot find device "([^"@]+)@/.exec(refused) ?? [];
  return device === undefined ? undefined : `write ${device}: what ip shows behind the @ is no part of the device's name`;
}

/** Undefined where it is not said, or of several next hops. */
function wordAfter(words: readonly string[], name: string): string | undefined {
  const values = words.flatMap((word, index) => (word === name ? (words[index + 1] ?? []) : []));
  return values.length === 1 ? values[0] : undefined;
}
