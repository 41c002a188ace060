/**
 * Who has which address. Uplinks: 198.18.64.0/18, 198.18.128.0/18, 198.18.192.0/18, the same in every lab, since each
 * lab has providers of its own. Management: one /22 of 198.19.0.0/16 for each lab, since all of them meet in the
 * controller's namespace. IPv6: the documentation prefix.
 */

export const MAX_SLOTS = 64;
export const MAX_HOSTS = 1000;

export interface Uplink {
  device: string;
  address: string;
  gateway: string;
  prefix: string;
  address6: string;
  gateway6: string;
  prefix6: string;
}

/** The address beyond all providers. */
export const INTERNET = { address: "192.0.2.1", address6: "2001:db8:ffff::1" };

const v4 = (network: string, third: number, k: number): string => `${network}.${third + (k >> 8)}.${k & 255}`;

/** The uplink number `index` (from 0) of host number `n` (from 1). */
export function uplink(index: number, n: number): Uplink {
  const third = 64 * (index + 1);
  const network6 = `2001:db8:${index + 1}::`;
  return {
    device: `eth${index}`,
    address: v4("198.18", third, n + 1),
    gateway: v4("198.18", third, 1),
    prefix: `198.18.${third}.0/18`,
    address6: network6 + (n + 1).toString(16),
    gateway6: `${network6}1`,
    prefix6: `${network6}/64`,
  };
}

/** The management network of the lab in `slot`: `n` is a host's number, 0 is the controller. */
export function management(slot: number, n: number): { address: string; address6: string } {
  return {
    address: v4("198.19", slot * 4, n + 1),
    address6: `2001:db8:${(0x1000 + slot).toString(16)}::${(n + 1).toString(16)}`,
  };
}

/** The link between a provider and the internet. */
export function transit(index: number): { provider: string; internet: string; provider6: string; internet6: string } {
  return {
    provider: `203.0.113.${4 * index + 1}`,
    internet: `203.0.113.${4 * index + 2}`,
    provider6: `2001:db8:fffe:${index}::1`,
    internet6: `2001:db8:fffe:${index}::2`,
  };
}

/** A host keeps its MAC addresses over a reboot, as hardware does: neighbours' caches stay right. */
export function mac(slot: number, n: number, port: number): string {
  const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
  return ["02", "6c", hex(slot), hex(n >> 8), hex(n & 255), hex(port)].join(":");
}
