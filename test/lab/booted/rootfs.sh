#!/bin/sh
# Builds the root file system of a suite's booted hosts, without what makes one host differ from another.
# Usage: rootfs.sh SUITE DIRECTORY CACHE-OF-PACKAGES
set -eu
suite=$1 root=$2 cache=$3
mkdir -p "$cache"
# libpam-systemd: without it every login sits in ssh.service, and nothing that is started in it can ever be ended with the session.
debootstrap --variant=minbase --cache-dir="$cache" \
	--include=systemd,systemd-sysv,dbus,libpam-systemd,iproute2,openssh-server,procps,ifupdown,sudo,iputils-ping,nftables,network-manager,netplan.io \
	"$suite" "$root"
cd "$root"

rm -f etc/ssh/ssh_host_* var/log/*.log
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* usr/share/doc usr/share/man usr/share/locale
: >etc/machine-id
printf 'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n' >etc/network/interfaces
# Nothing that runs by itself in the middle of a test. NetworkManager is unmasked where it is wanted.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer man-db.timer console-getty.service \
	NetworkManager.service NetworkManager-dispatcher.service NetworkManager-wait-online.service; do
	ln -sf /dev/null "etc/systemd/system/$unit"
done

mkdir -p etc/ssh/authorized_keys.d etc/ssh/sshd_config.d
cat >etc/ssh/sshd_config.d/lab.conf <<-END
	HostKey /etc/ssh/ssh_host_ed25519_key
	AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u
	PermitRootLogin prohibit-password
	UseDNS no
END
echo 'MaxStartups 100' >etc/ssh/sshd_config.d/MaxStartups.conf

for user in ops nosudo; do
	chroot . useradd --create-home --shell /bin/bash "$user"
	chroot . usermod --password '*' "$user"
done
printf 'ops ALL=(ALL:ALL) NOPASSWD: ALL\n' >etc/sudoers.d/lab
chmod 440 etc/sudoers.d/lab
