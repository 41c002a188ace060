#!/bin/sh
# One host, from its boot to its end: runs as PID 1 of fresh network, mount, PID, UTS and time namespaces.
# Usage: host.sh DIRECTORY IMAGE HOSTNAME; DIRECTORY has upper, work and root; this machine's PID of the host is written to DIRECTORY/pid
set -eu
dir=$1 image=$2 name=$3
read -r pid _ </proc/self/stat # still this machine's /proc, so this machine's number
hostname "$name"
mount -t overlay overlay -o "lowerdir=$image:/,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
cd "$dir/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t tmpfs -o size=16m,mode=755 tmpfs run # small, so that it can be filled
mount -t tmpfs -o mode=700 tmpfs root         # a heavy .bashrc would add to every command and falsify every number
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p run/sshd run/lock
cat /proc/sys/kernel/random/uuid >"$dir/boot_id" # the kernel's own is this machine's, the same after a host's reboot
mount --bind "$dir/boot_id" proc/sys/kernel/random/boot_id
# Nothing of this machine's mounts stays in sight, nor is held after a lab has ended.
exec 3>"$dir/pid"
pivot_root . mnt
cd /
umount -l /mnt

echo "$name" >/etc/hostname
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >/etc/hosts
[ -e /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -C "root@$name" -f /etc/ssh/ssh_host_ed25519_key
# The kernel's default, whatever this machine's is.
for filter in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >"$filter"; done
# Nobody answers them here, and a hundred hosts' flood the bridges: tens of thousands of packets overflowed the machine's backlog.
for solicitations in /proc/sys/net/ipv6/conf/*/router_solicitations; do echo 0 >"$solicitations"; done
rm -f /var/log/sshd.pid # of the last boot
echo "$pid" >&3
exec 3>&-
/usr/sbin/sshd -E /var/log/sshd.log
# PID 1 inherits every orphan; a shell that waits reaps them all.
while :; do
	sleep infinity &
	wait $! || :
done
