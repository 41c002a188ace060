/** As `ip` prints marks, labels and types of service. */
export const hex = (value: number): string => `0x${value.toString(16)}`;

/** The kernel refuses a value with bits that its mask does not cover (marks excepted). */
export const within = (value: number, mask: number): boolean => mask > 0 && (value & ~mask) === 0;

/** Masks of ports and DSCP came together. */
export const maskSince = { iproute2: "6.15", kernel: "6.15" };
