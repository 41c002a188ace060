#!/bin/sh
# What runs as PID 1 of a virtual machine: a network, and sshd. It is no systemd.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -p /dev/pts /run/sshd /run/lock /root/.ssh /etc/ssh/authorized_keys.d
mount -t devpts devpts /dev/pts
mount -t cgroup2 cgroup /sys/fs/cgroup 2>/dev/null
hostname vm
# The roots have no modprobe.
printf '#!/bin/sh\nexec /kernel/tools/ld-linux-x86-64.so.2 --library-path /kernel/tools /kernel/tools/busybox modprobe "$@"\n' >/run/modprobe
chmod 755 /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
ip link set lo up
for device in /sys/class/net/e*; do ip link set "${device##*/}" name mgmt; done
ip link set mgmt up
ip address add 10.0.2.15/24 dev mgmt
install -m 600 /own/host_key /etc/ssh/ssh_host_ed25519_key
install -m 600 /own/authorized_keys /etc/ssh/authorized_keys.d/root
/usr/sbin/sshd
while :; do sleep 3600 & wait $! || :; done
