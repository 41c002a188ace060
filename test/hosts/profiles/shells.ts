import type { Profile } from "../profile";

const into = (folder: string, program: string, list: string): string =>
  `for name in ${list}; do case $name in ip | sh | mount | umount | sshd) ;; *) ln -sf ${program.replace("@", "$name")} ${folder}/"$name" ;; esac; done`;
/** All that the scripts on a host use of a userland, and more. */
const used =
  "awk cat chmod chown cp cut date dd find grep head id kill ln logger ls mkdir mv ping pgrep pidof printf ps readlink rm rmdir sed seq setsid sleep sort stat sync tail tee test timeout touch tr true uname uniq wc which xargs";

/** Shells and programs that are not those of Debian. */
export const shells: readonly Profile[] = [
  { name: "Debian 12", why: "for comparison: dash, GNU userland, one network namespace, quick logins", machines: 2 },
  { name: "sh is bash", why: "as on Fedora, openSUSE and Arch", install: "ln -sf bash /bin/sh" },
  {
    name: "busybox",
    why: "as on Alpine and OpenWrt: its sh for every script and login, its head, sed, ls, dd and all others but ip",
    packages: ["busybox"],
    install: `${into("/usr/local/bin", "/bin/busybox", used)}\nln -sf busybox /bin/sh\nsed -i '/^root:/s|:[^:]*$|:/bin/sh|' /etc/passwd`,
  },
  {
    name: "toybox",
    why: "as on Android-like and minimal systems: its head reads ahead on a pipe",
    packages: ["toybox"],
    install: into("/usr/local/bin", "/bin/toybox", "$(/bin/toybox)"),
    // As systemd sets it: its ping has no other socket.
    boot: "echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range",
  },
  {
    name: "uutils",
    why: "coreutils in Rust, as Ubuntu has them since 25.10",
    packages: ["rust-coreutils"],
    install: into("/usr/local/bin", "/usr/lib/cargo/bin/coreutils/@", "$(ls /usr/lib/cargo/bin/coreutils)"),
  },
  {
    name: "Debian 11's ip",
    why: "iproute2 5.9: fewer words, other JSON",
    ip: "bullseye",
  },
  {
    name: "a noisy login shell",
    why: "its .bashrc prints on both outputs, sets aliases, traps and shell options, and changes the folder",
    boot: `cat >/root/.bashrc <<'END'
echo 'Welcome to this host'
printf '\\033[1mThis system is monitored.\\033[0m' >&2
alias ip='ip -c' rm='rm -i' mv='mv -i' ls='ls --color=always'
export GREP_OPTIONS=--color=always POSIXLY_CORRECT=1 COLUMNS=20 LANG=de_DE.UTF-8 CDPATH=/tmp
trap 'echo bye' EXIT
set -o noclobber
umask 0
cd /tmp
END`,
  },
  {
    name: "low memory",
    why: "each process of a login may use 24 MiB of address space",
    install: `printf '#!/bin/sh\\nulimit -v 24576\\nexec /bin/sh "$@"\\n' >/usr/local/bin/small; chmod 755 /usr/local/bin/small
      sed -i '/^root:/s|:[^:]*$|:/usr/local/bin/small|' /etc/passwd`,
  },
  {
    name: "slow ip",
    why: "every ip takes a second",
    slow: true,
    guard: { confirmTimeout: 120 },
    seconds: 30,
    late: 15,
    programs: { "/usr/sbin/ip": '#!/bin/sh\nsleep 1\nexec ip.real "$@"\n' },
  },
];
