#!/bin/sh
# Builds the root file system of a suite's hosts with the DHCP clients that are no part of every host. None of them is started by a boot.
# Usage: clients.sh SUITE DIRECTORY CACHE-OF-PACKAGES ROOT-FILE-SYSTEM-OF-THE-SUITE
set -eu
root=$2 cache=$3 base=$4
cp -a "$base" "$root"
cd "$root"
cp /etc/resolv.conf etc/resolv.conf
mkdir -p "$cache"
# It is a chroot: nothing is to be started.
printf '#!/bin/sh\nexit 101\n' >usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
in_root() { chroot . env DEBIAN_FRONTEND=noninteractive "$@"; }
in_root apt-get -qq update
# ifupdown takes the first of them that it finds: the tests move the others away. Their services would take every link over.
in_root apt-get -qq install --no-install-recommends isc-dhcp-client dhcpcd5 udhcpc >/dev/null
systemctl --root=. --quiet disable dhcpcd.service dhcpcd5.service 2>/dev/null || :
rm usr/sbin/policy-rc.d
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* usr/share/doc usr/share/man usr/share/locale
