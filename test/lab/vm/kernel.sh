#!/bin/sh
# Makes of a Debian kernel what boots in a virtual machine: vmlinux, an initramfs, the modules of networks, and its version.
# Usage: kernel.sh SERIES DIRECTORY CACHE, where SERIES is such as 6.1, or `newest`; its newest package is taken.
set -eu
series=$1 out=$2 cache=$3
here=$(dirname "$0")
work=$out.work
lists=$cache/kernel-lists
mkdir -p "$out" "$work" "$cache/kernels" "$lists/lists/partial" "$lists/cache/archives/partial"
trap 'rm -rf "$work"' EXIT

# Lists of their own: this machine's apt knows nothing of them.
for suite in bullseye bookworm trixie trixie-backports sid; do
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $suite main"
done >"$work/sources.list"
for suite in bullseye bookworm trixie; do
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian-security $suite-security main"
done >>"$work/sources.list"
: >"$work/status"
apt() {
	"$@" -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State="$lists" \
		-o Dir::State::status="$work/status" -o Dir::Cache="$lists/cache" -o Debug::NoLocking=1
}
case $series in
newest) numbers='[0-9]+[.][0-9]+' ;;
*) numbers=$(echo "$series" | sed 's/[.]/[.]/g') ;;
esac
known() { apt apt-cache search --names-only "^linux-$1-$numbers[.][0-9.-]+([+]deb1[0-9][.0-9]*)?-amd64\$" | cut -d ' ' -f 1; }
[ -n "$(find "$lists/lists" -name '*Packages*' -mmin -1440 | head -n 1)" ] || apt apt-get update >"$work/update"
image=$(known image | sort -V | tail -n 1)
[ -n "$image" ] || { echo "Debian has no Linux $series" >&2 && exit 1; }
release=${image#linux-image-}

# Since 6.19 the image is split.
for package in "linux-image-$release" "linux-binary-$release" "linux-modules-$release" "linux-base-$release"; do
	if ! apt apt-cache show "$package" >"$work/shown" 2>/dev/null || [ ! -s "$work/shown" ]; then continue; fi
	if ! ls "$cache/kernels/$package"_*.deb >/dev/null 2>&1; then (cd "$cache/kernels" && apt apt-get download "$package"); fi
	dpkg-deb -x "$cache/kernels/$package"_*.deb "$work/tree"
done
modules=$work/tree/lib/modules
[ -d "$modules" ] || modules=$work/tree/usr/lib/modules
version=$(ls "$modules")

# What hosts that route load, without compression.
kept='kernel/net/(802|8021q|9p|bridge|core|ipv4|ipv6|l3mdev|llc|mpls|netfilter|sched|xfrm|tls|unix|psample|netlink)/|kernel/drivers/net/(veth|vrf|dummy|ifb|macvlan|ipvlan|vxlan|geneve|gre|tun|bonding|wireguard|net_failover|virtio_net|ppp/ppp_(generic|async)|slip/slhc)|kernel/(lib|crypto|arch/x86/crypto|arch/x86/lib)/|kernel/fs/(9p|overlayfs|netfs|fscache|ext4|jbd2|mbcache)|kernel/drivers/(virtio|block/virtio_blk|char/hw_random/virtio)'
mkdir -p "$out/lib/modules/$version"
cd "$modules/$version"
for file in modules.builtin modules.order modules.builtin.modinfo; do [ ! -e $file ] || cp $file "$out/lib/modules/$version/"; done
find kernel -name '*.ko*' | grep -E "$kept" | while read -r file; do
	mkdir -p "$out/lib/modules/$version/${file%/*}"
	case $file in
	*.xz) xz -dc "$file" >"$out/lib/modules/$version/${file%.xz}" ;;
	*.zst) zstd -dcq "$file" >"$out/lib/modules/$version/${file%.zst}" ;;
	*) cp "$file" "$out/lib/modules/$version/$file" ;;
	esac
done
cd - >/dev/null
busybox depmod -b "$out" "$version"

# Unpacked, it boots in a third of the time: emulated, most of a boot is decompressing.
vmlinuz=$(find "$work/tree" -name 'vmlinuz*' -type f | head -n 1)
"$here/vmlinux.sh" "$vmlinuz" "$out/vmlinux"

# The initramfs: busybox, and what mounts the root.
root=$work/initramfs
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/root" "$root/lower" "$root/own" "$root/rw" "$root/kernel"
cp "$(command -v busybox)" "$root/bin/busybox"
ldd "$root/bin/busybox" | grep -oE '/lib[^ ]+' | while read -r library; do
	mkdir -p "$root${library%/*}"
	cp -L "$library" "$root$library"
done
# The same for what the kernel calls when it wants a module: the roots have no modprobe.
mkdir -p "$out/tools"
cp "$root/bin/busybox" "$out/tools/busybox"
find "$root"/lib* -name '*.so*' -exec cp {} "$out/tools/" ';'
# modules.dep says which further ones each needs.
grep -E "/(virtio_pci|virtio_net|virtio_blk|9pnet_virtio|9p|overlay|crc32c_generic|ext4)[.]ko:" "$out/lib/modules/$version/modules.dep" | tr ': ' '\n' | sort -u | while read -r file; do
	mkdir -p "$root/lib/modules/$version/${file%/*}"
	[ -z "$file" ] || cp "$out/lib/modules/$version/$file" "$root/lib/modules/$version/$file"
done
cp "$out/lib/modules/$version/modules.dep" "$root/lib/modules/$version/"
install -m 755 "$here/initramfs.sh" "$root/init"
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$out/initrd"
echo "$version" >"$out/version"
