/** Numbers as numbers: the fields of priorities and metrics take no text. */
export const numeric = (text: string): unknown => (/^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : text);

/** A prefix in any of the forms that `ip` takes: `10/8`, `10.1.0.0/255.255.0.0`; undefined for every address. */
export function prefix(text: string): string | undefined {
  if (/^(all|any|default)$/.test(text)) return undefined;
  const [, address = text, mask] = /^([^/]*)\/(.*)$/.exec(text) ?? [];
  const parts = address.split(".");
  const isShort = /^[0-9]+(\.[0-9]+){0,2}$/.test(address) && !address.includes(":");
  const whole = isShort ? [...parts, ...Array.from({ length: 4 - parts.length }, () => "0")].join(".") : address;
  const bits = mask === undefined ? undefined : maskLength(mask);
  return bits === undefined ? (mask === undefined ? whole : text) : `${whole}/${bits}`;
}

export function maskLength(mask: string): number | undefined {
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask);
  if (!/^([0-9]{1,3}\.){3}[0-9]{1,3}$/.test(mask)) return undefined;
  const bits = mask
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
  const [, ones] = /^(1*)0*$/.exec(bits) ?? [];
  return ones?.length;
}

/** The destination of a route, in any of these forms. */
export const network = (text: string): string => prefix(text) ?? "default";

/** Of these types `ip`, networkd and netplan put a route into table local where none is said. */
export const ofTableLocal: readonly unknown[] = ["local", "broadcast", "anycast", "nat"];

/** Where a route goes that says no table, or this one. */
export const isMainTable = (table: unknown): boolean => table === undefined || table === "main" || table === 254;
