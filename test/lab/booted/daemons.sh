#!/bin/sh
# Builds the root file system of a suite's hosts on which others make rules and routes: routing daemons, keepalived, WireGuard. None of them is started by a boot.
# Usage: daemons.sh SUITE DIRECTORY CACHE-OF-PACKAGES ROOT-FILE-SYSTEM-OF-THE-SUITE
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
in_root apt-get -qq install --no-install-recommends keepalived frr bird2 wireguard-tools wireguard-go >/dev/null
for unit in keepalived.service frr.service bird.service logrotate.timer; do systemctl --root=. --quiet disable "$unit"; done
rm usr/sbin/policy-rc.d
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* usr/share/doc usr/share/man usr/share/locale
