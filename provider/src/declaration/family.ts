/** `inet` is IPv4, `inet6` is IPv6: the words of `ip -family`. */
export type Family = "inet" | "inet6";
export const families: readonly Family[] = ["inet", "inet6"];
