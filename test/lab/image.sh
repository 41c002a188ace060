#!/bin/sh
# Makes the image of a lab's hosts: the layer between this machine's root and a host's own changes.
# It edits this machine's root through an overlay, so the kernel itself records what is new, changed and gone.
# Runs in a mount namespace of its own, which takes the mount with it.
# Usage: image.sh DIRECTORY PUBLIC-KEY-FILE, with the password of the user `guest` on standard input
set -eu
image=$1 key=$2
read -r password
mkdir -p "$image" "$image.work" "$image.root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$image,workdir=$image.work" "$image.root"
cd "$image.root"

# What earlier use of this machine may have left.
rm -rf etc/policy-routing etc/iproute2 etc/ssh etc/systemd/system/policy-routing* etc/network/if-*.d/policy-routing*
dpkg -L iproute2 | grep '^/etc/iproute2' | while read -r path; do
	if [ -d "$path" ]; then mkdir -p ".$path"; else cp -p "$path" ".$path"; fi
done

# No PAM: a login then costs what sshd costs, and a password is looked up in /etc/shadow.
mkdir -p etc/ssh/sshd_config.d etc/ssh/authorized_keys.d
cat >etc/ssh/sshd_config <<-END
	Include /etc/ssh/sshd_config.d/*.conf
	HostKey /etc/ssh/ssh_host_ed25519_key
	AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u
	PermitRootLogin prohibit-password
	LogLevel INFO
	UsePAM no
	UseDNS no
	PrintMotd no
	PidFile /var/log/sshd.pid
	Subsystem sftp internal-sftp
END
# The first value of an option wins, but of this one the last.
echo 'MaxStartups 100' >etc/ssh/sshd_config.d/MaxStartups.conf

# A password of `*` matches nothing, yet does not lock the account as `!` does.
hash=$(printf %s "$password" | perl -e 'print crypt(<STDIN>, q($6$lab$))')
account() { # NAME UID PASSWORD-HASH
	sed -i "/^$1:/d" etc/passwd etc/shadow etc/group
	echo "$1:x:$2:$2::/home/$1:/bin/bash" >>etc/passwd
	echo "$1:$3:19700:0:99999:7:::" >>etc/shadow
	echo "$1:x:$2:" >>etc/group
	mkdir -p "home/$1"
	chown "$2:$2" "home/$1"
}
account ops 64101 '*'
account nosudo 64102 '*'
account guest 64103 "$hash"
sed -i 's/^root:[^:]*:/root:*:/' etc/shadow
for user in root ops nosudo; do cp "$key" "etc/ssh/authorized_keys.d/$user"; done
chmod 644 etc/ssh/authorized_keys.d/*
printf '%s\n' 'ops ALL=(ALL:ALL) NOPASSWD: ALL' 'guest ALL=(ALL:ALL) ALL' >etc/sudoers.d/lab
chmod 440 etc/sudoers.d/lab
