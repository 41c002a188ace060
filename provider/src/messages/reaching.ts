import { pages } from "./topic";

export const reaching = pages({
  "not-reachable": {
    title: "The host is not reachable",
    means:
      "No TCP connection to the host's sshd came about. The words behind `came back` say how far it went: `EHOSTUNREACH` and `ENETUNREACH`: no way leads there, or the host is down. `ECONNREFUSED`: the host is up, and nothing listens at that port. Nothing was changed. A host that does not answer is never taken to be gone.",
    next: "Try `ssh` to the same name from the same machine. If other hosts are to go on without this one, run again with `--exclude '**NAME'`, where NAME is the resource's name in the program.",
  },
  "name-unknown": {
    title: "The host's name is not known",
    means: "The name in `connection.host` (or `HostName` in `~/.ssh/config`) could not be resolved to an address.",
    next: "Check the spelling, and whether the name server that knows it is asked from this machine (a VPN may be needed). An address works as well as a name.",
  },
  "no-answer": {
    title: "The host does not answer in time",
    means:
      "The way to the host, the login or the start of the shell took longer than `connection.perDialTimeout`, or a command on the host did not end in time. The text says which of these.",
    next: "Look whether the host is overloaded, and whether `ssh HOST true` is as slow. For a far or slow host raise `connection.perDialTimeout`.",
  },
  "not-yet": {
    title: "The host is still starting",
    means:
      "The host answers, and takes no login yet. Either it closed the connection before its first word: it is just starting, has no host key yet, or turns connections away because too many wait (`MaxStartups`). Or it took the key or the password and then lets only root in: while a host starts or shuts down, pam_nologin keeps all other users out. Nothing is wrong with the key or the password. It was dialled again as often as `connection.dialErrorLimit` says.",
    next: "Wait until the host has started, and run it again; or raise `connection.dialErrorLimit` (60 waits for four minutes and more). If it goes on, look at the host's console: `systemctl is-system-running`, `systemctl status ssh`.",
  },
  "connection-lost": {
    title: "The connection was lost",
    means:
      "The SSH connection ended while something was under way. If a change was, its guard on the host undoes it unless it was confirmed, and another message says how it ended.",
    next: "Run `pulumi up` again: it looks at the host and carries on from what is there.",
  },
  "kept-unseen": {
    title: "The state of a host was kept as it was",
    means:
      "`POLICY_ROUTING_UNREACHABLE=keep` was set and the host did not answer a refresh. Its resources stay in the state, and nobody looked at them.",
    next: "Run `pulumi refresh` without the variable once the host answers.",
  },
  "left-on-host": {
    title: "Something was forgotten, but not removed from the host",
    means:
      "`POLICY_ROUTING_UNREACHABLE=forget` was set and the host did not answer. The resource is out of the state, and what it made is still on the host, in its name.",
    next: "When the host answers again, declare it once more: the same program takes over what is there. `npx --no-install policy-routing check HOST --stack FILE` lists what nobody's state knows.",
  },
  "old-address": {
    title: "Whether an old address is another machine cannot be told",
    means:
      "`connection.host` changed. What was made at the old address is removed only if that is certainly another machine than the one at the new address. Here that cannot be told, or the old address was not asked, so nothing was removed there.",
    next: "If the old address is another machine, remove there by hand what the message names, or declare it there once more and destroy it.",
  },
  "unreachable-variable": {
    title: "POLICY_ROUTING_UNREACHABLE has a value that means nothing",
    means:
      "The variable says what to do with hosts that do not answer in this run: `keep` (a refresh leaves their state) or `forget` (a delete leaves what is on the host).",
    next: "Set it to one of these, or unset it.",
  },
});
