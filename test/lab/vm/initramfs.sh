#!/bin/busybox sh
# shellcheck shell=dash
# The first process: mounts the root of a Debian release, read-only and shared, with a layer in memory above it, and goes on there.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs dev /dev
for name in virtio_pci virtio_net virtio_blk 9pnet_virtio 9p overlay crc32c_generic ext4; do $b modprobe "$name" || echo "modprobe $name failed"; done
$b mount -t ext4 -o ro,noatime /dev/vda /lower
$b mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 kernel /kernel
$b mount -t 9p -o trans=virtio,version=9p2000.L,ro own /own
$b mount -t tmpfs -o mode=755 rw /rw
$b mkdir /rw/upper /rw/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work overlay /root
$b mkdir -p /root/lib/modules /root/own /root/kernel
$b mount --move /kernel /root/kernel
$b mount --move /own /root/own
$b mount --bind /root/kernel/lib/modules /root/lib/modules
$b mount --move /dev /root/dev
$b mount --move /proc /root/proc
$b mount --move /sys /root/sys
exec $b switch_root /root /bin/sh /own/start.sh
