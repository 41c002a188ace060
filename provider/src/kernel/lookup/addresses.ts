import { bitsOf, holdsBits, prefixBitsOf } from "../../declaration/bits";

const multicast = prefixBitsOf("224.0.0.0/4");
const linkBound = ["fe80::/10", "ff00::/8", "::1"].map(prefixBitsOf);

/** IPv4 addresses that routing treats on their own. */
export const isMulticast = (address: string): boolean => holdsBits(multicast, bitsOf(address));
export const isBroadcastAll = (address: string): boolean => address === "255.255.255.255";
export const isLoopback = (address: string): boolean => address.startsWith("127.");
export const isNowhere = (address: string): boolean => address.startsWith("0.");
/** What no packet that comes in from outside may have as its source, whatever is set. */
export const strangeSource = (address: string): boolean => isMulticast(address) || isBroadcastAll(address) || isNowhere(address);

/** IPv6 destinations that have a meaning only on one device. */
export const isLinkBound = (address: string): boolean => linkBound.some((prefix) => holdsBits(prefix, bitsOf(address)));
