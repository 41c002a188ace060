import type { Profile } from "../profile";

const device = (name: string, address: string): string =>
  `ip link add ${name} type veth peer name ${name}-x && ip link set ${name} addrgenmode none up && ip link set ${name}-x addrgenmode none up && ip addr add ${address} dev ${name}`;
const local = ["rule add pref 100 table 255", "rule del pref 0"];

/** Rules and routes of others, as their programs make them. The kernel here has no tunnels: their devices are ends of veth pairs. */
export const foreign: readonly Profile[] = [
  {
    name: "Tailscale",
    why: "an exit node takes all that is not for the LAN, in a table before main",
    boot: device("tailscale0", "100.64.0.5/32"),
    foreign: [
      "rule add pref 5210 fwmark 0x80000/0xff0000 table main",
      "rule add pref 5230 fwmark 0x80000/0xff0000 table default",
      "rule add pref 5250 fwmark 0x80000/0xff0000 unreachable",
      "rule add pref 5270 table 52",
      "route add 100.100.100.100 dev tailscale0 table 52",
      "route add default dev tailscale0 table 52",
      "route add throw 198.18.0.0/15 table 52",
      "route add throw 127.0.0.0/8 table 52",
    ],
  },
  {
    name: "Cilium",
    why: "the local table at 100, a local default route for its proxy's mark",
    boot: device("cilium_host", "10.0.1.77/32"),
    foreign: [
      ...local,
      "rule add pref 9 fwmark 0x200/0xf00 table 2004",
      "rule add pref 10 fwmark 0xa00/0xf00 table 2005",
      "route add local default dev lo table 2004",
      "route add 10.0.1.77 dev cilium_host table 2005 scope link",
      "route add default via 10.0.1.78 dev cilium_host table 2005 onlink",
    ],
  },
  {
    name: "kube-router",
    why: "direct server return: a local default route in table 78, external addresses in 79",
    boot: device("kube-bridge", "10.244.0.1/24"),
    foreign: [
      "rule add pref 32763 from 10.244.0.0/24 table 77",
      "rule add pref 32764 table 79",
      "rule add pref 32765 fwmark 0x1ddc table 78",
      "route add 10.244.1.0/24 dev kube-bridge table 77 proto 17",
      "route add local default dev lo table 78",
      "route add 203.0.113.250 dev kube-bridge table 79",
    ],
  },
  {
    name: "mwan3",
    why: "a table and marks for each uplink, with a safety net of its own",
    foreign: [
      "rule add pref 1001 iif eth0 table 1",
      "rule add pref 1002 iif eth1 table 2",
      "rule add pref 2001 fwmark 0x100/0x3f00 table 1",
      "rule add pref 2002 fwmark 0x200/0x3f00 table 2",
      "rule add pref 2061 fwmark 0x3d00/0x3f00 blackhole",
      "rule add pref 2062 fwmark 0x3e00/0x3f00 unreachable",
      "rule add pref 3001 fwmark 0x100/0x3f00 unreachable",
      "rule add pref 3002 fwmark 0x200/0x3f00 unreachable",
      "route add default via 198.18.64.1 dev eth0 table 1",
      "route add default via 198.18.128.1 dev eth1 table 2",
    ],
    boot: `nft -f - <<'END'
table inet mwan3 {
  chain pre { type filter hook prerouting priority mangle; iifname "eth0" ct mark set 0x100; iifname "eth1" meta mark set 0x200; }
}
END`,
  },
  {
    name: "wg-quick",
    why: "a full tunnel: all that is not marked goes into a table of its own, main is asked without its default",
    boot: `${device("wg0", "10.66.0.2/32")}
echo 1 >/proc/sys/net/ipv4/conf/all/src_valid_mark
nft -f - <<'END'
table ip wg-quick-wg0 {
  chain preraw { type filter hook prerouting priority raw; iifname != "wg0" ip daddr 10.66.0.2 fib saddr type != local drop; }
  chain premangle { type filter hook prerouting priority mangle; meta l4proto udp meta mark set ct mark; }
  chain postmangle { type filter hook postrouting priority mangle; meta l4proto udp meta mark 0x0000ca6c ct mark set meta mark; }
}
END`,
    foreign: [
      "rule add pref 32764 table main suppress_prefixlength 0",
      "rule add pref 32765 not fwmark 0xca6c table 51820",
      "route add default dev wg0 table 51820",
    ],
  },
  {
    name: "VRF rules",
    why: "the rules that the kernel and SONiC make for VRFs, before the local table; no VRF device is there any more",
    foreign: ["rule add pref 1000 l3mdev", "rule add pref 2000 l3mdev unreachable", "rule add pref 32765 table 255", "rule del pref 0"],
  },
  {
    name: "TPROXY",
    why: "marked packets are taken for the host's own, whatever their address",
    foreign: ["rule add pref 100 fwmark 0x1 table 133", "route add local default dev lo table 133"],
    boot: `nft -f - <<'END'
table ip divert {
  chain pre { type filter hook prerouting priority mangle; iifname "eth1" meta l4proto tcp meta mark set 0x1 accept; }
}
END`,
  },
  {
    name: "AWS VPC CNI",
    why: "rules for each pod, and marks of the second network card on what comes in",
    boot: `${device("eni7", "10.64.1.1/32")}
nft -f - <<'END'
table ip aws {
  chain pre { type filter hook prerouting priority mangle; iifname "eth1" ct mark set 0x80; }
  chain forward { type filter hook forward priority mangle; iifname "eni7" meta mark set 0x80; }
}
END`,
    foreign: [
      ...Array.from({ length: 12 }, (_, pod) => [
        `rule add pref 512 to 10.64.1.${10 + pod} table main`,
        `rule add pref 1536 from 10.64.1.${10 + pod} table 2`,
        `route add 10.64.1.${10 + pod} dev eni7 scope link`,
      ]).flat(),
      "rule add pref 1024 fwmark 0x80/0x80 table main",
      "route add default via 198.18.128.1 dev eth1 table 2",
    ],
  },
  {
    name: "strict reverse path filter",
    why: "all.rp_filter is 1, as many distributions have it, and ARP is answered by the right device only",
    boot: "cd /proc/sys/net/ipv4/conf/all; echo 1 >rp_filter; echo 1 >arp_ignore; echo 2 >arp_announce",
  },
  {
    name: "BGP unnumbered",
    why: "IPv4 by IPv6 gateways, in main and in a table of its own",
    boot: `ip route add 203.0.113.0/27 via inet6 fe80::1 dev eth1 proto 186
      ip route add default via inet6 fe80::1 dev eth1 table 60 proto 186
      ip rule add pref 700 from 203.0.113.200 table 60`,
  },
];
