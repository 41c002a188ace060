#!/bin/sh
# Builds the root file system of a suite's hosts with packages that are no part of every host. None of their services is started by a boot.
# Usage: more.sh SUITE DIRECTORY CACHE-OF-PACKAGES ROOT-FILE-SYSTEM-OF-THE-SUITE PACKAGES UNITS
set -eu
root=$2 cache=$3 base=$4 packages=$5 units=$6
cp -a "$base" "$root"
cd "$root"
cp /etc/resolv.conf etc/resolv.conf
mkdir -p "$cache"
# It is a chroot: nothing is to be started.
printf '#!/bin/sh\nexit 101\n' >usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
in_root() { chroot . env DEBIAN_FRONTEND=noninteractive "$@"; }
in_root apt-get -qq update
# shellcheck disable=SC2086 # split on purpose
in_root apt-get -qq install --no-install-recommends $packages >/dev/null
# Not every release has all of them.
for unit in $units; do systemctl --root=. --quiet disable "$unit" 2>/dev/null || :; done
rm usr/sbin/policy-rc.d
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* usr/share/doc usr/share/man usr/share/locale
