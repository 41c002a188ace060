import { isIP, SocketAddress } from "node:net";
import { Address4, Address6 } from "ip-address";
import type { Family } from "./family";
import { z } from "./zod";

/** `default` in a route's destination and `all` in a rule: every address of the family. */
const everything: Readonly<Record<Family, string>> = { inet: "0.0.0.0/0", inet6: "::/0" };
const width: Readonly<Record<Family, number>> = { inet: 32, inet6: 128 };

/** The family of a canonical address or prefix. */
export function familyOf(address: string): Family {
  return address.includes(":") ? "inet6" : "inet";
}

/** The form `ip` prints; undefined when it is not an address. Octal octets, zones and short forms are no addresses. */
export function canonicalAddress(text: string): string | undefined {
  if (text.includes("%")) return undefined;
  const version = isIP(text);
  if (version === 4) return text;
  if (version === 6) return new SocketAddress({ address: text, family: "ipv6" }).address;
  return undefined;
}

export interface Prefix {
  readonly family: Family;
  readonly address: string;
  readonly length: number;
}

export function parsePrefix(text: string): Prefix | undefined {
  const [address, length, ...rest] = text.split("/");
  if (address === undefined || rest.length > 0) return undefined;
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return undefined;
  const family = familyOf(canonical);
  if (length === undefined) return { family, address: canonical, length: width[family] };
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > width[family]) return undefined;
  return { family, address: canonical, length: Number(length) };
}

/** The address with the bits beyond the prefix cleared. */
export function networkOf({ family, address, length }: Prefix): string {
  if (length === width[family]) return address;
  if (length === 0) return family === "inet" ? "0.0.0.0" : "::";
  const network =
    family === "inet"
      ? new Address4(`${address}/${length}`).startAddress().correctForm()
      : new Address6(`${address}/${length}`).startAddress().correctForm();
  return canonicalAddress(network) ?? network;
}

/** As `ip` prints it: no length for a single address. */
export function printPrefix({ family, address, length }: Prefix): string {
  return length === width[family] ? address : `${address}/${length}`;
}

/** True when `prefix` holds `address`; both canonical, an address being a prefix of one. */
export function contains(prefix: string, address: string): boolean {
  const outer = parsePrefix(prefix);
  const inner = parsePrefix(address);
  if (outer === undefined || inner === undefined || outer.family !== inner.family || inner.length < outer.length) return false;
  return networkOf({ ...inner, length: outer.length }) === networkOf(outer);
}

export const isEverything = (prefix: string): boolean => prefix === everything.inet || prefix === everything.inet6;
export const everythingOf = (family: Family): string => everything[family];

const notAnAddress = "expected an IPv4 or IPv6 address, such as 203.0.113.1 or 2001:db8::1";
const notAPrefix = "expected an IPv4 or IPv6 address or prefix, such as 203.0.113.1, 203.0.113.0/24 or 2001:db8::/32";

/** A single address. */
export const addressSchema = z.string(notAnAddress).transform((text, context) => {
  const address = canonicalAddress(text);
  if (address !== undefined) return address;
  context.addIssue(notAnAddress);
  return z.NEVER;
});

/** The address of a next hop. The one that stands for none would be taken for a route on the link. */
export const gatewaySchema = addressSchema.refine(
  (address) => address !== "0.0.0.0" && address !== "::",
  "expected the gateway's own address: leave it out for what is on the link of the device",
);

/** A prefix whose host bits, if any, are cleared: the kernel ignores them in rules. */
export const maskedPrefixSchema = z.string(notAPrefix).transform((text, context) => {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return printPrefix({ ...prefix, address: networkOf(prefix) });
  context.addIssue(notAPrefix);
  return z.NEVER;
});

/** A prefix without host bits: the kernel refuses them in routes, and they are most often a mistake. */
export const networkPrefixSchema = z.string(notAPrefix).transform((text, context) => {
  const prefix = parsePrefix(text);
  if (prefix === undefined) {
    context.addIssue(notAPrefix);
    return z.NEVER;
  }
  if (networkOf(prefix) !== prefix.address) {
    context.addIssue(`has address bits set beyond its prefix length: write ${printPrefix({ ...prefix, address: networkOf(prefix) })}`);
    return z.NEVER;
  }
  return printPrefix(prefix);
});
