import type { Profile } from "../profile";

/** Ways in that are slow, narrow or unreliable. */
export const logins: readonly Profile[] = [
  {
    name: "a login of 7 s",
    // It is run twice a login: for the question whether the key would do, and for the proof.
    why: "an AuthorizedKeysCommand that asks a slow directory",
    install: `printf '#!/bin/sh\\nsleep 3.5\\ncat /etc/ssh/authorized_keys.d/"$1"\\n' >/usr/local/bin/slow-keys; chmod 755 /usr/local/bin/slow-keys`,
    sshd: { AuthorizedKeysFile: "none", AuthorizedKeysCommandUser: "root", AuthorizedKeysCommand: "/usr/local/bin/slow-keys %u" },
    seconds: 20,
    slow: true,
  },
  { name: "MaxSessions 1", why: "sshd allows one session a connection", sshd: { MaxSessions: "1" } },
  {
    name: "PerSourcePenalties",
    why: "sshd of Debian 13 shuts out an address that fails, or leaves before it logged in",
    suite: "trixie",
    sshd: { PerSourcePenalties: "authfail:60 noauth:30 grace-exceeded:60 crash:60 min:5" },
    weight: 0.5,
  },
  {
    name: "sudo with a terminal and a log",
    why: "sudo gives every command a terminal of its own, and records input and output",
    login: { user: "ops", sudo: true },
    install:
      "printf 'Defaults use_pty\\nDefaults log_output\\nDefaults log_input\\n' >/etc/sudoers.d/strange; chmod 440 /etc/sudoers.d/strange",
  },
  {
    name: "hardened",
    why: "as by CIS: a read-only TMOUT in bash, which is its sh too, a banner, two tries a login, no forwarding, hidden processes, no programs in /run and /tmp",
    login: { user: "ops", sudo: true },
    install: `ln -sf bash /bin/sh; echo 'Authorized users only.' >/etc/issue.net
      printf 'readonly TMOUT=3\\nexport TMOUT\\numask 077\\n' >/etc/bash.bashrc; cp /etc/bash.bashrc /home/ops/.bashrc
      printf 'Defaults use_pty\\nDefaults env_reset\\nDefaults env_keep += "TMOUT"\\n' >/etc/sudoers.d/strange; chmod 440 /etc/sudoers.d/strange`,
    sshd: { Banner: "/etc/issue.net", MaxAuthTries: "2", AllowTcpForwarding: "no", ClientAliveInterval: "5", LoginGraceTime: "20" },
    boot: "mount -o remount,noexec,nosuid,nodev /run; mount -o remount,noexec,nosuid,nodev /tmp; mount -o remount,hidepid=2 /proc",
  },
  {
    name: "a user who may nothing",
    why: "neither root nor sudo",
    login: { user: "nosudo" },
    cannot: { create: /root/ },
  },
  {
    name: "a jump host that dies",
    why: "the only way in is through a host whose sshd dies in mid-change",
    jump: true,
    strike: { cut: async ({ jump }) => jump?.stopSshd("die"), mend: async ({ jump }) => jump?.startSshd() },
  },
];
