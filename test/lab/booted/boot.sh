#!/bin/sh
# One boot of a host, in a mount, time and network namespace of its own, which take its mounts with them.
# Usage: boot.sh DIRECTORY ROOTFS HOSTNAME NETWORK-NAMESPACE CGROUP; DIRECTORY has upper, work and root; systemd-nspawn's PID is written to DIRECTORY/nspawn
set -eu
dir=$1 lower=$2 name=$3 network=$4 cgroup=$5
# The kernel's one hierarchy, whatever this machine has: with its own group below, hosts do not share `payload` and `supervisor`.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p "/sys/fs/cgroup/$cgroup"
echo $$ >"/sys/fs/cgroup/$cgroup/cgroup.procs"
mkdir -p /run/systemd/nspawn
mount -t tmpfs -o mode=755 tmpfs /run/systemd/nspawn # its locks and sockets
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
echo $$ >"$dir/nspawn"
tun=''
[ ! -c /dev/net/tun ] || tun=--bind=/dev/net/tun # a WireGuard without the kernel's
# Without CAP_NET_ADMIN systemd-networkd would be skipped.
exec systemd-nspawn --quiet --directory="$dir/root" --machine="$name" --network-namespace-path="/run/netns/$network" \
	$tun --register=no --keep-unit --capability=CAP_NET_ADMIN,CAP_NET_RAW,CAP_SYS_ADMIN --resolv-conf=off --timezone=off --link-journal=no --boot
