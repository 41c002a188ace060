// Others that make rules and routes on a booted host: real programs where Debian has them, else what they make, by hand.
import type { Uplink } from "../lab/addresses";

export interface Daemon {
  readonly name: string;
  /** Its files on the host; `path` begins with /. */
  files(uplink: Uplink): Readonly<Record<string, string>>;
  /** What starts with the host, and is started once the files are there. */
  readonly units: readonly string[];
  /** Its entries, in the kernel's words. */
  readonly theirs: RegExp;
  /** How many of them there are. */
  readonly count: number;
  /** Whose they are, as adopt says it. */
  readonly owners: readonly RegExp[];
  /**
   * What happens to it in the life of a host, if anything but a boot does. Without one it is left at the take-over: wg-quick's rules have no priority, so at its next start, a
   * boot's too, they come before all that stand, as they came before a person's.
   */
  readonly event?: string;
}

/** A unit that does what a program does as it starts, for programs that Debian does not have. */
const byHand = (name: string, up: string): Record<string, string> => ({
  [`/usr/local/lib/${name}`]: `set -e\n${up}\n`,
  [`/etc/systemd/system/${name}.service`]: `[Unit]\nAfter=network.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh /usr/local/lib/${name}\n[Install]\nWantedBy=multi-user.target\n`,
});

export const daemons: readonly Daemon[] = [
  {
    name: "keepalived",
    files: ({ device, gateway, address }) => ({
      "/etc/keepalived/keepalived.conf": `static_rules {
  from 203.0.113.150 table 150 priority 1500
}
static_routes {
  10.50.0.0/16 via ${gateway} dev ${device} table 150
}
vrrp_instance lab {
  state MASTER
  interface ${device}
  virtual_router_id 51
  priority 200
  advert_int 1
  virtual_ipaddress {
    ${address.replace(/\d+$/, "99")}/18
  }
  virtual_routes {
    10.51.0.0/16 via ${gateway} dev ${device} table 151
  }
  virtual_rules {
    from 203.0.113.151 table 151 priority 1510
  }
}
`,
    }),
    units: ["keepalived"],
    theirs: /\b(lookup|table) 15[01]\b/,
    count: 4,
    owners: [/table 15[01].*\(keepalived: it moves with the master\)/],
    event: "systemctl restart keepalived",
  },
  {
    name: "FRR (zebra, staticd, pbrd)",
    files: ({ device, gateway }) => ({
      "/etc/frr/daemons":
        'pbrd=yes\nvtysh_enable=yes\nzebra_options=" -A 127.0.0.1"\nstaticd_options="-A 127.0.0.1"\npbrd_options="-A 127.0.0.1"\n',
      "/etc/frr/frr.conf": `ip route 10.60.0.0/16 ${gateway} ${device} table 160
pbr-map lab seq 5
 match src-ip 203.0.113.160/32
 set nexthop ${gateway} ${device}
interface eth0
 pbr-policy lab
`,
    }),
    units: ["frr"],
    theirs: /\btable 160\b|\b(lookup|table) 100\d\d\b/,
    count: 3,
    owners: [/table 160.*\(FRR: /, /nexthop \d+.*\(zebra: /, /203\.0\.113\.160 .*\((FRR|zebra): /],
    event: "systemctl restart frr",
  },
  {
    name: "BIRD",
    files: ({ device, gateway }) => ({
      "/etc/bird/bird.conf": `router id 192.0.2.170;
protocol device { }
ipv4 table t170;
protocol static { ipv4 { table t170; }; route 10.70.0.0/16 via ${gateway}%${device}; route 10.71.0.0/16 unreachable; }
protocol kernel { kernel table 170; ipv4 { table t170; export all; import none; }; }
`.replace(/ via \S+%(\S+);/, ' via "$1";'),
    }),
    units: ["bird"],
    theirs: /\btable 170\b/,
    count: 2,
    owners: [/table 170.*\(bird: /],
    event: "systemctl restart bird",
  },
  {
    name: "wg-quick (wireguard-go)",
    files: () => ({
      "/etc/wireguard/wg0.conf":
        "[Interface]\nAddress = 10.80.0.2/24\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n[Peer]\nPublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\nAllowedIPs = 0.0.0.0/0\nEndpoint = 203.0.113.5:51820\n",
    }),
    units: ["wg-quick@wg0"],
    theirs: /\b(lookup|table) 51820\b|suppress_prefixlength 0/,
    count: 3,
    owners: [/51820.*\(wg-quick: Table=auto/, /suppress_prefixlength 0.*\(wg-quick: /],
  },
  {
    name: "as Tailscale makes them (by hand)",
    files: () =>
      byHand(
        "like-tailscaled",
        `mkdir -p /run/tailscale; : >/run/tailscale/tailscaled.sock
ip tuntap add tailscale0 mode tun; ip addr add 100.64.0.2/32 dev tailscale0; ip link set tailscale0 up
for family in 4 6; do
  ip -$family rule add pref 5210 fwmark 0x80000/0xff0000 lookup main
  ip -$family rule add pref 5230 fwmark 0x80000/0xff0000 lookup default
  ip -$family rule add pref 5250 fwmark 0x80000/0xff0000 unreachable
  ip -$family rule add pref 5270 lookup 52
done
ip route add 100.64.0.0/10 dev tailscale0 table 52`,
      ),
    units: ["like-tailscaled"],
    theirs: /^(5210|5230|5250|5270):|\btable 52\b/,
    count: 9,
    owners: [/pref 5210 .*\(Tailscale: /, /table 52.*\(Tailscale: /],
    event: "",
  },
  {
    name: "as Docker and libvirt make them (by hand)",
    files: () =>
      byHand(
        "like-dockerd",
        `for one in docker0=172.17.0.1/16 virbr0=192.168.122.1/24; do
  ip link add "\${one%%=*}" type bridge; ip link set "\${one%%=*}" addrgenmode none; ip addr add "\${one#*=}" dev "\${one%%=*}"; ip link set "\${one%%=*}" up
done
ip route add 172.30.0.0/16 via 172.17.0.2 dev docker0
ip route add 192.168.123.0/24 via 192.168.122.2 dev virbr0`,
      ),
    units: ["like-dockerd"],
    theirs: /\bdev (docker0|virbr0)\b/,
    count: 8,
    owners: [/172\.30\.0\.0\/16 .*\(containers: /, /192\.168\.123\.0\/24 .*\(virtual machines: /],
    event: "",
  },
];
