import { ownEntry } from "../ownEntry";

/** The names of IANA's protocol numbers that people route by; the host may have no /etc/protocols, so numbers are sent. */
const protocols: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  "ipv6-icmp": 58,
  icmpv6: 58,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  udplite: 136,
};

export const protocolNames = Object.keys(protocols);

export const protocolNumber = (name: string): number | undefined => ownEntry(protocols, name);
