#!/bin/sh
# Turns the network namespace it runs in into a router, before its links are made: what it is given on standard input is for `ip -batch`.
set -eu
cd /proc/sys/net
echo 1 >ipv4/ip_forward
echo 1 >ipv6/conf/all/forwarding
for conf in all default; do
	echo 0 >ipv4/conf/$conf/rp_filter
	echo 0 >ipv6/conf/$conf/accept_dad # addresses are usable at once
done
exec ip -batch -
