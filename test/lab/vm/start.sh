#!/bin/sh
# What runs as PID 1 of a virtual machine: a network, and sshd. It is no systemd.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -p /dev/pts /run/sshd /run/lock /root/.ssh /etc/ssh/authorized_keys.d
mount -t devpts devpts /dev/pts
mount -t cgroup2 cgroup /sys/fs/cgroup 2>/dev/null
hostname vm
tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
# The roots have no modprobe.
printf '#!/bin/sh\nexec /kernel/tools/ld-linux-x86-64.so.2 --library-path /kernel/tools /kernel/tools/busybox modprobe "$@"\n' >/run/modprobe
chmod 755 /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
ip link set lo up
# Two ways in, for a login by one while the other is changed. Without addresses of IPv6, which come and go by themselves.
number=2
for device in /sys/class/net/e*; do
	ip link set "${device##*/}" name "mgmt$number"
	ip link set "mgmt$number" addrgenmode none
	ip link set "mgmt$number" up
	ip address add "10.0.$number.15/24" dev "mgmt$number"
	number=$((number + 1))
done
# The `sh` and `ip` of other releases, a disk each behind that of the root.
for disk in /dev/vd[b-z]; do
	read -r release || break
	mkdir -p "/releases/$release"
	mount -t ext4 -o ro,noatime "$disk" "/releases/$release"
done </own/releases
install -m 600 /own/host_key /etc/ssh/ssh_host_ed25519_key
install -m 600 /own/authorized_keys /etc/ssh/authorized_keys.d/root
/usr/sbin/sshd
while :; do sleep 3600 & wait $! || :; done
