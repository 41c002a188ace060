/** What is read of each format: the test holds it, and the guide shows it. */
export interface Form {
  /** Of the list in formats/index.ts. */
  readonly format: string;
  /** Files, by their names. */
  readonly files: Readonly<Record<string, string>>;
  /** What is declared, in the words of `ip`. */
  readonly taken?: readonly string[];
  /** What is said of lines that are left out. */
  readonly left?: readonly string[];
  /** What is said of lines that a person has to look at. */
  readonly named?: readonly string[];
}

const eth1 = "iface eth1 inet static\n";
const network = "[Match]\nName=eth1\n";
const keys = "[connection]\ntype=ethernet\ninterface-name=eth1\n[ipv4]\n";
const plan = (text: string): string => `network:\n  version: 2\n  ethernets:\n    eth1:\n${text}`;

export const forms: readonly Form[] = [
  {
    format: "ifupdown",
    files: { interfaces: `${eth1}  up ip route add default via 203.0.113.1 dev $IFACE table 100 || true` },
    taken: ["ip -4 route default via 203.0.113.1 dev eth1 table 100"],
  },
  {
    format: "ifupdown",
    files: { interfaces: `${eth1}  up ip route add anycast 198.51.100.0/24 dev eth1 table 100 window lock 9000` },
    taken: ["ip -4 route anycast 198.51.100.0/24 dev eth1 table 100 window lock 9000"],
  },
  {
    format: "ifupdown",
    files: { interfaces: `${eth1}  post-up ip ru a from 10/8 lookup isp pref 1000`, rt_tables: "102 isp\n" },
    taken: ["ip -4 rule pref 1000 from 10.0.0.0/8 table 102"],
  },
  {
    format: "ifupdown",
    files: { interfaces: `${eth1}  post-up ip -6 rule add fwmark 1/0xff table 100 prio 900` },
    taken: ["ip -6 rule pref 900 fwmark 0x1/0xff table 100"],
  },
  {
    format: "ifupdown",
    files: { interfaces: `${eth1}  post-up ip route add 10.1.2.3/255.255.0.0 dev eth1 table 100` },
    taken: ["ip -4 route 10.1.0.0/16 dev eth1 table 100"],
  },
  {
    format: "ifupdown",
    files: { interfaces: `${eth1}  pre-down ip rule del from 203.0.113.10 table 100` },
    left: ["link and address of eth1", "the way down"],
  },
  {
    format: "ifupdown",
    files: { interfaces: `${eth1}  gateway 203.0.113.1` },
    left: ["link and address of eth1", "default of table main by eth1: the manager makes it at every boot"],
  },
  {
    format: "ifupdown",
    files: { interfaces: `${eth1}  up ip route add default via $GW table 100` },
    named: ["ip route add default via $GW table 100: computed by the shell: adopt reads what stands on the host"],
  },
  { format: "rt_tables", files: { rt_tables: "255\tlocal\n102 isp\n" }, left: ["the kernel's own tables"] },
  {
    format: "netplan",
    files: { "60.yaml": plan("      routes: [{ to: default, via: 203.0.113.1, table: 100, on-link: true }]\n") },
    taken: ["ip -4 route default via 203.0.113.1 dev eth1 table 100 onlink"],
  },
  {
    format: "netplan",
    files: {
      "60.yaml": plan(
        "      routing-policy:\n        - from: 203.0.113.0/24\n          mark: 7\n          table: 100\n          priority: 1000\n",
      ),
    },
    taken: ["ip -4 rule pref 1000 from 203.0.113.0/24 fwmark 0x7/0xffffffff table 100"],
  },
  {
    format: "netplan",
    files: {
      "60.yaml": plan(
        "      routing-policy:\n        - { to: 198.51.100.0/24, table: 100 }\n        - { to: 192.0.2.0/24, table: 100, priority: 32765 }\n",
      ),
    },
    taken: ["ip -4 rule pref 32764 to 198.51.100.0/24 table 100", "ip -4 rule pref 32765 to 192.0.2.0/24 table 100"],
  },
  {
    format: "netplan",
    files: { "60.yaml": plan("      routes: [{ to: 0.0.0.0/0, via: 203.0.113.1 }]\n") },
    left: [
      "link and address of eth1",
      "what is no device",
      "default of table main: its manager makes it at every boot, before ours; take it with --main",
    ],
  },
  {
    format: "netplan",
    files: {
      "60.yaml":
        "network:\n  vrfs:\n    red: { table: &t 10, routes: &r [{ to: 198.51.100.0/24, via: 203.0.113.1 }] }\n    blue: { table: 11, routes: *r, routing-policy: [{ to: 192.0.2.0/24, table: *t }] }\n",
    },
    taken: [
      "ip -4 route 198.51.100.0/24 via 203.0.113.1 dev red table 10",
      "ip -4 route 198.51.100.0/24 via 203.0.113.1 dev blue table 11",
      "ip -4 rule pref 32765 to 192.0.2.0/24 table 10",
    ],
  },
  {
    format: "netplan",
    files: { "60.yaml": plan("      <<: { routes: [{ to: 198.51.100.0/24, scope: link }] }\n") },
    named: ["eth1: netplan merges no keys by <<: cloud-init does, before it writes them down"],
  },
  {
    format: "netplan",
    files: {
      "60.yaml":
        "network:\n  nm-devices:\n    a: { networkmanager: { passthrough: { ipv4.routing-rule1: priority 5 from 192.0.2.1 table 9 } } }\n",
    },
    named: ["ipv4.routing-rule1: netplan hands it to NetworkManager unread: give the keyfile that it makes too"],
  },
  {
    format: "systemd-networkd",
    files: { "1.network": `${network}[Route]\nDestination=198.51.100.9/24\nGateway=203.0.113.1\nTable=100\nMetric=5\n` },
    taken: ["ip -4 route 198.51.100.0/24 via 203.0.113.1 dev eth1 metric 5 table 100"],
  },
  {
    format: "systemd-networkd",
    files: { "1.network": `${network}[RoutingPolicyRule]\nFamily=both\nFirewallMark=0x5\nInvertRule=yes\nTable=100\nPriority=1000\n` },
    taken: ["ip -4 rule pref 1000 not fwmark 0x5/0xffffffff table 100", "ip -6 rule pref 1000 not fwmark 0x5/0xffffffff table 100"],
  },
  {
    format: "systemd-networkd",
    files: { "1.network": `${network}[RoutingPolicyRule]\nTo=198.51.100.0/24\nType=prohibit\n` },
    taken: ["ip -4 rule pref 32765 to 198.51.100.0/24 prohibit"],
  },
  {
    format: "systemd-networkd",
    files: {
      "1.network": `${network}[Route]\nDestination=198.51.100.0/24\nTable=100\nMultiPathRoute=203.0.113.1@eth1 3\nMultiPathRoute=192.0.2.1@eth2\n`,
    },
    taken: ["ip -4 route 198.51.100.0/24 table 100 nexthop via 203.0.113.1 dev eth1 weight 3 nexthop via 192.0.2.1 dev eth2"],
  },
  {
    format: "systemd-networkd",
    files: { "1.network": `${network}[Route]\nGateway=_dhcp4\nTable=100\n` },
    left: ["link and address", "its gateway comes by DHCP or router advertisements"],
  },
  {
    format: "systemd-networkd",
    files: { "1.network": `${network}[Route]\nTTLPropagate=yes\n` },
    named: ["[Route] TTLPropagate=yes: the key is not understood"],
  },
  {
    format: "NetworkManager",
    files: { "1.nmconnection": `${keys}route1=198.51.100.0/24,203.0.113.1\nroute1_options=table=100,mtu=1400,lock-mtu=true\n` },
    taken: ["ip -4 route 198.51.100.0/24 via 203.0.113.1 dev eth1 metric 100 table 100 mtu lock 1400"],
  },
  {
    format: "NetworkManager",
    files: {
      "1.nmconnection": `${keys}route1=198.51.100.0/24,0.0.0.0,7\nroute1_options=type=unreachable,table=100\nroute2=192.0.2.0/24,203.0.113.1,7\nroute2_options=initcwnd=10,lock-initcwnd=true,table=100\n`,
    },
    taken: [
      "ip -4 route unreachable 198.51.100.0/24 metric 7 table 100",
      "ip -4 route 192.0.2.0/24 via 203.0.113.1 dev eth1 metric 7 table 100 initcwnd lock 10",
    ],
  },
  {
    format: "NetworkManager",
    files: { "1.nmconnection": `${keys}routing-rule1=priority 1000 from 203.0.113.10 table 100\n` },
    taken: ["ip -4 rule pref 1000 from 203.0.113.10 table 100"],
  },
  {
    format: "NetworkManager",
    files: { "1.nmconnection": `${keys}address1=203.0.113.10/24,203.0.113.1\nroute-table=100\n` },
    taken: ["ip -4 route default via 203.0.113.1 dev eth1 metric 100 table 100"],
  },
  {
    format: "ifcfg",
    files: { "rule-eth1": "from 203.0.113.10 table 100\niif eth2 lookup 100\n" },
    taken: ["ip -4 rule pref 32765 from 203.0.113.10 table 100", "ip -4 rule pref 32764 iif eth2 table 100"],
  },
  { format: "ifcfg", files: { "rule6-eth1": "iif eth2 lookup 100 pref 7\n" }, taken: ["ip -6 rule pref 7 iif eth2 table 100"] },
  {
    format: "ifcfg",
    files: { "route-eth1": "table 100 blackhole default\n" },
    taken: ["ip -4 route blackhole default table 100"],
  },
  {
    format: "ifcfg",
    files: { "route-eth1": "ADDRESS0=198.51.100.0\nNETMASK0=255.255.255.0\nGATEWAY0=203.0.113.1\n" },
    taken: ["ip -4 route 198.51.100.0/24 via 203.0.113.1 dev eth1 table 254"],
  },
  { format: "ifcfg", files: { "ifcfg-eth1": "DEVICE=eth1\n" }, left: ["link and address of eth1"] },
  {
    format: "ip rule, ip route",
    files: { rules: "900:\tnot from all fwmark 0x5 lookup 100 proto static\n32766:\tfrom all lookup main\n" },
    taken: ["ip -4 rule pref 900 not fwmark 0x5/0xffffffff table 100"],
    left: ["the kernel: one of its own three rules"],
  },
  {
    format: "ip rule, ip route",
    files: {
      routes:
        "default table 100 proto static \n\tnexthop via 203.0.113.1 dev eth1 weight 3 \n\tnexthop via 192.0.2.1 dev eth2 weight 1 onlink \n",
    },
    taken: ["ip -4 route default table 100 nexthop via 203.0.113.1 dev eth1 weight 3 nexthop via 192.0.2.1 dev eth2 onlink"],
  },
  {
    format: "ip -j",
    files: { "rules.json": '[{"priority":900,"src":"203.0.113.10","table":"isp","protocol":"static"}]', rt_tables: "102 isp\n" },
    taken: ["ip -4 rule pref 900 from 203.0.113.10 table 102"],
  },
  {
    format: "ip -j",
    files: { "routes.json": '[{"type":"blackhole","dst":"198.51.100.0/24","table":"100","protocol":"boot","scope":"global","flags":[]}]' },
    taken: ["ip -4 route blackhole 198.51.100.0/24 table 100"],
  },
  {
    format: "scripts",
    files: { "rc.local": "#!/bin/sh -e\n/sbin/ip rule add pref 1000 \\\n  from 203.0.113.10 table 100\nexit 0\n" },
    taken: ["ip -4 rule pref 1000 from 203.0.113.10 table 100"],
    left: ["makes no rule and no route"],
  },
  {
    format: "scripts",
    files: { hook: '#!/bin/sh\nif [ "$2" = up ]; then\n  ip rule add from 203.0.113.10 table 100\nfi\n' },
    named: ["ip rule add from 203.0.113.10 table 100: inside if: adopt reads what stands on the host"],
  },
  {
    format: "scripts",
    files: { hook: "#!/bin/sh\nif [ -e /run/x ]; then ip rule add from 203.0.113.10 table 100; fi\n" },
    named: ["ip rule add from 203.0.113.10 table 100: inside if: adopt reads what stands on the host"],
  },
  {
    format: "scripts",
    files: { hook: '#!/bin/sh\n[ "$IFACE" = eth1 ] || exit 0\nip rule add from 203.0.113.10 table 100\n' },
    named: ["ip rule add from 203.0.113.10 table 100: behind exit: adopt reads what stands on the host"],
  },
  {
    format: "ifupdown",
    files: {
      interfaces:
        "iface eth1 inet manual\n  up [ -e /run/x ] && ip rule add pref 1000 from 203.0.113.10 table 100\n  up if [ -e /run/y ]; then ip rule add pref 1001 to 203.0.113.10 table 100; fi\n  up ip rule add pref 1002 iif eth1 table 100 || true\n",
    },
    taken: ["ip -4 rule pref 1002 iif eth1 table 100"],
    left: ["link and address of eth1"],
    named: [
      "ip rule add pref 1000 from 203.0.113.10 table 100: behind &&: adopt reads what stands on the host",
      "ip rule add pref 1001 to 203.0.113.10 table 100: inside if: adopt reads what stands on the host",
    ],
  },
  {
    format: "scripts",
    files: { hook: "#!/bin/sh\nip -4 -b /etc/rules.batch\nip rule restore </etc/rules.saved\n" },
    named: [
      "ip -4 -b /etc/rules.batch: it reads its commands from elsewhere: adopt reads what stands on the host",
      "ip rule restore: it reads what was saved: adopt reads what stands on the host",
    ],
  },
  {
    format: "scripts",
    files: {
      hook: "#!/bin/sh\nip -force -batch - <<'END'\nrule add pref 1000 from 203.0.113.10 table 100\nEND\nip rule add pref 1001 to 203.0.113.10 table 100\n",
    },
    taken: ["ip -4 rule pref 1001 to 203.0.113.10 table 100"],
    left: ["makes no rule and no route"],
    named: [
      "ip -force -batch -: it reads its commands from elsewhere: adopt reads what stands on the host",
      "rule add pref 1000 from 203.0.113.10 table 100: inside a here-document: adopt reads what stands on the host",
    ],
  },
  {
    format: "scripts",
    files: { hook: "#!/bin/sh\nip -n blue rule add pref 1000 from 203.0.113.10 table 100\n" },
    named: ["ip -n blue rule add pref 1000 from 203.0.113.10 table 100: of another network namespace"],
  },
  {
    format: "scripts",
    files: { hook: "#!/bin/sh\n$IP rule add pref 1000 from 203.0.113.10 table 100\n" },
    named: ["$IP rule add pref 1000 from 203.0.113.10 table 100: inside another command: adopt reads what stands on the host"],
  },
  {
    format: "cron",
    files: {
      crontab:
        "MAILTO=x\n17 * * * * root run-parts /etc/cron.hourly\n@reboot root sleep 5; /sbin/ip rule add pref 1000 from 203.0.113.10 table 100\n",
    },
    taken: ["ip -4 rule pref 1000 from 203.0.113.10 table 100"],
    left: ["makes no rule and no route"],
  },
  {
    format: "cloud-init",
    files: { "/etc/cloud/cloud.cfg.d/50.cfg": plan("      routes: [{ to: 198.51.100.0/24, via: 203.0.113.1 }]\n") },
    taken: ["ip -4 route 198.51.100.0/24 via 203.0.113.1 dev eth1 table 254"],
  },
  {
    format: "systemd units",
    files: {
      "x.service":
        "[Service]\nExecStart=-/sbin/ip rule add pref 5205 lookup main suppress_prefixlength 0\nExecStop=/sbin/ip rule del pref 5205\n",
    },
    taken: ["ip -4 rule pref 5205 table 254 suppress_prefixlength 0"],
    left: ["the way down", "the unit itself"],
  },
  {
    format: "wg-quick",
    files: { "wg0.conf": "[Interface]\nPostUp = ip rule add iif %i table 100 pref 800\n" },
    taken: ["ip -4 rule pref 800 iif wg0 table 100"],
    left: ["the tunnel itself"],
  },
  {
    format: "keepalived",
    files: {
      "keepalived.conf": "static_rules {\n  from 203.0.113.10 table 100 priority 700\n}\nvirtual_routes {\n  10.0.0.0/8 dev eth1\n}\n",
    },
    taken: ["ip -4 rule pref 700 from 203.0.113.10 table 100"],
    left: ["keepalived's own", "keepalived's: it moves with the master"],
  },
  {
    format: "cloud-init",
    files: {
      "user-data":
        "#cloud-config\nwrite_files:\n  - path: /etc/sysconfig/network-scripts/rule-eth1\n    content: from 203.0.113.10 table 100 pref 600\n",
    },
    taken: ["ip -4 rule pref 600 from 203.0.113.10 table 100"],
    left: ["a file, read below", "no rule and no route"],
  },
  {
    format: "nmstate",
    files: {
      "n.yml": "route-rules:\n  config:\n    - { ip-from: 203.0.113.0/24, priority: 500, route-table: 100, fwmark: 0x30, fwmask: 0xf0 }\n",
    },
    taken: ["ip -4 rule pref 500 from 203.0.113.0/24 fwmark 0x30/0xf0 table 100"],
  },
  {
    format: "nmstate",
    files: {
      "n.yml":
        "routes:\n  config:\n    - { destination: 198.51.100.0/24, next-hop-address: 203.0.113.1, next-hop-interface: eth1, table-id: 100 }\n",
    },
    taken: ["ip -4 route 198.51.100.0/24 via 203.0.113.1 dev eth1 table 100"],
  },
];
