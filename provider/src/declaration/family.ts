/** `inet` is IPv4, `inet6` is IPv6: the words of `ip -family`. */
export type Family = "inet" | "inet6";
/** For people. */
export const familyNames: Readonly<Record<Family, string>> = { inet: "IPv4", inet6: "IPv6" };
export const families: readonly Family[] = ["inet", "inet6"];
