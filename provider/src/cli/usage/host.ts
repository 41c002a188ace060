import { hostOptions, program } from "./options";

const flowOptions = `A packet:
  --to ADDRESS             required
  --from ADDRESS           default: not chosen yet
  --iif DEVICE             it came in here; default: the host sends it
  --oif DEVICE             the sending socket is bound to it
  --vrf NAME               the sending socket is bound to the VRF
  --mark N  --uid N  --tos N  --tun-id N    default 0; --mark any: it may have any mark
  --ipproto P  --sport N  --dport N  --flowlabel N    default: cannot be told`;

/** What looks at a host. */
export const hostUsages = {
  doctor: `usage: ${program} doctor (HOST... | --hosts FILE [HOST...]) [--json]
Says what a host allows and lacks, before the first pulumi up: login, host key, root, versions, what puts back after a reboot, who else removes rules
and routes, room, clock, whether a guard can run, a second login beside the first. Each line is ok, warning or fails, with what to do.
It starts a guard that has nothing to undo, and takes it away. Nothing is left on the host.
  --hosts FILE             hosts and logins as a program has them: what pulumi stack export, or pulumi preview --json --show-sames, wrote
  --json                   [{"host","checks":[{"check","level","says","next"}]}]
${hostOptions}
examples:
  ${program} doctor root@edge-1.example.net
  ${program} doctor --hosts plan.json
exit code: 0 nothing fails, 1 something fails, 2 wrong use, 3 a file could not be read`,
  observe: `usage: ${program} observe HOST > state.json
Writes what decides where packets go on a host, as JSON: rules, routes of all tables, links, addresses, next hop objects, sysctls, versions.
${hostOptions}
example:
  ${program} observe root@edge-1.example.net > state.json
exit code: 0 written, 2 wrong use, 3 the host could not be read`,
  trace: `usage: ${program} trace (HOST | --state FILE) --to ADDRESS [...]
       ${program} trace (HOST | --state FILE) --flows FILE [--json]
Says which way packets go on a host, or in a state that observe wrote, and why.
${flowOptions}
  --flows FILE             a packet a line, as {"from","to","iif","oif","vrf","mark","uid","ipproto","sport","dport","tos"}; - is standard input
  --json                   a line of JSON a packet: {"verdict","table","rule","dev","via","src","hops","why","path"}
${hostOptions}
example:
  ${program} trace edge-1 --from 203.0.113.10 --to 192.0.2.7
  ${program} trace --state state.json --flows flows.jsonl --json
exit code: 0 told, 1 of some packet it cannot be told, 2 wrong use, 3 the host or a file could not be read`,
  check: `usage: ${program} check (HOST | --state FILE) [--json] [--owner N] [--stack FILE]...
Lists what is probably not meant, risks first: replies that leave by another uplink, packets that reverse path filtering drops, rules that are never
reached or apply to nothing, tables without routes or without a rule, and more (docs/reference/check.md).
  --json                   [{"level","object","what","next"}]
  --owner N                the proto number of our own rules and routes (default 214)
  --stack FILE             what pulumi stack export wrote: also what stands on the host in that stack's name, under ids that its state does not know
${hostOptions}
example:
  ${program} check edge-1
exit code: 0 no risk found, 1 a risk, or what --stack finds, 2 wrong use, 3 the host or a file could not be read`,
} as const;
