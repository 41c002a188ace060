import { pages } from "./topic";

export const login = pages({
  "login-refused": {
    title: "The login was refused",
    means:
      "The host was reached and showed the right key, but took none of the keys, the agent or the password that it was offered. It is not tried again: it would add to the failures that the host counts.",
    next: "Check `user`, and which key the host wants: `ssh -v USER@HOST` shows what is offered. sshd takes six tries by default, so name the right key by `privateKeyPath` when an agent holds many.",
  },
  "host-key-unknown": {
    title: "The host's key is not known",
    means:
      "The host's key must be known before anything is sent to it, as with `ssh`. It is in none of the known_hosts files that were read, or `hostKey` is not a public key.",
    next: "Run `ssh-keyscan -p PORT HOST`, compare the key with `/etc/ssh/ssh_host_*_key.pub` on the host itself, and add it to known_hosts or give it as `connection.hostKey`.",
  },
  "host-key-differs": {
    title: "The host shows another key than the known one",
    means:
      "Either the host was set up anew, or somebody between you and the host answers in its place, or the key was marked as revoked. Nothing was sent.",
    next: "Ask whoever runs the host. Only if it was set up anew: change `hostKey`, or take the old line out of known_hosts with `ssh-keygen -R HOST` and add the new one.",
  },
  "private-key": {
    title: "The private key cannot be used",
    means: "The file cannot be read, its form is unknown, or it is encrypted and the passphrase is missing or wrong.",
    next: "Check `privateKeyPath` and `privateKeyPassword`. `ssh-keygen -y -f FILE` shows whether the key opens.",
  },
  "ssh-algorithms": {
    title: "sshd and this package have no algorithm in common",
    means: "The host's sshd allows no key exchange, cipher or host key type that is known here.",
    next: "Allow one more in the host's `sshd_config`. The message names the kind.",
  },
  "no-shell": {
    title: "The login has no shell that runs commands",
    means:
      "The login works, but what runs behind it is no POSIX shell: a forced command, `/usr/sbin/nologin`, a menu, or sshd refuses one more session.",
    next: "`ssh USER@HOST sh -c true` must work. Give the user a plain shell, or use another user.",
  },
  "ssh-configuration": {
    title: "Your configuration of ssh cannot be used",
    means:
      "`ssh -G HOST` says what your `~/.ssh/config` and `/etc/ssh/ssh_config` mean for a host. It failed or took too long, or what it says cannot be followed here: `ProxyUseFdpass`, or jump hosts that lead in a circle.",
    next: "Run `ssh -G HOST` yourself, and correct the line that it names. A `Match exec` must end within five seconds.",
  },
  sudo: {
    title: "sudo does not work",
    means:
      "`sudo: true` runs everything by `sudo -n`, or with `sudoPassword`. The user may not do that without a password, or the password is wrong, or sudo wants a terminal.",
    next: "Allow it in a file below `/etc/sudoers.d/`, as the message says, give `connection.sudoPassword`, or log in as root.",
  },
  "not-root": {
    title: "The user is not root",
    means: "Rules, routes and the guard need root's rights.",
    next: "Log in as root, or set `connection.sudo: true` for a user who may run sudo.",
  },
});
