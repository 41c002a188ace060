import { pages } from "./topic";

export const host = pages({
  "programs-missing": {
    title: "A program is missing on the host",
    means:
      "The host lacks iproute2's `ip` or a basic tool, or the login's PATH does not lead to it. busybox's own `ip` is not enough: it knows neither JSON nor the origin of an entry (`proto`).",
    next: "Install what the message names. Nothing else need be installed on a host.",
  },
  "host-too-old": {
    title: "The host's kernel or iproute2 is too old",
    means: "This package needs Linux 4.17 and iproute2 4.20; some fields need more. Nothing was changed.",
    next: "Update the host, or leave the field that the message names out for this host.",
  },
  "host-lacks": {
    title: "The host does not support something of it",
    means:
      "`ip` or the kernel refused a word that its version should know: it was built without that feature. Everything of that change was undone.",
    next: "Leave it out for this host, or give the host a kernel with the feature.",
  },
  "no-ipv6": {
    title: "The host has no IPv6",
    means: "The kernel was started with `ipv6.disable=1` or built without IPv6, and an IPv6 entry is declared.",
    next: "Leave the IPv6 entries out for this host, or start its kernel with IPv6.",
  },
  "no-device": {
    title: "There is no such device on the host",
    means: "A setting is declared for a device that does not exist there now.",
    next: "Make the device first, check its name with `ip link`, or leave the setting out.",
  },
  "no-setting": {
    title: "The host has no such setting",
    means:
      "Its kernel was built without what the setting is about (VRFs, IPv6, several next hops), or the host is a container to which that is not shown. Nothing was changed.",
    next: "Leave the setting out for this host; `ls /proc/sys/net/ipv4` there shows what it has.",
  },
  "router-advertisements": {
    title: "The default route that a router advertises would be lost",
    means:
      "Where a host forwards IPv6, the kernel listens to routers only with `accept_ra` 2: it drops at once the default routes that it learned, and addresses that it made of advertisements run out. Nothing was changed.",
    next: "Set `net.ipv6.conf.DEVICE.accept_ra` to 2 for that device, in /etc/sysctl.d too, and run `up` again. systemd-networkd and NetworkManager listen to routers themselves: with them `accept_ra` is 0.",
  },
  "too-many-routes": {
    title: "The host has too many routes to read them all",
    means: "`expect`, `report --live`, `trace`, `check` and `observe` need all routes of a host. From 200,000 routes on they are not read.",
    next: "Leave out `expect` there; a probe of kind `route` asks the kernel itself. For single packets run `ip route get` on the host.",
  },
  "ip-failed": {
    title: "ip could not show something",
    means: "A command of `ip` that only reads failed on the host. The answer is behind `came back`.",
    next: "Run the same on the host by hand, for example `ip -j rule`. It often is a container without the needed rights, or a broken iproute2.",
  },
  "answer-not-understood": {
    title: "The host answered in a way that is not understood",
    means:
      "Something on the host or on the way changed the answer: a shell that prints, a wrapper around `ip`, an answer that was cut. Nothing was taken from it.",
    next: "Look at what is behind `came back`. `ssh HOST true` must print nothing. If `ip -j -d rule` on the host is plain JSON, please report it.",
  },
  "host-busy": {
    title: "Another change holds the host",
    means:
      "One change at a time is made on a host. Another `pulumi up`, from this machine or another one, is at work there, and its name is in the message.",
    next: "Wait for it to end and run again. A holder that died is ended by its own guard within `guard.confirmTimeout`.",
  },
  stopped: {
    title: "The run was stopped before this was confirmed",
    means:
      "Ctrl-C, or another end of the run, came first. What was not begun yet was not sent to its host. What was under way there was undone at once, and the message says how that ended. What was confirmed before stays.",
    next: "Run `pulumi up` again: it looks at the hosts and carries on from what is there.",
  },
  "host-frozen": {
    title: "The host is frozen",
    means: "Somebody made the file `/etc/policy-routing/freeze` on the host: no change is allowed. Its text is the reason.",
    next: "Ask who froze it. Removing the file allows changes again.",
  },
  "lock-cleared": {
    title: "A lock that cannot be read was cleared",
    means: "A lock file on the host was empty or damaged, after a crash or a full disk. It was nobody's, and no change was under guard.",
    next: "Nothing. If it happens again, look at the free space of `/run` on the host.",
  },
  "newer-version": {
    title: "A newer version of this package wrote it",
    means: "The state or the register on the host holds something that this version does not know.",
    next: "Update pulumi-policy-routing in the program that you run.",
  },
});
