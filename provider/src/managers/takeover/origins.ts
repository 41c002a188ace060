import { ownEntry } from "../../declaration/ownEntry";

/** The names that iproute2 gives to `proto` numbers, as its files rt_protos have them. */
const names: Readonly<Record<string, number>> = {
  unspec: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  gated: 8,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  keepalived: 18,
  babel: 42,
  openr: 99,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
};

export const originNumber = (text: string): number | undefined => (/^[0-9]+$/.test(text) ? Number(text) : ownEntry(names, text));

/** As `ip` shows it. */
export const originName = (proto: number): string => Object.entries(names).find(([, number]) => number === proto)?.[0] ?? String(proto);
