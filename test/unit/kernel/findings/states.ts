// Hosts as they are met, and what `check` should say of each: the mistakes that people make, and set-ups in which nothing is wrong.

export interface JudgedState {
  readonly name: string;
  /** A public report of it, or `ours`. */
  readonly from: string;
  readonly state: string;
  /** What has to be said, and at which level; nothing else may be a risk. */
  readonly said: readonly RegExp[];
}

const two = `
  dev eth0
  dev eth1
  addr 198.51.100.10/24 dev eth0
  addr 203.0.113.10/24 dev eth1
  route default via 198.51.100.1 dev eth0`;
const second = `
  route default via 203.0.113.1 dev eth1 table 102
  route 203.0.113.0/24 dev eth1 table 102`;
const strict = "sysctl net.ipv4.conf.all.rp_filter 1";
const noForwarding = `
  sysctl net.ipv4.conf.eth0.forwarding 0
  sysctl net.ipv4.conf.eth1.forwarding 0`;

/** Set-ups with a mistake in them. */
const mistakes: readonly JudgedState[] = [
  {
    name: "second uplink, no policy",
    from: "metal-cloud#7",
    state: `${two}\n${noForwarding}`,
    said: [/^note: 203\.0\.113\.10 on eth1: replies leave by eth0, to hosts beyond its network/],
  },
  {
    name: "second uplink, no policy, strict filter",
    from: "docs.hetzner.com",
    state: `${two}\n${noForwarding}\n${strict}`,
    said: [/^risk: 203\.0\.113\.10 on eth1: packets that come in by eth1 are dropped: rp_filter of all is 1 \(strict\)/],
  },
  {
    name: "second uplink, no policy, loose filter and no way back",
    from: "ours",
    state: `
      dev eth1
      addr 203.0.113.10/24 dev eth1
      ${noForwarding}
      sysctl net.ipv4.conf.all.rp_filter 2`,
    said: [/^risk: 203\.0\.113\.10 on eth1: packets that come in by eth1 are dropped: rp_filter of all is 2 \(loose\)/],
  },
  {
    name: "tunnel with a public address of a VPS, strict filter",
    from: "wg_gaming_installer#55",
    state: `
      dev eth0
      dev wg0 wireguard
      addr 192.168.1.10/24 dev eth0
      addr 203.0.113.10/24 dev wg0
      route default via 192.168.1.1 dev eth0
      sysctl net.ipv4.conf.wg0.rp_filter 1
      sysctl net.ipv4.conf.wg0.forwarding 0`,
    said: [/^risk: 203\.0\.113\.10 on wg0: packets that come in by wg0 are dropped: rp_filter of wg0 is 1/],
  },
  {
    name: "the same without the filter: replies leave by the other",
    from: "Start9#3234",
    state: `
      dev eth0
      dev wg0 wireguard
      addr 192.168.1.10/24 dev eth0
      addr 203.0.113.10/24 dev wg0
      route default via 192.168.1.1 dev eth0
      sysctl net.ipv4.conf.wg0.forwarding 0`,
    said: [/^note: 203\.0\.113\.10 on wg0: replies leave by eth0/],
  },
  {
    name: "a table, and no rule that leads there",
    from: "one-apps#74",
    state: `${two}\n${second.replaceAll("table 102", "table 102 proto 214")}`,
    said: [/^risk: table 102: has routes, and no IPv4 rule leads there/, /^risk: 203\.0\.113\.10 on eth1: replies leave by eth0/],
  },
  {
    name: "to written for from",
    from: "ours",
    state: `${two}\n${second}\nrule pref 1000 to 203.0.113.10 table 102 proto 214`,
    said: [
      /^risk: 203\.0\.113\.10 on eth1: replies leave by eth0.* next: write from 203\.0\.113\.10 instead of to in ip -4 rule pref 1000/,
      /^risk: .*pref 1000.*never reached/,
    ],
  },
  {
    name: "iif written for from",
    from: "ours",
    state: `${two}\n${second}\nrule pref 1000 iif eth1 table 102 proto 214`,
    said: [/^risk: 203\.0\.113\.10 on eth1: replies leave by eth0.* next: write from 203\.0\.113\.10 instead of iif/],
  },
  {
    name: "oif written for from",
    from: "ours",
    state: `${two}\n${second}\nrule pref 1000 oif eth1 table 102 proto 214`,
    said: [/^risk: 203\.0\.113\.10 on eth1: replies leave by eth0.* next: write from 203\.0\.113\.10 instead of oif/],
  },
  {
    name: "the table goes by the other device",
    from: "ours",
    state: `${two}
      route default via 203.0.113.1 dev eth1 metric 100
      route default via 198.51.100.1 dev eth0 table 102
      route 198.51.100.0/24 dev eth0 table 102
      rule pref 1000 from 203.0.113.10 table 102 proto 214`,
    said: [/^risk: 203\.0\.113\.10 on eth1: replies leave by eth0, by ip -4 rule pref 1000/],
  },
  {
    name: "a rule whose table is empty",
    from: "ours",
    state: `${two}\nroute default via 203.0.113.1 dev eth1 metric 100\nrule pref 1000 from 203.0.113.10 table 102 proto 214`,
    said: [/^risk: .*pref 1000.*: does nothing: table 102 has no routes/, /^risk: 203\.0\.113\.10 on eth1: replies leave by eth0/],
  },
  {
    name: "an address that DHCP gave once",
    from: "systemd#33540",
    state: `${two}\n${second}
      rule pref 1000 from 203.0.113.10 table 102 proto 214
      rule pref 1001 from 203.0.113.77 table 102 proto 214`,
    said: [/^risk: .*pref 1001.*: is from 203\.0\.113\.77, which the host does not have/],
  },
  {
    name: "only one of an uplink's two addresses",
    from: "techresolve.blog 2025-12",
    state: `${two}\n${second}\naddr 203.0.113.11/24 dev eth1\nrule pref 1000 from 203.0.113.10 table 102 proto 214`,
    said: [/^risk: 203\.0\.113\.11 on eth1: replies leave by eth0/],
  },
  {
    name: "a container network by the second uplink, its own hosts lost",
    from: "moby#13762",
    state: `${two}\n${second}
      dev docker1 bridge
      addr 172.19.0.1/16 dev docker1
      rule pref 1000 from 203.0.113.10 table 102 proto 214
      rule pref 1001 from 172.19.0.0/16 table 102 proto 214`,
    said: [/^risk: table 102: has a gateway by eth1, but not the network of 172\.19\.0\.1\/16 on docker1/],
  },
  {
    name: "two default routes of one metric",
    from: "metal-cloud#7",
    state: `${two}\n${second}
      route default via 203.0.113.1 dev eth1
      rule pref 1000 from 203.0.113.10 table 102 proto 214
      rule pref 1001 from 198.51.100.10 table 101 proto 214
      route default via 198.51.100.1 dev eth0 table 101
      route 198.51.100.0/24 dev eth0 table 101`,
    said: [/^risk: ip -4 route default via 203\.0\.113\.1 .*: has the metric of ip -4 route default via 198\.51\.100\.1/],
  },
  {
    name: "flows shared by two uplinks, and no rule for replies",
    from: "systemd#12541",
    state: `
      dev eth0
      dev eth1
      addr 198.51.100.10/24 dev eth0
      addr 203.0.113.10/24 dev eth1
      route default nexthop via 198.51.100.1 dev eth0 weight 1 nexthop via 203.0.113.1 dev eth1 weight 1
      sysctl net.ipv4.conf.all.rp_filter 0
      kernel 6.1`,
    said: [/^risk: 198\.51\.100\.10 on eth0: replies also leave by eth1/, /^risk: 203\.0\.113\.10 on eth1: replies also leave by eth0/],
  },
  {
    name: "a rule before a moved local table",
    from: "cilium#15808",
    state: `${two}\n${second}\nlocal-at 100\nrule pref 50 from 198.51.100.10 table 103 proto 214
      rule pref 60 to 203.0.113.0/24 table 102
      route default via 198.51.100.1 dev eth0 table 103
      route 198.51.100.0/24 dev eth0 table 103
      rule pref 1000 from 203.0.113.10 table 102 proto 214`,
    said: [/^risk: 203\.0\.113\.10 on eth1: packets to it do not reach the host: ip -4 rule pref 60 .* decides before the local table/],
  },
  {
    name: "a proxy's clients, dropped by src_valid_mark",
    from: "OpenWrt-nikki#904",
    state: `
      dev eth0
      dev lan0
      addr 198.51.100.10/24 dev eth0
      addr 192.168.8.1/24 dev lan0
      route default via 198.51.100.1 dev eth0
      route local default dev lo table 100
      rule pref 1000 fwmark 0x1/0x1 table 100
      sysctl net.ipv4.conf.lan0.forwarding 1
      sysctl net.ipv4.conf.eth0.forwarding 1
      sysctl net.ipv4.conf.all.src_valid_mark 1`,
    said: [/^risk: ip -4 rule pref 1000 .*: packets with its mark that come in by lan0 are dropped/, /^risk: .*by eth0 are dropped/],
  },
  {
    name: "an exit node takes the server's replies",
    from: "tailscale#10940",
    state: `
      dev eth0
      dev tailscale0 tun
      addr 198.51.100.10/24 dev eth0
      addr 100.101.1.2/32 dev tailscale0
      route default via 198.51.100.1 dev eth0
      route default dev tailscale0 table 52
      route throw 127.0.0.0/8 table 52
      rule pref 5210 fwmark 0x80000/0xff0000 table main
      rule pref 5230 fwmark 0x80000/0xff0000 table default
      rule pref 5250 fwmark 0x80000/0xff0000 unreachable
      rule pref 5270 table 52`,
    said: [/^risk: 198\.51\.100\.10 on eth0: replies leave by tailscale0, by ip -4 rule pref 5270/],
  },
  {
    name: "ours behind a rule for all that is not marked",
    from: "mullvad-tailscale#13",
    state: `${two}\n${second}
      dev wg0-mullvad wireguard
      addr 10.64.0.2/32 dev wg0-mullvad
      route default dev wg0-mullvad table 1836018789
      rule pref 5209 not fwmark 0x6d6f6c65/0xffffffff table 1836018789
      rule pref 15102 from 203.0.113.10 table 102 proto 214`,
    said: [
      /^risk: .*pref 15102.*: is never reached: .*pref 5209 .* decides about all its unmarked packets before/,
      /^risk: 203\.0\.113\.10 on eth1: replies leave by wg0-mullvad/,
      /^risk: 198\.51\.100\.10 on eth0: replies leave by wg0-mullvad/,
      /^note: .*pref 5209.* is foreign and comes before ours/,
    ],
  },
  {
    name: "foreign rules that decide before ours",
    from: "amazon-ec2-net-utils",
    state: `${two}\n${second}
      rule pref 10002 from 203.0.113.10 table 10002
      route default via 203.0.113.1 dev eth1 table 10002
      route 203.0.113.0/24 dev eth1 table 10002
      rule pref 15102 from 203.0.113.10 table 102 proto 214`,
    said: [/^risk: .*pref 15102.*: is never reached: .*pref 10002/, /^note: .*pref 10002.*likely of amazon-ec2-net-utils/],
  },
  {
    name: "replies into a black hole",
    from: "ours",
    state: `${two}\nroute default via 203.0.113.1 dev eth1 metric 100\nroute unreachable default table 102\nrule pref 1000 from 203.0.113.10 table 102 proto 214`,
    said: [/^risk: 203\.0\.113\.10 on eth1: replies from it go nowhere: unreachable/],
  },
  {
    name: "IPv6: a second router, and no rule for its prefix",
    from: "freifunk-gluon#2180",
    state: `
      dev eth0
      dev eth1
      addr 2001:db8:1::10/64 dev eth0
      addr 2001:db8:2::10/64 dev eth1
      route -6 default via fe80::1 dev eth0 metric 100
      route -6 default via fe80::1 dev eth1 metric 200
      sysctl net.ipv6.conf.all.forwarding 0`,
    said: [/^risk: 2001:db8:2::10 on eth1: replies leave by eth0/],
  },
  {
    name: "a route that follows the gateway of a device, and nobody makes a default route by it",
    from: "ours",
    state: `
      dev eth0
      dev eth1
      addr 198.51.100.10/24 dev eth0
      addr 203.0.113.10/24 dev eth1 dynamic
      route default via 198.51.100.1 dev eth0
      rule pref 900 lookup main suppress_prefixlength 0 proto 214
      rule pref 1000 from 203.0.113.10 lookup 102 proto 214
      follows eth1 rule inet 1000
      follows eth1 route inet table 102 default`,
    said: [
      /^risk: route inet table 102 default: waits for a gateway: eth1 has 203\.0\.113\.10, and nobody makes a default route by it next: let the client/,
      /^risk: .* table 102 has no routes/,
    ],
  },
  {
    name: "an address and a gateway of a lease, written down",
    from: "systemd#33540",
    state: `
      dev eth0
      dev eth1
      addr 198.51.100.10/24 dev eth0
      addr 203.0.113.10/24 dev eth1 dynamic
      addr 2001:db8:2::10/64 dev eth1 dynamic
      route default via 198.51.100.1 dev eth0
      route default via 203.0.113.1 dev eth1 metric 700 proto 16
      rule pref 900 lookup main suppress_prefixlength 0 proto 214
      rule -6 pref 900 lookup main suppress_prefixlength 0 proto 214
      rule pref 1000 from 203.0.113.10 lookup 102 proto 214
      rule -6 pref 1000 from 2001:db8:2::/64 lookup 102 proto 214
      route default via 203.0.113.1 dev eth1 table 102 proto 214
      route -6 default via fe80::1 dev eth1 table 102 proto 214`,
    said: [
      /^note: ip -4 rule pref 1000 .*: is from an address that eth1 has by a lease: .* say from: \{ addressesOf: "eth1" \}/,
      /^note: ip -6 rule pref 1000 .*: is from a prefix that was announced on eth1: /,
      /^note: ip -4 route default via 203\.0\.113\.1 dev eth1 table 102: is by a gateway that eth1 has by a lease or an advertisement: .* say via: \{ gatewayOf: "eth1" \}/,
    ],
  },
  {
    name: "two devices that are followed, in one subnet",
    from: "ours",
    state: `
      dev eth0
      dev eth1
      dev eth2
      addr 198.51.100.10/24 dev eth0
      addr 203.0.113.10/24 dev eth1 dynamic
      addr 203.0.113.11/24 dev eth2 dynamic
      route default via 198.51.100.1 dev eth0
      route default via 203.0.113.1 dev eth1 metric 700 proto 16
      route default via 203.0.113.1 dev eth2 metric 701 proto 16
      rule pref 900 lookup main suppress_prefixlength 0 proto 214
      rule pref 1000 from 203.0.113.10 lookup 102 proto 214
      rule pref 1001 from 203.0.113.11 lookup 103 proto 214
      route default via 203.0.113.1 dev eth1 onlink table 102 proto 214
      route default via 203.0.113.1 dev eth2 onlink table 103 proto 214
      follows eth1 rule inet 1000
      follows eth2 rule inet 1001
      follows eth1 route inet table 102 default
      follows eth2 route inet table 103 default`,
    said: [/^note: eth1 and eth2: both are followed, and both have IPv4 addresses in 203\.0\.113\.0\/24: neighbours may find/],
  },
];

/** Set-ups in which nothing is wrong. */
const sound: readonly JudgedState[] = [
  {
    name: "one uplink",
    from: "ours",
    state: `
      dev eth0
      addr 198.51.100.10/24 dev eth0
      route default via 198.51.100.1 dev eth0
      ${strict}`,
    said: [],
  },
  {
    name: "two uplinks by the how-to",
    from: "ours",
    state: `${two}\n${second}\nrule pref 1000 from 203.0.113.10 table 102 proto 214\n${strict}`,
    said: [],
  },
  {
    name: "two uplinks by the how-to, with its to rules",
    from: "ours",
    state: `${two}\n${second}\nrule pref 1000 from 203.0.113.10 table 102 proto 214\nrule pref 1001 to 203.0.113.10 table 102 proto 214`,
    said: [],
  },
  {
    name: "an uplink that is followed",
    from: "ours",
    state: `
      dev eth0
      dev eth1
      addr 198.51.100.10/24 dev eth0
      addr 203.0.113.10/24 dev eth1 dynamic
      route default via 198.51.100.1 dev eth0
      route default via 203.0.113.1 dev eth1 metric 700 proto 16
      rule pref 900 lookup main suppress_prefixlength 0 proto 214
      rule pref 1000 from 203.0.113.10 lookup 102 proto 214
      route default via 203.0.113.1 dev eth1 onlink table 102 proto 214
      follows eth1 rule inet 1000
      follows eth1 route inet table 102 default`,
    said: [],
  },
  {
    name: "MultihomedHost",
    from: "ours",
    state: `${two}
      route default via 203.0.113.1 dev eth1 table 102 proto 214
      route default via 198.51.100.1 dev eth0 table 101 proto 214
      rule pref 10000 table main suppress_prefixlength 0 proto 214
      rule pref 15101 from 198.51.100.10 table 101 proto 214
      rule pref 15102 from 203.0.113.10 table 102 proto 214`,
    said: [],
  },
  {
    name: "MultihomedHost without IPv6, on a host that has it",
    from: "ours",
    state: `${two}
      addr 2001:db8:1::10/64 dev eth0
      route -6 default via fe80::1 dev eth0
      route default via 203.0.113.1 dev eth1 table 102 proto 214
      rule pref 10000 table main suppress_prefixlength 0 proto 214
      rule pref 15102 from 203.0.113.10 table 102 proto 214`,
    said: [],
  },
  {
    name: "Tailscale, no exit node",
    from: "tailscale",
    state: `
      dev eth0
      dev tailscale0 tun
      addr 198.51.100.10/24 dev eth0
      addr 100.101.1.2/32 dev tailscale0
      route default via 198.51.100.1 dev eth0
      route 100.64.7.7 dev tailscale0 table 52
      rule pref 5210 fwmark 0x80000/0xff0000 table main
      rule pref 5230 fwmark 0x80000/0xff0000 table default
      rule pref 5250 fwmark 0x80000/0xff0000 unreachable
      rule pref 5270 table 52`,
    said: [],
  },
  {
    name: "AWS VPC CNI, pods on two devices",
    from: "amazon-vpc-cni-k8s#1070",
    state: `
      dev eth0
      dev eth1
      dev eni7 veth
      dev eni8 veth
      addr 10.64.0.10/19 dev eth0
      addr 10.64.1.10/19 dev eth1
      route default via 10.64.0.1 dev eth0
      route default via 10.64.0.1 dev eth1 table 2
      route 10.64.1.20 dev eni7
      route 10.64.1.21 dev eni8
      rule pref 512 to 10.64.1.20 table main
      rule pref 512 to 10.64.1.21 table main
      rule pref 1024 fwmark 0x80/0x80 table main
      rule pref 1536 from 10.64.1.20 table 2
      rule pref 1536 from 10.64.1.21 table 2
      rule pref 1500 from 10.64.1.10 table 2
      sysctl net.ipv4.conf.eth0.rp_filter 2`,
    said: [/^note: table 2: has a gateway by eth1, but not the network/],
  },
  {
    name: "mwan3, with its own nets",
    from: "openwrt/packages",
    state: `
      dev wan
      dev wanb
      dev br-lan bridge
      addr 198.51.100.10/24 dev wan
      addr 203.0.113.10/24 dev wanb
      addr 192.168.1.1/24 dev br-lan
      route default via 198.51.100.1 dev wan metric 10
      route default via 203.0.113.1 dev wanb metric 20
      route default via 198.51.100.1 dev wan table 1
      route default via 203.0.113.1 dev wanb table 2
      rule pref 1001 iif wan table 1
      rule pref 1002 iif wanb table 2
      rule pref 1500 from 203.0.113.10 table 2
      rule pref 2001 fwmark 0x100/0x3f00 table 1
      rule pref 2002 fwmark 0x200/0x3f00 table 2
      rule pref 3001 fwmark 0x100/0x3f00 unreachable
      rule pref 3002 fwmark 0x200/0x3f00 unreachable
      sysctl net.ipv4.conf.wan.forwarding 1
      sysctl net.ipv4.conf.wanb.forwarding 1
      sysctl net.ipv4.conf.br-lan.forwarding 1`,
    said: [/^note: table 1: has a gateway by wan/, /^note: table 2: has a gateway by wanb/],
  },
  {
    name: "keepalived, BACKUP",
    from: "seesaw#50",
    state: `
      dev eth0
      dev eth1
      addr 198.51.100.10/24 dev eth0
      addr 10.1.0.2/24 dev eth1
      route default via 198.51.100.1 dev eth0
      route default via 198.51.100.1 dev eth0 table 110 proto 18
      route 198.51.100.0/24 dev eth0 table 110 proto 18
      rule pref 100 from 198.51.100.77 table 110 proto 18
      sysctl net.ipv4.conf.eth1.forwarding 0`,
    said: [/^note: 10\.1\.0\.2 on eth1: replies leave by eth0, to hosts beyond its network/],
  },
  {
    name: "wg-quick, everything by the tunnel, behind a router that translates",
    from: "lastpixel.tv",
    state: `
      dev eth0
      dev wg0 wireguard
      addr 192.168.1.10/24 dev eth0
      addr 10.8.0.2/32 dev wg0
      route default via 192.168.1.1 dev eth0
      route default dev wg0 table 51820
      rule pref 32764 not fwmark 0xca6c/0xffffffff table 51820
      rule pref 32763 table main suppress_prefixlength 0`,
    said: [/^note: 192\.168\.1\.10 on eth0: replies leave by wg0/],
  },
  {
    name: "a VRF",
    from: "sonic-buildimage#6236",
    state: `
      dev eth0
      dev red vrf
      addr 198.51.100.10/24 dev eth0
      route default via 198.51.100.1 dev eth0
      route default via 198.51.100.1 dev eth0 table 1001
      rule pref 1000 l3mdev`,
    said: [],
  },
  {
    name: "Docker and libvirt beside one uplink",
    from: "moby",
    state: `
      dev eth0
      dev docker0 bridge
      dev virbr0 bridge
      addr 198.51.100.10/24 dev eth0
      addr 172.17.0.1/16 dev docker0
      addr 192.168.122.1/24 dev virbr0
      route default via 198.51.100.1 dev eth0
      sysctl net.ipv4.conf.docker0.forwarding 1
      sysctl net.ipv4.conf.virbr0.forwarding 1
      ${strict}`,
    said: [],
  },
  {
    name: "a router with a public LAN",
    from: "ours",
    state: `
      dev wan
      dev lan0
      addr 198.51.100.10/24 dev wan
      addr 203.0.113.1/24 dev lan0
      addr 2001:db8:1::10/64 dev wan
      addr 2001:db8:2::1/64 dev lan0
      route default via 198.51.100.1 dev wan
      route -6 default via fe80::1 dev wan
      sysctl net.ipv4.conf.wan.forwarding 1
      sysctl net.ipv4.conf.lan0.forwarding 1
      sysctl net.ipv6.conf.all.forwarding 1
      ${strict}`,
    said: [],
  },
  {
    name: "a management network of its own",
    from: "ours",
    state: `
      dev eth0
      dev mgmt
      addr 198.51.100.10/24 dev eth0
      addr 10.9.0.10/24 dev mgmt
      route default via 198.51.100.1 dev eth0
      ${strict}`,
    said: [],
  },
  {
    name: "a kill switch for one user's traffic",
    from: "DietPi#6073",
    state: `
      dev eth0
      dev wg0 wireguard
      addr 192.168.1.10/24 dev eth0
      addr 10.8.0.2/32 dev wg0
      route default via 192.168.1.1 dev eth0
      route default dev wg0 table 51820 proto 214
      route unreachable default table 51820 metric 4278198272 proto 214
      rule pref 901 uidrange 1002-1002 table 51820 proto 214`,
    said: [/^note: 10\.8\.0\.2 on wg0: replies leave by eth0/],
  },
  {
    name: "Hetzner: a /32 with a gateway outside",
    from: "docs.hetzner.com",
    state: `
      dev eth0
      addr 198.51.100.10/32 dev eth0
      route 172.31.1.1 dev eth0
      route default via 172.31.1.1 dev eth0 onlink`,
    said: [],
  },
  {
    name: "unicast to anycast addresses on lo",
    from: "ours",
    state: `
      dev eth0
      addr 198.51.100.10/24 dev eth0
      addr 203.0.113.53/32 dev lo
      route default via 198.51.100.1 dev eth0`,
    said: [],
  },
  {
    name: "Cilium, the local table moved and nothing before it",
    from: "cilium#8985",
    state: `
      dev eth0
      dev cilium_host veth
      addr 198.51.100.10/24 dev eth0
      addr 10.0.1.15/32 dev cilium_host
      route default via 198.51.100.1 dev eth0
      local-at 100
      route local default dev lo table 2004
      rule pref 9 fwmark 0x200/0xf00 table 2004`,
    said: [],
  },
  {
    name: "a down uplink",
    from: "ours",
    state: `
      dev eth0
      dev eth1 nic down
      addr 198.51.100.10/24 dev eth0
      addr 203.0.113.10/24 dev eth1
      route default via 198.51.100.1 dev eth0`,
    said: [],
  },
  {
    name: "IPv6 by router advertisements on two links, with rules",
    from: "freifunk-gluon#2183",
    state: `
      dev eth0
      dev eth1
      addr 2001:db8:1::10/64 dev eth0
      addr 2001:db8:2::10/64 dev eth1
      route -6 default via fe80::1 dev eth0 metric 1024 proto 9
      route -6 default via fe80::2 dev eth1 metric 1024 proto 9
      route -6 default via fe80::1 dev eth0 table 101
      route -6 2001:db8:1::/64 dev eth0 table 101
      route -6 default via fe80::2 dev eth1 table 102
      route -6 2001:db8:2::/64 dev eth1 table 102
      rule -6 pref 1000 from 2001:db8:1::10 table 101 proto 214
      rule -6 pref 1001 from 2001:db8:2::10 table 102 proto 214
      sysctl net.ipv6.conf.all.forwarding 0`,
    said: [],
  },
];

export const judged: readonly JudgedState[] = [...mistakes, ...sound];
