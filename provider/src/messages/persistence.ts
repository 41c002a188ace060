import { pages } from "./topic";

export const persistence = pages({
  "nothing-persists": {
    title: "Applied, but gone after a reboot",
    means:
      "`persist` was left to `auto`, and nothing on the host would put the entries back: no systemd, no ifupdown and no rc.local runs there, or the login is in a network namespace of its own.",
    next: 'Say `persist: "none"` if that is meant. Otherwise give the host one of these, or write its own manager\'s files with `npx --no-install policy-routing render`.',
  },
  pending: {
    title: "A device has nothing yet that could be followed",
    means:
      "An entry says `addressesOf` or `gatewayOf`, and the device is not there, or has no such address or gateway now. That is no failure: the entry is declared, owned and persisted, and comes with the address.",
    next: "Nothing, if the device will have one. Otherwise look at its name, and at what configures it. The gateway of a device is that of a default route by it that somebody else made: where its DHCP client makes none (`UseRoutes=no`, a metric that another one has), write the gateway's address.",
  },
  "uplink-changed": {
    title: "A device changed while the change was made",
    means:
      "The device has other addresses, or another gateway, than when the change was planned. What was planned is applied; the service on the host follows within seconds.",
    next: "Nothing. A refresh shows that the host has followed.",
  },
  "not-persisted": {
    title: "Applied, but what is to survive a reboot could not be written",
    means:
      "The change is made and confirmed. The files below `/etc/policy-routing`, or what runs them at boot, could not be written: the reason is in the message.",
    next: "Mend it (a full or read-only file system is usual) and run `pulumi up` again, after `pulumi refresh`.",
  },
  "not-removed-from-disk": {
    title: "Gone, but a reboot would bring it back",
    means:
      "The entry was removed from the kernel, and its file below `/etc/policy-routing/objects` could not be removed. The resource stays in the state, so that it is not forgotten.",
    next: "Make the file system writable, and run it again.",
  },
  "persist-elsewhere": {
    title: "It cannot be persisted from this network namespace",
    means:
      "What puts entries back after a reboot acts in the network namespace of PID 1. The login is in another one, or that cannot be told.",
    next: 'Set `persist: "none"` or leave it out, or log in where the network namespace is that of PID 1.',
  },
  "other-managers": {
    title: "Another network manager may remove rules and routes",
    means:
      "A manager on the host (systemd-networkd, NetworkManager, ...) removes at times what it did not make. The message says which version was seen, and what helps.",
    next: 'For systemd-networkd set `coexist: "configure"`, or tell the manager itself to leave foreign entries alone.',
  },
});
