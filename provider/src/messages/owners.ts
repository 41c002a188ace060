import { pages } from "./topic";

export const owners = pages({
  "foreign-entry": {
    title: "A foreign entry stands there already",
    means:
      "At this place the host has an entry that this package did not make. It is left alone, and nothing was changed. The message shows what stands there and what is declared.",
    next: 'Set `adopt: "same"` to take it over if it equals the declaration, or `adopt: true` to replace it. Or remove it on the host, or choose another priority, metric or number.',
  },
  "several-conflicts": {
    title: "Several entries are in the way",
    means:
      "One resource declares several entries, and more than one of them cannot be made: a line for each says why. Nothing was changed.",
    next: "Look at each line; the sections of this page say more of each.",
  },
  "belongs-to-another": {
    title: "The entry belongs to another stack or resource",
    means:
      "The register on the host names another owner for it. The id in the message begins with the host and says the kind of entry; behind it stands the stack.",
    next: "Remove it in that stack, choose another place, or set `adopt: true` to take it over.",
  },
  "not-taken-over": {
    title: "A foreign entry cannot be taken over",
    means:
      "`adopt` takes over only what can be put back exactly. This one the kernel, a DHCP client or router advertisements make by themselves, or it has attributes that are not known here, or it cannot be told from another one.",
    next: "Do what the message says: leave it out, remove it on the host first, or choose another place.",
  },
  "not-the-same": {
    title: "What stands there is not what is declared",
    means:
      '`adopt: "same"` takes over only what equals the declaration. The message shows both: what stands there, and what is declared. Nothing was changed.',
    next: "Declare it as it stands there, or set `adopt: true` to replace it.",
  },
  "several-at-one-key": {
    title: "Several routes stand at one place",
    means: "The kernel allows several routes with the same destination, table and metric, and cannot be told to change only one of them.",
    next: "Remove all but one on the host, or choose another metric.",
  },
  "next-hops-added": {
    title: "Somebody added next hops to a route",
    means: "A route of ours on the host has more next hops than were declared. A change would take them away.",
    next: "Remove them on the host, declare them, or set `adopt: true` to have them removed.",
  },
  "next-hop-in-use": {
    title: "A next hop is still used",
    means:
      "When a next hop object goes, the kernel removes every route and group that uses it. So it is not removed or replaced while somebody else's entries use it, nor before your own have let go of it.",
    next: "Move those entries to another next hop first. In the program, take `nhid` from the NextHop's output, so that the order is known.",
  },
  "table-name-taken": {
    title: "A table's name or number is taken",
    means: "A file of iproute2 on the host gives that name to another number, or another name to that number.",
    next: "Choose another name or number, or remove that line on the host.",
  },
  "tags-clash": {
    title: "Another stack's tag is in the way",
    means:
      "Each stack marks its rules with a number (`proto`), and needs the next odd one for the moment in which a rule is exchanged. Another stack uses that number as its own.",
    next: "Give every stack an even number by `policy-routing:owner`.",
  },
  "taken-over": {
    title: "An entry was taken over",
    means:
      "What stood there belongs to this stack from now on: it is changed by `up` and removed by `destroy`. This is what `adopt: true` asks for, or it carried our tag and nobody's name.",
    next: "Take it out of whatever made it before (`/etc/rc.local`, `interfaces`, another program), or it comes again after a boot.",
  },
  "stands-beside": {
    title: "A foreign route stands beside ours",
    means: "At the same place the host has a route that is not ours, and the kernel uses the first one. The message says which that is.",
    next: "If packets must go by ours, remove the other one on the host or choose another metric.",
  },
  "foreign-before": {
    title: "A foreign entry comes before ours",
    means:
      "The kernel asks it first, for the same packets. Often it is a line of an old file, which a boot made again: a rule without a priority goes to the front. While both say the same nothing is wrong, but a change of ours would do nothing.",
    next: "Remove it from the file that makes it. `npx --no-install policy-routing adopt HOST --twins` prints the commands that remove what says the same as ours.",
  },
  "old-lines": {
    title: "Lines on the host would make again what was taken over",
    means:
      "Files on the host hold lines that make the same entries: at the next boot, or when their manager reads them again, these stand beside ours or in their place.",
    next: "Remove the lines that the message names, in the way it says. Keep them as comments until you are sure: `destroy` removes what was taken over.",
  },
  "owner-unknown": {
    title: "Something was left as it is, because its owner is not known",
    means: "It carries our tag, but the register on the host was lost and names nobody. It is not removed on a guess.",
    next: "If it is not needed, remove it by hand: `ip rule del ...` or `ip route del ...` with the words of the message.",
  },
  "former-value-unknown": {
    title: "A setting stays, since what it was before is not known",
    means:
      "The register on the host remembers what a device's setting was before it was ours. It was lost, or the host booted with that value already. So it is not known what to put back.",
    next: "If it should be something else, set it by hand: `sysctl -w net.ipv4.conf.DEVICE.NAME=...`.",
  },
  "of-another-resource": {
    title: "It is there, but another resource owns it",
    means:
      "A refresh found the entry, and the register names another id. This resource counts as gone: the next `up` would make it, and may be refused.",
    next: "Declare it in one place only, or set `adopt: true` where it belongs now.",
  },
});
