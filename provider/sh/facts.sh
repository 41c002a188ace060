# shellcheck shell=sh
# Generated from the tables in src by `npm run generate`. Do not edit.
# shellcheck disable=SC2034 # what one text does not use, the other does
{
  run_folder='/run/policy-routing'
  etc_folder='/etc/policy-routing'
  lib_folder='/var/lib/policy-routing'
  most_routes='200000'
  crowded_from='20000'
  default_owner='214'
  default_metrics='0 1024'
  kernel_tables='default 253 main 254 local 255'
  route_types='unicast|local|broadcast|anycast|multicast|blackhole|unreachable|prohibit|throw'
  plain_kinds='nexthop 46N nexthop 2'
  packet_settings='ipv4/conf/*/rp_filter ipv4/conf/*/accept_local ipv4/conf/*/src_valid_mark ipv4/conf/*/route_localnet ipv4/conf/*/forwarding ipv6/conf/*/forwarding */conf/*/ignore_routes_with_linkdown */fib_multipath_*'
  stored_forms='1234'
  forms_of_several='34'
  sysctl_paths='rp_filter ipv4/conf/*/rp_filter
arp_ignore ipv4/conf/*/arp_ignore
arp_announce ipv4/conf/*/arp_announce
src_valid_mark ipv4/conf/*/src_valid_mark
accept_local ipv4/conf/*/accept_local
route_localnet ipv4/conf/*/route_localnet
forwarding ipv4/conf/*/forwarding
ipv6_forwarding ipv6/conf/*/forwarding
l3mdev_accept ipv4/*_l3mdev_accept
fib_multipath_hash_policy */fib_multipath_hash_policy
accept_redirects ipv4/conf/*/accept_redirects
accept_ra ipv6/conf/*/accept_ra'
  sysctl_spreads='forwarding accept_redirects,ipv6_forwarding'
  persist_backends='systemd ifupdown rc-local'
  foreign_keys='ManageForeignRoutingPolicyRules 249
ManageForeignRoutes 246
ManageForeignNextHops 256'
  known_agents='amazon-ec2-net-utils /usr/bin/setup-policy-routes
amazon-ec2-net-utils /usr/sbin/setup-policy-routes
google-guest-agent /usr/bin/google_guest_agent
cloud-netconfig /usr/lib/systemd/system/cloud-netconfig.service
oci-utils /usr/sbin/oci-network-config
tailscale /run/tailscale/tailscaled.sock
netbird /run/netbird.sock
cilium /run/cilium/cilium.sock'
}
