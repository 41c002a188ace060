// Generated from the descriptors in src/declaration by `npm run generate`. Do not edit.
import type * as pulumi from "@pulumi/pulumi";

/** Address family, in the words of `ip -family`: IPv4 or IPv6. */
export type Family = "inet" | "inet6";

/** A routing table: its number, or the name of one of the kernel's own. */
export type Table = "main" | "default" | "local" | number;

/** How to reach a jump host. */
export interface ProxyConnectionArgs {
  /**
   * Name or address of the host, or an alias of `~/.ssh/config`.
   * Left out: required. Example: `"edge-1.example.net"`.
   */
  host: pulumi.Input<string>;
  /**
   * TCP port of sshd.
   * Left out: from `~/.ssh/config`, else 22. Example: `22`.
   */
  port?: pulumi.Input<number>;
  /**
   * User to log in as: root, or one with `sudo`.
   * Left out: from `~/.ssh/config`, else root. Example: `"root"`.
   */
  user?: pulumi.Input<string>;
  /**
   * Password of the user. Kept secret, however the program gives it.
   * Left out: no password. Example: `"secret"`.
   */
  password?: pulumi.Input<string>;
  /**
   * Text of a private key. Kept secret, however the program gives it; with `privateKeyPath` or an agent the state holds no secret at all.
   * Left out: no key. Example: `"-----BEGIN OPENSSH PRIVATE KEY-----..."`.
   */
  privateKey?: pulumi.Input<string>;
  /**
   * Passphrase of the private key. Kept secret, however the program gives it.
   * Left out: the key is not encrypted. Example: `"secret"`.
   */
  privateKeyPassword?: pulumi.Input<string>;
  /**
   * Socket of an SSH agent.
   * Left out: `SSH_AUTH_SOCK`, when no key and no password is given. Example: `"/run/user/1000/ssh-agent.sock"`.
   */
  agentSocketPath?: pulumi.Input<string>;
  /**
   * Public key that the host must show, as in `known_hosts` or a `.pub` file.
   * Left out: the host must be in `known_hosts`. Example: `"ssh-ed25519 AAAAC3Nza..."`.
   */
  hostKey?: pulumi.Input<string>;
  /**
   * How many times a host is dialled again that is unreachable or still starts; -1 for as long as the engine lives. 60 waits for four minutes and more. Refused logins are never tried again.
   * Left out: 10, within 30 s. Example: `3`.
   */
  dialErrorLimit?: pulumi.Input<number>;
  /**
   * Seconds that one dial may take, from the first packet to the shell; the way to a jump host has its own.
   * Left out: 15; for a jump host, that of the host behind it. Example: `15`.
   */
  perDialTimeout?: pulumi.Input<number>;
  /**
   * File with a private key, on the machine where Pulumi runs; `~` is its home.
   * Left out: from `~/.ssh/config`. Example: `"~/.ssh/id_ed25519"`.
   */
  privateKeyPath?: pulumi.Input<string>;
  /**
   * File with known host keys, in OpenSSH's form.
   * Left out: from `~/.ssh/config`, else `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`. Example: `"./known_hosts"`.
   */
  knownHostsPath?: pulumi.Input<string>;
  /**
   * Takes any host key. Somebody between you and the host can then read and change everything.
   * Left out: false. Example: `true`.
   */
  insecureIgnoreHostKey?: pulumi.Input<boolean>;
}

/** How to reach a host. An object of @pulumi/command's `remote.Connection` fits as it is. */
export interface ConnectionArgs extends ProxyConnectionArgs {
  /**
   * Takes any host key. Somebody between you and the host can then read and change everything.
   * Left out: false. Example: `true`.
   */
  insecureIgnoreHostKey?: pulumi.Input<boolean>;
  /**
   * Runs everything by `sudo`: by `sudo -n`, for a user who needs no password for it, or with `sudoPassword`.
   * Left out: false. Example: `true`.
   */
  sudo?: pulumi.Input<boolean>;
  /**
   * Password that sudo asks for. Kept secret, however the program gives it. It is sent to sudo's standard input, and only when sudo asks.
   * Left out: sudo must ask for none. Example: `"secret"`.
   */
  sudoPassword?: pulumi.Input<string>;
  /**
   * Who logs in. `ssh2`: a library, quick, takes passwords and keys as text. `openssh`: your own `ssh`, with certificates, security keys, Kerberos and all that it knows, at twice the time; it asks nobody anything. `local`: nobody, for a program that runs on the host itself (`host` is then `localhost`).
   * Left out: `auto`: `ssh2`, and `openssh` where your configuration of ssh has what only it can do. Example: `"openssh"`.
   */
  transport?: pulumi.Input<"auto" | "ssh2" | "openssh" | "local">;
  /**
   * Jump host: the connection to `host` goes through it. It has the same fields, except `proxy`, `sudo` and `sudoPassword`.
   * Left out: from `ProxyJump` in `~/.ssh/config`, else none. Example: `{"host":"jump.example.net"}`.
   */
  proxy?: pulumi.Input<ProxyConnectionArgs>;
}

/** What connections leave out: the fields of a connection that may be said once for all, which are all but `host`. */
export interface ConnectionDefaultsArgs extends Omit<ConnectionArgs, "host"> {
}

/** How hosts are reached, and whose the entries are. */
export interface ProviderArgs {
  /**
   * What connections leave out: all fields of `connection` but `host`. A resource's own go before it, field by field; behind it comes `~/.ssh/config`. It is filled in when a host is reached: it is no part of any resource's inputs or state, so changing it changes no resource.
   * Left out: nothing. Example: `{"user":"root"}`.
   */
  connection?: pulumi.Input<ConnectionDefaultsArgs>;
  /**
   * The even `proto` number that marks what is ours on a host; the next one is used while a rule is exchanged.
   * Left out: 214. Example: `220`.
   */
  owner?: pulumi.Input<number>;
  /**
   * Has a preview read the hosts too, by one login or a few each, and tell at each resource what `up` would run there now, and what would be refused.
   * Left out: false: a preview opens no connection. Example: `true`.
   */
  livePreview?: pulumi.Input<boolean>;
  /**
   * The organization of the stack, by which hosts tell whose an entry is. The engine does not tell it to a plugin.
   * Left out: what the state says, else `organization`, the word of every backend that has none. Example: `"acme"`.
   */
  organization?: pulumi.Input<string>;
  /**
   * What to do about a host that does not answer: `keep` leaves its state as it was in a refresh; `forget` drops its resources from the state at a delete, and what they own stays on the host. `POLICY_ROUTING_UNREACHABLE` in the environment of a run goes before it.
   * Left out: it is an error. Example: `"keep"`.
   */
  unreachable?: pulumi.Input<"keep" | "forget">;
}

/** A check that runs on the host before and after a change. */
export interface ProbeArgs {
  /**
   * Address that must answer an ICMP echo.
   * Left out: no ping. Example: `"192.0.2.1"`.
   */
  ping?: pulumi.Input<string>;
  /**
   * Address and port that must accept a TCP connection.
   * Left out: no connection. Example: `"192.0.2.1:443"`.
   */
  tcp?: pulumi.Input<string>;
  /**
   * Destination whose route is looked up by `ip route get`.
   * Left out: no lookup. Example: `"192.0.2.1"`.
   */
  route?: pulumi.Input<string>;
  /**
   * Source address of the probe.
   * Left out: chosen by the kernel. Example: `"203.0.113.10"`.
   */
  from?: pulumi.Input<string>;
  /**
   * Device by which `route` must leave; for ping and tcp, the device they are bound to.
   * Left out: any. Example: `"eth1"`.
   */
  dev?: pulumi.Input<string>;
  /**
   * VRF to which the probe is bound; for `route`, in which it is looked up.
   * Left out: none. Example: `"red"`.
   */
  vrf?: pulumi.Input<string>;
  /**
   * Gateway by which `route` must leave.
   * Left out: any. Example: `"203.0.113.1"`.
   */
  via?: pulumi.Input<string>;
  /**
   * Must pass after the change, even if it did not before.
   * Left out: false: demanded only if it passed before. Example: `true`.
   */
  expect?: pulumi.Input<boolean>;
}

/** The timed undo on the host and the checks that a change must pass. */
export interface GuardArgs {
  /**
   * Seconds after which the host undoes the change by itself, unless it was confirmed over a fresh login.
   * Left out: 30. Example: `30`.
   */
  confirmTimeout?: pulumi.Input<number>;
  /**
   * Checks that run on the host before and after the change: `ping`, `tcp`, `route`. One that passed before and fails after undoes the change.
   * Left out: none. Example: `[{"ping":"192.0.2.1"}]`.
   */
  probes?: pulumi.Input<pulumi.Input<ProbeArgs>[]>;
  /**
   * Seconds for which the change stands under guard after it was read back: a fresh login gives the guard more time again and again, and each time reads the entries back, runs the probes and asks about what is expected. What fails meanwhile undoes it; so does a controller that is gone, `confirmTimeout` after its last sign. Only of HostRouting and MultihomedHost.
   * Left out: confirmed at once. Example: `300`.
   */
  hold?: pulumi.Input<number>;
  /**
   * Who confirms at the end of `hold`: the run itself, or a person, by `policy-routing confirm HOST` at any time before. Where nobody does, it is undone.
   * Left out: controller. Example: `"person"`.
   */
  confirmBy?: pulumi.Input<"controller" | "person">;
  /**
   * Lets a change move the way by which replies to this SSH connection leave, or one of which that cannot be told.
   * Left out: false: such a change is refused. Example: `true`.
   */
  allowManagementPathChange?: pulumi.Input<boolean>;
  /**
   * Applies without the timed undo: what cuts the host off then stays.
   * Left out: false. Example: `true`.
   */
  disabled?: pulumi.Input<boolean>;
}

/** What every resource has. */
export interface HostResourceArgs {
  /**
   * How to reach the host: the fields of @pulumi/command's `remote.Connection` and a few more.
   * Left out: required. Example: `{"host":"edge-1.example.net"}`.
   */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * Takes over a foreign object with the same key, or one of another stack, instead of refusing. `"same"`: only one that says what is declared, its `proto` aside; `true`: also one that differs, which is replaced.
   * Left out: false. Example: `"same"`.
   */
  adopt?: pulumi.Input<boolean | "same">;
  /**
   * The timed undo on the host and the checks that a change must pass.
   * Left out: armed, 30 s, no probes. Example: `{"confirmTimeout":30}`.
   */
  guard?: pulumi.Input<GuardArgs>;
  /**
   * What puts it back after a reboot: `systemd` (a service that also follows links, addresses and rules), `ifupdown` (a hook at each interface that comes up), `rc-local` (a line in /etc/rc.local, at boot only), `none`, or `auto`: the first of these that runs on the host. The output `persisted` says which it is.
   * Left out: auto. Example: `"systemd"`.
   */
  persist?: pulumi.Input<"auto" | "systemd" | "ifupdown" | "rc-local" | "none">;
  /**
   * What to do about others on the host that remove rules and routes which they did not make (systemd-networkd, NetworkManager, agents of clouds): `warn` names them and what would help, `configure` writes the drop-in for systemd-networkd (where something is persisted), `ignore` says nothing.
   * Left out: warn. Example: `"configure"`.
   */
  coexist?: pulumi.Input<"warn" | "configure" | "ignore">;
}

/** The addresses of a device, whatever they are on the host. */
export interface AddressesOfArgs {
  /**
   * Device whose addresses are meant, as they are on the host at each moment: of IPv4 each global address, of IPv6 the /64 that it lies in.
   * Left out: required. Example: `"eth1"`.
   */
  addressesOf: pulumi.Input<string>;
}

/** The gateway of a device, whatever it is on the host. */
export interface GatewayOfArgs {
  /**
   * Device whose gateway is meant, as it is on the host at each moment: that of the first default route by it which is not ours, in table main before other tables. Where that route has no gateway, the device alone.
   * Left out: required. Example: `"eth1"`.
   */
  gatewayOf: pulumi.Input<string>;
}

/** What `ip rule` says of one rule. */
export interface RuleArgs {
  /**
   * Place of the rule in the order of evaluation, lowest first, from 1 to 32765; 100 or more is advised. One declared rule per host, family and priority.
   * Left out: required. Example: `1000`.
   * `ip` words: `priority N`.
   */
  priority: pulumi.Input<number>;
  /**
   * Address family: `inet` (IPv4) or `inet6` (IPv6).
   * Left out: taken from `from` or `to`; required when neither is given. Example: `"inet"`.
   * `ip` words: `-4 | -6`.
   */
  family?: pulumi.Input<"inet" | "inet6">;
  /**
   * Inverts the rule: it applies to packets that its selectors do not match.
   * Left out: false. Example: `true`.
   * `ip` words: `not`.
   */
  not?: pulumi.Input<boolean>;
  /**
   * Source address or prefix of the packet, or a list of them; or `{ addressesOf: "eth1" }`: the addresses that the device has on the host, followed when they change. Of a list the kernel gets a rule for each, at the one priority. Host bits beyond a prefix are cleared, as the kernel ignores them.
   * Left out: any source. Example: `"203.0.113.10"`.
   * `ip` words: `from PREFIX`.
   */
  from?: pulumi.Input<string | pulumi.Input<string>[] | AddressesOfArgs>;
  /**
   * Destination address or prefix of the packet, or a list of them. Of a list the kernel gets a rule for each, at the one priority. Host bits beyond a prefix are cleared, as the kernel ignores them.
   * Left out: any destination. Example: `"198.51.100.0/24"`.
   * `ip` words: `to PREFIX`.
   */
  to?: pulumi.Input<string | pulumi.Input<string>[]>;
  /**
   * Device on which the packet came in; `lo` stands for packets that the host itself sends. The device need not exist yet.
   * Left out: any device. Example: `"eth1"`.
   * `ip` words: `iif NAME`.
   */
  iif?: pulumi.Input<string>;
  /**
   * Device to which the sending socket is bound. It never matches forwarded packets. The device need not exist yet.
   * Left out: any socket. Example: `"eth1"`.
   * `ip` words: `oif NAME`.
   */
  oif?: pulumi.Input<string>;
  /**
   * Firewall mark of the packet, with an optional mask; decimal or hexadecimal. Without a mask the whole mark is compared.
   * Left out: any mark. Example: `"0x1/0xff"`.
   * `ip` words: `fwmark MARK/MASK`.
   */
  fwmark?: pulumi.Input<string | number>;
  /**
   * Type of service of the packet: for inet the bits 0x04 to 0x1c, for inet6 the whole DSCP (0x04 to 0xfc).
   * Left out: any. Example: `"0x10"`.
   * `ip` words: `tos TOS`.
   */
  tos?: pulumi.Input<string | number>;
  /**
   * Differentiated services code point of the packet: a number or a name, with an optional mask (since iproute2 and Linux 6.15). Not together with `tos`.
   * Left out: any. Example: `"EF"`.
   * `ip` words: `dscp DSCP[/MASK]`.
   * Since iproute2 6.12 and Linux 6.12.
   */
  dscp?: pulumi.Input<string | number>;
  /**
   * Flow label of the IPv6 packet, with an optional mask.
   * Left out: any. Example: `"0x12345"`.
   * `ip` words: `flowlabel LABEL[/MASK]`.
   * Since iproute2 6.14 and Linux 6.14.
   * Only for inet6.
   */
  flowlabel?: pulumi.Input<string | number>;
  /**
   * User ids of the sending process: one or a range. The kernel takes forwarded packets for those of user 0.
   * Left out: any. Example: `"1000-1999"`.
   * `ip` words: `uidrange FIRST-LAST`.
   */
  uidrange?: pulumi.Input<string | number>;
  /**
   * Protocol inside the IP packet: a name or a number.
   * Left out: any. Example: `"tcp"`.
   * `ip` words: `ipproto PROTOCOL`.
   */
  ipproto?: pulumi.Input<string | number>;
  /**
   * Source port of the packet: one, a range, or one with a mask (since iproute2 and Linux 6.15). It is compared for every protocol that has ports, so say `ipproto` too.
   * Left out: any. Example: `"1000-2000"`.
   * `ip` words: `sport PORT | FIRST-LAST | PORT/MASK`.
   */
  sport?: pulumi.Input<string | number>;
  /**
   * Destination port of the packet: one, a range, or one with a mask (since iproute2 and Linux 6.15). It is compared for every protocol that has ports, so say `ipproto` too.
   * Left out: any. Example: `"443"`.
   * `ip` words: `dport PORT | FIRST-LAST | PORT/MASK`.
   */
  dport?: pulumi.Input<string | number>;
  /**
   * Tunnel key of a packet that came out of a metadata tunnel (VXLAN, GRE).
   * Left out: any. Example: `77`.
   * `ip` words: `tun_id ID`.
   */
  tunId?: pulumi.Input<number>;
  /**
   * Routing table in which the packet's route is looked up: a number, `main`, `default` or `local`, or a RoutingTable's `tableId`.
   * Left out: required, unless `goto`, `action` or `l3mdev` is given. Example: `100`.
   * `ip` words: `table ID | main | default | local`.
   */
  table?: pulumi.Input<"main" | "default" | "local" | number>;
  /**
   * Priority of a later rule at which the evaluation goes on. While there is no rule with exactly that priority, nothing happens.
   * Left out: the packet is looked up in `table`. Example: `2000`.
   * `ip` words: `goto PRIORITY`.
   */
  goto?: pulumi.Input<number>;
  /**
   * What happens instead of a table lookup: `blackhole` drops silently, `unreachable` and `prohibit` answer with an ICMP error, `nop` does nothing.
   * Left out: the packet is looked up in `table`. Example: `"prohibit"`.
   * `ip` words: `blackhole | unreachable | prohibit | nop`.
   */
  action?: pulumi.Input<"blackhole" | "unreachable" | "prohibit" | "nop">;
  /**
   * Only packets of a VRF: those that came in by one of its devices, or whose socket is bound to it. Looks them up in the VRF's own table, unless `action` or `goto` says what else becomes of them.
   * Left out: false. Example: `true`.
   * `ip` words: `l3mdev`.
   */
  l3mdev?: pulumi.Input<boolean>;
  /**
   * Realms for traffic accounting, `[SOURCE/]DESTINATION`, numbers. For inet6 the kernel would drop them silently, so they are refused.
   * Left out: none. Example: `"3/4"`.
   * `ip` words: `realms [SOURCE/]DESTINATION`.
   * Only for inet.
   */
  realms?: pulumi.Input<string | number>;
  /**
   * Passes over routes of the table whose prefix is this long or shorter: with 0, over default routes. Error routes are not passed over.
   * Left out: every route counts. Example: `0`.
   * `ip` words: `suppress_prefixlength N`.
   */
  suppressPrefixlength?: pulumi.Input<number>;
  /**
   * Passes over routes of the table whose device is in this group: a number, or `default` (0). Other names differ from host to host.
   * Left out: every route counts. Example: `5`.
   * `ip` words: `suppress_ifgroup GROUP`.
   */
  suppressIfgroup?: pulumi.Input<"default" | number>;
}

/** One of several next hops of a route. */
export interface NexthopArgs {
  /**
   * Tunnel header that packets get: the words of `ip route` behind `encap`, of type ip, ip6, mpls, seg6 or seg6local.
   * Left out: packets leave as they are. Example: `"ip id 100 dst 192.0.2.1"`.
   */
  encap?: pulumi.Input<string>;
  /**
   * Gateway; for an IPv4 route it may be an IPv6 address.
   * Left out: on the link of `dev`. Example: `"203.0.113.1"`.
   */
  via?: pulumi.Input<string>;
  /**
   * Device by which packets leave.
   * Left out: required. Example: `"eth1"`.
   */
  dev: pulumi.Input<string>;
  /**
   * Share of the flows that it gets, from 1 to 256.
   * Left out: 1. Example: `3`.
   */
  weight?: pulumi.Input<number>;
  /**
   * Takes the gateway to be on the link of `dev`.
   * Left out: false. Example: `true`.
   */
  onlink?: pulumi.Input<boolean>;
}

/** What `ip route` says of one route. */
export interface RouteArgs {
  /**
   * Address family: `inet` (IPv4) or `inet6` (IPv6).
   * Left out: taken from `destination`, `src` or `via`; required for a default route that names none of these. Example: `"inet"`.
   * `ip` words: `-4 | -6`.
   */
  family?: pulumi.Input<"inet" | "inet6">;
  /**
   * Kind of route. `blackhole`, `unreachable`, `prohibit` and `throw` have no next hop; `throw` ends the lookup in this table and goes on to the next rule. Without `table` every type goes to main: `ip` would put `local`, `broadcast` and `anycast` into local.
   * Left out: unicast. Example: `"unreachable"`.
   * `ip` words: `unicast | local | broadcast | anycast | multicast | blackhole | unreachable | prohibit | throw`.
   */
  type?: pulumi.Input<"unicast" | "local" | "broadcast" | "anycast" | "multicast" | "blackhole" | "unreachable" | "prohibit" | "throw">;
  /**
   * Destination of the route: `default`, an address or a prefix without host bits.
   * Left out: required. Example: `"default"`.
   * `ip` words: `PREFIX`.
   */
  destination: pulumi.Input<string>;
  /**
   * Source address or prefix of the packet: a source-specific route. A packet whose source is not chosen yet does not match it.
   * Left out: any source. Example: `"2001:db8:1::/64"`.
   * `ip` words: `from PREFIX`.
   * Only for inet6.
   */
  from?: pulumi.Input<string>;
  /**
   * Type of service that a packet must carry to use the route.
   * Left out: any. Example: `"0x10"`.
   * `ip` words: `tos TOS`.
   * Only for inet.
   */
  tos?: pulumi.Input<string | number>;
  /**
   * Tunnel header that packets get: the words of `ip route` behind `encap`, of type ip, ip6, mpls, seg6 or seg6local.
   * Left out: packets leave as they are. Example: `"ip id 100 dst 192.0.2.1"`.
   * `ip` words: `encap TYPE WORDS...`.
   */
  encap?: pulumi.Input<string>;
  /**
   * Gateway: the next hop's address. An IPv4 route may have an IPv6 gateway. Or `{ gatewayOf: "eth1" }`: the gateway that the device has on the host, followed when it changes; it says `dev` and `onlink` too.
   * Left out: the destination is on the link of `dev`. Example: `"203.0.113.1"`.
   * `ip` words: `via [inet | inet6] ADDRESS`.
   */
  via?: pulumi.Input<string | GatewayOfArgs>;
  /**
   * Device by which the packet leaves.
   * Left out: the device through which `via` is reached. Example: `"eth1"`.
   * `ip` words: `dev NAME`.
   */
  dev?: pulumi.Input<string>;
  /**
   * Source address that the host prefers when it sends by this route. It must be an address of the host.
   * Left out: chosen by the kernel. Example: `"203.0.113.10"`.
   * `ip` words: `src ADDRESS`.
   */
  src?: pulumi.Input<string>;
  /**
   * Preference among routes to one destination, lowest first.
   * Left out: 0 for inet, 1024 for inet6 (where 0 means 1024 too). Example: `100`.
   * `ip` words: `metric N`.
   */
  metric?: pulumi.Input<number>;
  /**
   * Routing table that holds the route: a number, `main`, `default` or `local`, or a RoutingTable's `tableId`.
   * Left out: main. Example: `100`.
   * `ip` words: `table ID | main | default | local`.
   */
  table?: pulumi.Input<"main" | "default" | "local" | number>;
  /**
   * How far the destinations are: IPv4 only has a use for it (`link` for a network on the device).
   * Left out: link without `via`, host for type local, else global. Example: `"link"`.
   * `ip` words: `scope global | site | link | host`.
   */
  scope?: pulumi.Input<"global" | "site" | "link" | "host">;
  /**
   * Takes the gateway to be on the link of `dev`, even where no route says so.
   * Left out: false. Example: `true`.
   * `ip` words: `onlink`.
   */
  onlink?: pulumi.Input<boolean>;
  /**
   * Realms for traffic accounting, `[SOURCE/]DESTINATION`, numbers. For inet6 the kernel would drop them silently, so they are refused.
   * Left out: none. Example: `"3/4"`.
   * `ip` words: `realms [SOURCE/]DESTINATION`.
   * Only for inet.
   */
  realms?: pulumi.Input<string | number>;
  /**
   * Preference among routers, as router advertisements give it.
   * Left out: medium. Example: `"high"`.
   * `ip` words: `pref low | medium | high`.
   * Only for inet6.
   */
  pref?: pulumi.Input<"low" | "medium" | "high">;
  /**
   * Seconds after which the kernel removes the route by itself. Set anew whenever you change it; what is left of it is never drift.
   * Left out: it stays. Example: `3600`.
   * `ip` words: `expires SECONDS`.
   * Only for inet6.
   */
  expires?: pulumi.Input<number>;
  /**
   * Number of a next hop object (`ip nexthop`), instead of `via`, `dev` and `nexthops`. When the object goes, the kernel takes the route along.
   * Left out: the route has next hops of its own. Example: `5`.
   * `ip` words: `nhid ID`.
   */
  nhid?: pulumi.Input<number>;
  /**
   * Largest packet, in bytes.
   * Left out: chosen by the kernel. Example: `1400`.
   * `ip` words: `mtu [lock] N`.
   */
  mtu?: pulumi.Input<number>;
  /**
   * Keeps `mtu` as it is, whatever the kernel finds.
   * Left out: false. Example: `true`.
   * `ip` words: `mtu lock`.
   */
  mtuLock?: pulumi.Input<boolean>;
  /**
   * Maximum segment size that TCP advertises, in bytes.
   * Left out: chosen by the kernel. Example: `1360`.
   * `ip` words: `advmss [lock] N`.
   */
  advmss?: pulumi.Input<number>;
  /**
   * Keeps `advmss` as it is, whatever the kernel finds.
   * Left out: false. Example: `true`.
   * `ip` words: `advmss lock`.
   */
  advmssLock?: pulumi.Input<boolean>;
  /**
   * Largest TCP window, in bytes.
   * Left out: chosen by the kernel. Example: `65535`.
   * `ip` words: `window [lock] N`.
   */
  window?: pulumi.Input<number>;
  /**
   * Keeps `window` as it is, whatever the kernel finds.
   * Left out: false. Example: `true`.
   * `ip` words: `window lock`.
   */
  windowLock?: pulumi.Input<boolean>;
  /**
   * First guess of the round-trip time, in milliseconds.
   * Left out: chosen by the kernel. Example: `200`.
   * `ip` words: `rtt Nms`.
   */
  rtt?: pulumi.Input<number>;
  /**
   * First guess of its variance, in milliseconds.
   * Left out: chosen by the kernel. Example: `50`.
   * `ip` words: `rttvar Nms`.
   */
  rttvar?: pulumi.Input<number>;
  /**
   * Least TCP retransmission timeout, in milliseconds.
   * Left out: chosen by the kernel. Example: `200`.
   * `ip` words: `rto_min Nms`.
   */
  rtoMin?: pulumi.Input<number>;
  /**
   * First slow-start threshold, in segments.
   * Left out: chosen by the kernel. Example: `10`.
   * `ip` words: `ssthresh [lock] N`.
   */
  ssthresh?: pulumi.Input<number>;
  /**
   * Keeps `ssthresh` as it is, whatever the kernel finds.
   * Left out: false. Example: `true`.
   * `ip` words: `ssthresh lock`.
   */
  ssthreshLock?: pulumi.Input<boolean>;
  /**
   * Largest congestion window, in segments. The kernel heeds it only when it is locked.
   * Left out: chosen by the kernel. Example: `20`.
   * `ip` words: `cwnd [lock] N`.
   */
  cwnd?: pulumi.Input<number>;
  /**
   * Keeps `cwnd` as it is, whatever the kernel finds.
   * Left out: false. Example: `true`.
   * `ip` words: `cwnd lock`.
   */
  cwndLock?: pulumi.Input<boolean>;
  /**
   * First congestion window, in segments.
   * Left out: chosen by the kernel. Example: `10`.
   * `ip` words: `initcwnd [lock] N`.
   */
  initcwnd?: pulumi.Input<number>;
  /**
   * Keeps `initcwnd` as it is, whatever the kernel finds.
   * Left out: false. Example: `true`.
   * `ip` words: `initcwnd lock`.
   */
  initcwndLock?: pulumi.Input<boolean>;
  /**
   * First receive window, in segments.
   * Left out: chosen by the kernel. Example: `10`.
   * `ip` words: `initrwnd [lock] N`.
   */
  initrwnd?: pulumi.Input<number>;
  /**
   * Keeps `initrwnd` as it is, whatever the kernel finds.
   * Left out: false. Example: `true`.
   * `ip` words: `initrwnd lock`.
   */
  initrwndLock?: pulumi.Input<boolean>;
  /**
   * Reordering that TCP bears before it takes a packet for lost, in segments.
   * Left out: chosen by the kernel. Example: `3`.
   * `ip` words: `reordering N`.
   */
  reordering?: pulumi.Input<number>;
  /**
   * Hop limit (TTL) of packets that the host sends.
   * Left out: chosen by the kernel. Example: `64`.
   * `ip` words: `hoplimit N`.
   */
  hoplimit?: pulumi.Input<number>;
  /**
   * TCP acknowledges at once.
   * Left out: false. Example: `true`.
   * `ip` words: `quickack 1`.
   */
  quickack?: pulumi.Input<boolean>;
  /**
   * TCP Fast Open without a cookie.
   * Left out: false. Example: `true`.
   * `ip` words: `fastopen_no_cookie 1`.
   */
  fastopenNoCookie?: pulumi.Input<boolean>;
  /**
   * Explicit congestion notification for TCP connections by this route.
   * Left out: false. Example: `true`.
   * `ip` words: `features ecn`.
   */
  features?: pulumi.Input<boolean>;
  /**
   * TCP congestion control for connections by this route.
   * Left out: chosen by the kernel. Example: `"cubic"`.
   * `ip` words: `congctl [lock] NAME`.
   */
  congctl?: pulumi.Input<string>;
  /**
   * Keeps `congctl` as it is, whatever the kernel finds.
   * Left out: false. Example: `true`.
   * `ip` words: `congctl lock`.
   */
  congctlLock?: pulumi.Input<boolean>;
  /**
   * Several next hops with weights, among which flows are shared. Each has `encap`, `via`, `dev`, `weight` (1) and `onlink`.
   * Left out: one next hop, said by `via` and `dev`. Example: `[{"via":"203.0.113.1","dev":"eth1","weight":3},{"via":"198.51.100.1","dev":"eth2"}]`.
   * `ip` words: `nexthop [encap ...] [via ADDRESS] dev NAME [weight N] [onlink] ...`.
   */
  nexthops?: pulumi.Input<pulumi.Input<NexthopArgs>[]>;
}

/** One member of a group of next hops. */
export interface MemberArgs {
  /**
   * Number of the member.
   * Left out: required. Example: `1`.
   */
  nhid: pulumi.Input<number>;
  /**
   * Share of the flows that it gets, from 1 to 256.
   * Left out: 1. Example: `3`.
   */
  weight?: pulumi.Input<number>;
}

/** What `ip nexthop` says of one next hop object or group. */
export interface NexthopObjectArgs {
  /**
   * Number of the object, from 1 to 4294967295; a route names it by its own `nhid`.
   * Left out: required. Example: `5`.
   * `ip` words: `id ID`.
   */
  nhid: pulumi.Input<number>;
  /**
   * Address family of routes that may use it, for a next hop with `dev` alone or `blackhole`; `via` says it by itself, and a group takes its members'.
   * Left out: inet. Example: `"inet6"`.
   * `ip` words: `-4 | -6`.
   */
  family?: pulumi.Input<"inet" | "inet6">;
  /**
   * Tunnel header that packets get: the words of `ip route` behind `encap`, of type ip, ip6, mpls, seg6 or seg6local.
   * Left out: packets leave as they are. Example: `"ip id 100 dst 192.0.2.1"`.
   * `ip` words: `encap TYPE WORDS...`.
   */
  encap?: pulumi.Input<string>;
  /**
   * Gateway: the next hop's address.
   * Left out: destinations are on the link of `dev`. Example: `"203.0.113.1"`.
   * `ip` words: `via ADDRESS`.
   */
  via?: pulumi.Input<string>;
  /**
   * Device by which packets leave.
   * Left out: required, unless it is a `group` or a `blackhole`. Example: `"eth1"`.
   * `ip` words: `dev NAME`.
   */
  dev?: pulumi.Input<string>;
  /**
   * Drops packets silently.
   * Left out: false. Example: `true`.
   * `ip` words: `blackhole`.
   */
  blackhole?: pulumi.Input<boolean>;
  /**
   * Takes the gateway to be on the link of `dev`, even where no route says so.
   * Left out: false. Example: `true`.
   * `ip` words: `onlink`.
   */
  onlink?: pulumi.Input<boolean>;
  /**
   * Several next hops among which flows are shared, each with `nhid` and `weight` (1). A group holds no groups.
   * Left out: one next hop, said by `via`, `dev` or `blackhole`. Example: `[{"nhid":1,"weight":3},{"nhid":2}]`.
   * `ip` words: `group id[,weight]/...`.
   */
  group?: pulumi.Input<pulumi.Input<MemberArgs>[]>;
  /**
   * How a group shares flows: `mpath` by hash, `resilient` so that flows stay where they are when a member goes.
   * Left out: mpath. Example: `"resilient"`.
   * `ip` words: `type mpath | resilient`.
   */
  type?: pulumi.Input<"mpath" | "resilient">;
  /**
   * Hash buckets of a resilient group; two or more a member are advised.
   * Left out: required for type resilient. Example: `128`.
   * `ip` words: `buckets N`.
   * Since iproute2 5.12 and Linux 5.13.
   */
  buckets?: pulumi.Input<number>;
  /**
   * Seconds that a bucket must be idle before its flows may be moved.
   * Left out: chosen by the kernel. Example: `120`.
   * `ip` words: `idle_timer N`.
   * Since iproute2 5.12 and Linux 5.13.
   */
  idleTimer?: pulumi.Input<number>;
  /**
   * Seconds that a resilient group may stay out of balance before flows are moved by force; 0 for ever.
   * Left out: chosen by the kernel. Example: `0`.
   * `ip` words: `unbalanced_timer N`.
   * Since iproute2 5.12 and Linux 5.13.
   */
  unbalancedTimer?: pulumi.Input<number>;
}

/** A table's number and name. */
export interface TableArgs {
  /**
   * Number of the table, from 1 to 4294967295; 253, 254 and 255 are the kernel's own.
   * Left out: required. Example: `100`.
   * `ip` words: `table ID`.
   */
  tableId: pulumi.Input<number>;
  /**
   * Name of the table, so that people on the host can write `ip route list table NAME`. It goes to a file of ours in `/etc/iproute2/rt_tables.d/`.
   * Left out: required. Example: `"rt2"`.
   * `ip` words: `table NAME`.
   */
  name: pulumi.Input<string>;
}

/** What a packet looks like, and where it must go. */
export interface ExpectationArgs extends FlowArgs {
  /**
   * Device by which it must leave.
   * Left out: any. Example: `"eth1"`.
   */
  dev?: pulumi.Input<string>;
  /**
   * Gateway by which it must leave.
   * Left out: any. Example: `"203.0.113.1"`.
   */
  via?: pulumi.Input<string>;
  /**
   * Table whose route it must take.
   * Left out: any. Example: `100`.
   */
  table?: pulumi.Input<"main" | "default" | "local" | number>;
  /**
   * What must become of it: `unicast` (it leaves), `local` (the host takes it), `blackhole`, `prohibit`, or `unreachable` (no route leads there, or one that says so).
   * Left out: unicast where dev, via or table is given. Example: `"unreachable"`.
   */
  verdict?: pulumi.Input<"unicast" | "local" | "blackhole" | "prohibit" | "unreachable">;
}

/** What a packet looks like. */
export interface FlowArgs {
  /**
   * Where the packet goes.
   * Left out: required. Example: `"192.0.2.1"`.
   */
  to: pulumi.Input<string>;
  /**
   * Its source address. For packets that the host itself sends it must be one of the host's.
   * Left out: not chosen yet. Example: `"203.0.113.10"`.
   */
  from?: pulumi.Input<string>;
  /**
   * Device on which it came in.
   * Left out: the host itself sends it. Example: `"eth0"`.
   */
  iif?: pulumi.Input<string>;
  /**
   * VRF to which the sending socket is bound. What came in by a device of a VRF has that device as `iif` instead.
   * Left out: none. Example: `"red"`.
   */
  vrf?: pulumi.Input<string>;
  /**
   * Its firewall mark; decimal or hexadecimal.
   * Left out: none. Example: `"0x1"`.
   */
  mark?: pulumi.Input<string | number>;
  /**
   * Protocol inside the IP packet: `tcp`, `udp`, `icmp` or `ipv6-icmp`.
   * Left out: none. Example: `"tcp"`.
   */
  ipproto?: pulumi.Input<"tcp" | "udp" | "icmp" | "ipv6-icmp">;
  /**
   * Its source port.
   * Left out: none. Example: `443`.
   */
  sport?: pulumi.Input<number>;
  /**
   * Its destination port.
   * Left out: none. Example: `443`.
   */
  dport?: pulumi.Input<number>;
  /**
   * User id of the sending process.
   * Left out: 0, root. Example: `1000`.
   */
  uid?: pulumi.Input<number>;
  /**
   * Its type of service.
   * Left out: 0. Example: `"0x10"`.
   */
  tos?: pulumi.Input<string | number>;
}

/** What an entry of HostRouting may say beside its object. */
export interface EntryArgs {
  /**
   * `adopt` of this entry alone.
   * Left out: as the resource says. Example: `"same"`.
   */
  adopt?: pulumi.Input<boolean | "same">;
}

/** Everything about one host. */
export interface HostRoutingArgs extends HostResourceArgs {
  /**
   * Names of routing tables, each with the fields of RoutingTable, and `adopt`.
   * Left out: none. Example: `{"rt2":{"tableId":100,"name":"rt2"}}`.
   */
  tables?: pulumi.Input<Readonly<Record<string, pulumi.Input<TableArgs & EntryArgs> | undefined>>>;
  /**
   * Next hop objects and groups, each with the fields of NextHop, and `adopt`.
   * Left out: none. Example: `{"isp1":{"nhid":1,"via":"203.0.113.1","dev":"eth1"}}`.
   */
  nexthops?: pulumi.Input<Readonly<Record<string, pulumi.Input<NexthopObjectArgs & EntryArgs> | undefined>>>;
  /**
   * Routes, each with the fields of PolicyRoute, and `adopt`. They are made in the order that the kernel needs, whatever their labels.
   * Left out: none. Example: `{"rt2-default":{"destination":"default","via":"203.0.113.1","dev":"eth1","table":100}}`.
   */
  routes?: pulumi.Input<Readonly<Record<string, pulumi.Input<RouteArgs & EntryArgs> | undefined>>>;
  /**
   * Rules, each with the fields of PolicyRule, and `adopt`.
   * Left out: none. Example: `{"rt2-from":{"priority":1000,"from":"203.0.113.10","table":100}}`.
   */
  rules?: pulumi.Input<Readonly<Record<string, pulumi.Input<RuleArgs & EntryArgs> | undefined>>>;
  /**
   * Whether the kernel drops packets whose source would be reached by another device (strict, 1), by none at all (loose, 2), or never (off, 0), by device. The kernel uses the larger number of `all` and the device's own: what could have no effect is refused, unless `all` is declared too.
   * Left out: left as it is. Example: `{"eth1":"loose"}`.
   */
  reversePathFilter?: pulumi.Input<Readonly<Record<string, pulumi.Input<"loose" | "off" | "strict"> | undefined>>>;
  /**
   * For which of the host's addresses a device answers ARP: any of them (0), its own (1), its own if the asker is in the same subnet (2). The kernel uses the larger number of `all` and the device's own: what could have no effect is refused, unless `all` is declared too.
   * Left out: left as it is. Example: `{"eth1":"sameDevice"}`.
   */
  arpIgnore?: pulumi.Input<Readonly<Record<string, pulumi.Input<"sameDevice" | "any" | "sameSubnet"> | undefined>>>;
  /**
   * Which source address ARP requests of a device carry: any (0), one of the target's subnet if there is one (1), always the device's own (2). The kernel uses the larger number of `all` and the device's own: what could have no effect is refused, unless `all` is declared too.
   * Left out: left as it is. Example: `{"eth1":"best"}`.
   */
  arpAnnounce?: pulumi.Input<Readonly<Record<string, pulumi.Input<"best" | "any" | "sameSubnet"> | undefined>>>;
  /**
   * Whether the way back to a packet's source is looked up with the packet's mark (on, 1), by device: for tunnels whose own packets are marked. Beside a transparent proxy it makes the kernel drop its clients' packets. The kernel uses the larger number of `all` and the device's own: what could have no effect is refused, unless `all` is declared too.
   * Left out: left as it is. Example: `{"eth1":"on"}`.
   */
  srcValidMark?: pulumi.Input<Readonly<Record<string, pulumi.Input<"on" | "off"> | undefined>>>;
  /**
   * Whether a device takes packets whose source is an address of the host itself (on, 1). The kernel uses the larger number of `all` and the device's own: what could have no effect is refused, unless `all` is declared too.
   * Left out: left as it is. Example: `{"eth1":"on"}`.
   */
  acceptLocal?: pulumi.Input<Readonly<Record<string, pulumi.Input<"on" | "off"> | undefined>>>;
  /**
   * Whether packets to 127.0.0.0/8 may come in by a device and leave by it (on, 1). The kernel uses the larger number of `all` and the device's own: what could have no effect is refused, unless `all` is declared too.
   * Left out: left as it is. Example: `{"eth1":"on"}`.
   */
  routeLocalnet?: pulumi.Input<Readonly<Record<string, pulumi.Input<"on" | "off"> | undefined>>>;
  /**
   * Whether IPv4 packets that come in by a device are forwarded (on, 1). `all` is `net.ipv4.ip_forward`: the kernel writes it to every device, but those that are declared keep theirs.
   * Left out: left as it is. Example: `{"eth1":"on"}`.
   */
  forwarding?: pulumi.Input<Readonly<Record<string, pulumi.Input<"on" | "off"> | undefined>>>;
  /**
   * `all`: whether IPv6 packets are forwarded (on, 1); the kernel writes it to every device, but those that are declared keep theirs. Of a device, or of `default` for devices to come: whether it is a router's, which asks for no router. Refused where the kernel would drop the default route that a router advertises.
   * Left out: left as it is. Example: `{"eth1":"on"}`.
   */
  ipv6Forwarding?: pulumi.Input<Readonly<Record<string, pulumi.Input<"on" | "off"> | undefined>>>;
  /**
   * Whether sockets that are bound to no VRF take what comes in by any (on, 1), by protocol: `net.ipv4.tcp_l3mdev_accept`, which is IPv6's too.
   * Left out: left as it is. Example: `{"tcp":"on"}`.
   */
  l3mdevAccept?: pulumi.Input<Readonly<Record<string, pulumi.Input<"on" | "off"> | undefined>>>;
  /**
   * By what flows are shared among several next hops: their addresses (0), ports too (1), the addresses inside a tunnel (2), what `net.ipv4.fib_multipath_hash_fields` says (3).
   * Left out: left as it is. Example: `{"ipv4":"ports"}`.
   */
  multipathHashPolicy?: pulumi.Input<Readonly<Record<string, pulumi.Input<"ports" | "addresses" | "inner" | "fields"> | undefined>>>;
  /**
   * Where packets must go once the change is made: the host's kernel is asked (`ip route get`) before it is kept, and one that does not hold undoes it.
   * Left out: nothing is asked. Example: `[{"from":"203.0.113.10","to":"192.0.2.1","dev":"eth1"}]`.
   */
  expect?: pulumi.Input<pulumi.Input<ExpectationArgs>[]>;
  /**
   * Also removes entries that carry our tag and that no resource owns by the register, and shows them as drift. What another resource or stack owns stays.
   * Left out: false. Example: `true`.
   */
  exclusive?: pulumi.Input<boolean>;
}

/** One address family of an uplink. */
export interface UplinkSideArgs {
  /**
   * The host's own address on it, with the prefix length of the network there; or a list of its addresses there, the preferred source first. `"auto"`: whatever the device has on the host, followed when it changes.
   * Left out: required. Example: `"203.0.113.10/24"`.
   */
  address: pulumi.Input<"auto" | string | pulumi.Input<string>[]>;
  /**
   * The provider's gateway. One outside the network is taken to be on the link. `"auto"`: the one that the device has on the host, followed when it changes. `"none"`: the device needs no gateway, as with WireGuard, PPP (PPPoE, LTE) and GRE. `"manager"`: the network manager of the host makes the table's default route.
   * Left out: required. Example: `"203.0.113.1"`.
   */
  gateway: pulumi.Input<"auto" | "none" | "manager" | string>;
}

/** One uplink of a host. */
export interface UplinkArgs extends UplinkSideArgs {
  /**
   * Its device.
   * Left out: required. Example: `"eth1"`.
   */
  device: pulumi.Input<string>;
  /**
   * Number of its routing table, from 1 to 2499; the priorities of its rules are made of it.
   * Left out: required. Example: `101`.
   */
  table: pulumi.Input<number>;
  /**
   * A name of that table on the host, for `ip route list table NAME`.
   * Left out: the table has no name. Example: `"isp1"`.
   */
  name?: pulumi.Input<string>;
  /**
   * The same uplink's IPv6 `address` and `gateway`; they share its table's number and its priorities.
   * Left out: IPv4 only. Example: `{"address":"2001:db8:1::10/64","gateway":"fe80::1"}`.
   */
  v6?: pulumi.Input<UplinkSideArgs>;
  /**
   * Destinations that packets should leave for by this uplink, where no uplink's own address says another: replies always leave by the uplink that was asked.
   * Left out: as table main says. Example: `["192.0.2.0/24"]`.
   */
  prefer?: pulumi.Input<pulumi.Input<string>[]>;
}

/** The uplinks of a host, and what is to be made of them. */
export interface MultihomedArgs {
  /**
   * The uplinks, by names of your choice: all of them, or the one beside a primary that somebody else manages.
   * Left out: required. Example: `{"isp1":{"device":"eth0","address":"198.51.100.10/24","gateway":"198.51.100.1","table":101}}`.
   */
  uplinks: pulumi.Input<Readonly<Record<string, pulumi.Input<UplinkArgs> | undefined>>>;
  /**
   * Addresses beyond the uplinks: before the change is kept, the kernel must send packets there from each uplink's address by that uplink.
   * Left out: not asked. Example: `["192.0.2.1"]`.
   */
  outside?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Also makes the how-to's rule `to ADDRESS`. It never matches while table local stands at priority 0, which answers first.
   * Left out: false. Example: `true`.
   */
  toRule?: pulumi.Input<boolean>;
  /**
   * The uplink whose gateway becomes the default of table main, for packets whose source is not chosen yet; or weights from 1 to 256 by the uplinks' names, by which they share new flows. Leave it out where DHCP, router advertisements or a network manager make it.
   * Left out: main is left as it is. Example: `"isp1"`.
   */
  mainDefault?: pulumi.Input<string | Readonly<Record<string, pulumi.Input<number> | undefined>>>;
  /**
   * An unreachable route behind the default of each uplink's table: when the uplink is gone, packets from its address do not leave by another. It does not hold for sockets that are bound to a device.
   * Left out: false: they follow the next rules, to main's default. Example: `true`.
   */
  killSwitch?: pulumi.Input<boolean>;
  /**
   * Rules for connection marks, before all others: published ports of containers, and all else that is forwarded, reply by the uplink they came by. The nft rules that set the marks are the output `nft`. Reverse path filters of the uplinks become loose.
   * Left out: false. Example: `true`.
   */
  connmark?: pulumi.Input<boolean>;
  /**
   * Where the priorities begin; 10000 from there on belong to this component, with `prefer` 12500.
   * Left out: 10000. Example: `10000`.
   */
  priorityBase?: pulumi.Input<number>;
}

/** One host of a fleet: the fields of MultihomedHost where it names uplinks, else those of HostRouting. */
export interface FleetHostArgs extends HostRoutingArgs, Partial<MultihomedArgs> {
  /**
   * Whether the host is one of the stack's.
   * Left out: true. Example: `false`.
   */
  enabled?: pulumi.Input<boolean>;
}

/** Hosts, and how they are dealt out over waves. */
export interface FleetArgs {
  /**
   * The hosts, by names of your choice. Their names, and whether one has `uplinks`, must be known in a preview.
   * Left out: required. Example: `{"edge-1":{"connection":{"host":"edge-1.example.net"},"rules":{"source":{"priority":1000,"from":"203.0.113.10","table":102}}}}`.
   */
  hosts: pulumi.Input<Readonly<Record<string, pulumi.Input<FleetHostArgs> | undefined>>>;
  /**
   * The hosts that make a wave of their own, which comes first: so many in the order of their names, or those of a list.
   * Left out: 1. Example: `["edge-1"]`.
   */
  canary?: pulumi.Input<number | pulumi.Input<string>[]>;
  /**
   * Hosts of each further wave: a number, or a share of all such as `"25%"`.
   * Left out: all the rest in one. Example: `"25%"`.
   */
  batch?: pulumi.Input<number | string>;
  /**
   * Seconds between the end of a wave that changed something and the next.
   * Left out: none. Example: `300`.
   */
  pause?: pulumi.Input<number>;
}

/** An address of a host. */
export interface HostAddress {
  /**
   * Device that has it.
   * Left out: required. Example: `"eth0"`.
   */
  readonly dev: string;
  /**
   * Address family, in the words of `ip`.
   * Left out: required. Example: `"inet"`.
   */
  readonly family: "inet" | "inet6";
  /**
   * The address with the length of its prefix.
   * Left out: required. Example: `"203.0.113.10/24"`.
   */
  readonly address: string;
}

/** A gateway of a default route. */
export interface HostGateway {
  /**
   * Device by which it is reached.
   * Left out: the route does not say. Example: `"eth0"`.
   */
  readonly dev?: string;
  /**
   * Address family, in the words of `ip`.
   * Left out: required. Example: `"inet"`.
   */
  readonly family: "inet" | "inet6";
  /**
   * Its address.
   * Left out: required. Example: `"203.0.113.1"`.
   */
  readonly via: string;
  /**
   * Table whose default it is.
   * Left out: required. Example: `"main"`.
   */
  readonly table: "main" | "default" | "local" | number;
}

/** A host as it is now. */
export interface GetHostResult {
  /**
   * Its machine-id; empty where it has none.
   * Left out: required. Example: `"61c8223643f282097ec0db90e3f68c5d"`.
   */
  readonly machineId: string;
  /**
   * Version of its kernel.
   * Left out: required. Example: `"6.1.0"`.
   */
  readonly kernel: string;
  /**
   * Version of its iproute2.
   * Left out: required. Example: `"6.1.0"`.
   */
  readonly iproute2: string;
  /**
   * Its addresses.
   * Left out: required. Example: `[]`.
   */
  readonly addresses: readonly (HostAddress)[];
  /**
   * Gateways of its default routes, in all tables.
   * Left out: required. Example: `[]`.
   */
  readonly gateways: readonly (HostGateway)[];
  /**
   * Its rules in the words of `ip`, with the family, in their order.
   * Left out: required. Example: `["ip -4 rule pref 1000 from 203.0.113.10 table 102"]`.
   */
  readonly rules: readonly (string)[];
}

/** What becomes of a packet on a host. */
export interface LookupResult {
  /**
   * What becomes of it: `unicast`, `local`, `blackhole`, `unreachable`, `prohibit`, `no route`, `unsure` and a few more.
   * Left out: required. Example: `"unicast"`.
   */
  readonly verdict: string;
  /**
   * The same for a person, with all ways that it may take.
   * Left out: required. Example: `"by eth1 via 203.0.113.1 (table 102)"`.
   */
  readonly sentence: string;
  /**
   * The rule that decides, in the words of `ip`.
   * Left out: none does. Example: `"ip -4 rule pref 1000 from 203.0.113.10 table 102"`.
   */
  readonly rule?: string;
  /**
   * Number of the table whose route it takes; 254 is main.
   * Left out: none. Example: `102`.
   */
  readonly table?: number;
  /**
   * Device by which it leaves.
   * Left out: several ways, or none. Example: `"eth1"`.
   */
  readonly dev?: string;
  /**
   * Gateway by which it leaves.
   * Left out: several ways, or none, or it is on the link. Example: `"203.0.113.1"`.
   */
  readonly via?: string;
  /**
   * Its source address.
   * Left out: several ways, or none. Example: `"203.0.113.10"`.
   */
  readonly src?: string;
}

/** One rule: `ip rule`. */
export interface PolicyRuleArgs extends HostResourceArgs, RuleArgs {}

/** One route: `ip route`. */
export interface PolicyRouteArgs extends HostResourceArgs, RouteArgs {}

/** One next hop object or group: `ip nexthop`. */
export interface NextHopArgs extends HostResourceArgs, NexthopObjectArgs {}

/** A table's name. */
export interface RoutingTableArgs extends HostResourceArgs, TableArgs {}
