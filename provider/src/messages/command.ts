import { pages } from "./topic";

export const command = pages({
  file: {
    title: "A file cannot be read or written",
    means: "The path that was given to the command does not exist, is not readable or writable, or holds no JSON.",
    next: "Check the path. `-` is standard input.",
  },
  "preview-file": {
    title: "The file is no preview of Pulumi's",
    means: "`plan`, `report` and `render` read what `pulumi preview --json --show-sames` wrote.",
    next: "Run `pulumi preview --json --show-sames > plan.json` and give that file.",
  },
  "stack-file": {
    title: "The file is no stack's state",
    means: "What `pulumi stack export` wrote is expected, or a preview.",
    next: "Run `pulumi stack export > stack.json` and give that file.",
  },
  "state-file": {
    title: "The file is no state of a host",
    means: "`--state` reads what `npx --no-install policy-routing observe` wrote.",
    next: "Run `npx --no-install policy-routing observe HOST > state.json` and give that file.",
  },
  flow: {
    title: "A packet in the file is not right",
    means: 'Each line of `--flows` is a packet as JSON, such as `{"to": "192.0.2.1", "from": "203.0.113.10"}`.',
    next: "Correct the line that the message names.",
  },
  "not-all-known": {
    title: "Not all that is declared is known",
    means:
      "A value in the file is secret, or known only once `pulumi up` has run. Printed without it, the configuration would say something else.",
    next: "Declare it openly, or run `pulumi up` first and take `pulumi stack export`.",
  },
  "nothing-declared": {
    title: "The file declares nothing of ours",
    means: "There is no PolicyRule, PolicyRoute, NextHop, RoutingTable, HostRouting or MultihomedHost in it.",
    next: "Check that it is the right stack, and that the preview was made with `--show-sames`.",
  },
  "not-expressible": {
    title: "The manager cannot express what is declared",
    means:
      "The manager, ifupdown or systemd-networkd, has no key for a field that is declared. Nothing was printed that would mean something else.",
    next: "Leave the field out for that host, choose the other backend, or let this package apply it.",
  },
});
