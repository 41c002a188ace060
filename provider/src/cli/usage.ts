/** How a command ended, for scripts. */
export const exits = { done: 0, found: 1, wrongUse: 2, unread: 3 } as const;
export type Exit = (typeof exits)[keyof typeof exits];

/** What was typed makes no sense; the text says what would. */
export class WrongUse extends Error {}

/** As a person types it: without `--no-install`, npx would fetch a stranger's package where this one is not installed. */
export const program = "npx --no-install policy-routing";

const loginOptions = `  --identity FILE          private key
  --known-hosts FILE       known host keys, in OpenSSH's form
  --insecure-ignore-host-key   take any host key
  --sudo                   run everything by sudo -n`;
const hostOptions = `HOST is [USER@]NAME[:PORT] or an alias of ~/.ssh/config, which is honoured; root is the default user.
${loginOptions}`;

const flowOptions = `A packet:
  --to ADDRESS             required
  --from ADDRESS           default: not chosen yet
  --iif DEVICE             it came in here; default: the host sends it
  --oif DEVICE             the sending socket is bound to it
  --vrf NAME               the sending socket is bound to the VRF
  --mark N  --uid N  --tos N  --tun-id N    default 0
  --ipproto P  --sport N  --dport N  --flowlabel N    default: cannot be told`;

export const usages = {
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
  --json                   one JSON array
  --owner N                the proto number of our own rules and routes (default 214)
  --stack FILE             what pulumi stack export wrote: also what stands on the host in that stack's name, under ids that its state does not know
${hostOptions}
example:
  ${program} check edge-1
exit code: 0 no risk found, 1 a risk, or what --stack finds, 2 wrong use, 3 the host or a file could not be read`,
  plan: `usage: ${program} plan HOST plan.json
Prints the commands that pulumi up would run on a host as it is now, and their undo, and what stands there in the stack's name under ids that its
state does not know; changes nothing. HOST is one that plan.json names: what
pulumi preview --json --show-sames wrote; - is standard input. up runs them under lock, guard and confirmation, granular resources in groups.
Logins are those of the program; secrets are not in plan.json, so use an agent, ~/.ssh/config, or:
${loginOptions}
example:
  pulumi preview --json --show-sames > plan.json
  ${program} plan edge-1.example.net plan.json
exit code: 0 printed, 1 something will be refused or cannot be told (on standard error), 2 wrong use, 3 the host or the file could not be read`,
  report: `usage: ${program} report plan.json [--live] [--flows FILE] [--commit COMMIT] [--markdown FILE] [--html FILE] [--fail-on risk]
Says what a change does to each host, for those who review it. plan.json is what pulumi preview --json --show-sames wrote; - is standard input.
  --live                   also reads the hosts, all at once: which packets go another way, which findings come and go, what will be refused
  --flows FILE             packets to look up on every host, a line each, as for trace
  --commit COMMIT          what was previewed; left out: what is checked out in this folder
  --markdown FILE          for a pull request; the default is standard output
  --html FILE              one page with a picture of each host
  --fail-on risk           end with 1 where there is a risk, or something that cannot be told
Logins are those of the program; secrets are not in plan.json, so use an agent, ~/.ssh/config, or:
${loginOptions}
example:
  pulumi preview --json --show-sames > plan.json
  ${program} report plan.json --live --html report.html
exit code: 0 done, 1 a risk (with --fail-on risk), 2 wrong use, 3 a file could not be read or written. A host that does not answer is said in the report.`,
  render: `usage: ${program} render --backend ifupdown|systemd-networkd|netplan|NetworkManager [--systemd VERSION] [--host NAME] [--output FOLDER] FILE
Prints what is declared for a host as that manager's own configuration, for those who want their manager to own it. What the manager cannot
express is an error that names the attribute. FILE is what pulumi stack export or pulumi preview --json --show-sames
wrote; - is standard input.
  --backend NAME           ifupdown: post-up and pre-down lines; systemd-networkd: [RoutingPolicyRule], [Route] and [NextHop];
                           netplan: routes and routing-policy; NetworkManager: lines for keyfiles of connections
  --systemd VERSION        of systemd-networkd on the host, 252 if not said: an older one passes over keys that it does not know, so they are errors
  --host NAME              the host as connection.host says it; needed where several are declared
  --output FOLDER          writes the files below it instead of printing them
example:
  ${program} render --backend ifupdown --host edge-1.example.net plan.json
exit code: 0 done, 2 wrong use, 3 the file could not be read, or the manager cannot express what it declares`,
  adopt: `usage: ${program} adopt HOST [--typescript | --yaml] [--main] [--name NAME] [--twins] [--owner N]
Prints what stands on a host as an entry of a stack's hosts, and where each line comes from. Below it stand what was left out and whose it is, what
cannot be declared, which lines of which files are to go then, and notes. Changes nothing.
  --typescript             a program with one HostRouting instead
  --yaml                   the same in YAML, for the plugin
  --main                   takes the default of table main too, where a manager makes it of its own setting
  --name NAME              of the host in the stack; the default is how it is reached
  --twins                  instead: the commands that remove what says the same as ours beside it, once up has taken over
  --owner N                the proto number of our own rules and routes (default 214)
${hostOptions}
example:
  ${program} adopt root@edge-1.example.net
exit code: 0 printed, 1 something cannot be declared, or nothing was found (with --twins: there are some), 2 wrong use, 3 the host could not be read`,
  convert: `usage: ${program} convert FILE... [--typescript | --yaml] [--main] [--name NAME]
Prints what other managers' files say as an entry of a stack's hosts, without a host: ifupdown, rt_tables, netplan, systemd-networkd, NetworkManager's
keyfiles, ifcfg with rule- and route- files, what ip rule, ip route and ip -j print, scripts, units, cron, wg-quick, keepalived, cloud-init, nmstate.
Each line is taken, left out or named. Files that belong together are given together.
  --typescript             a program with one HostRouting instead
  --yaml                   the same in YAML, for the plugin
  --main                   takes the default of table main too, where a manager makes it of its own setting
  --name NAME              of the host; the default is HOST
example:
  ${program} convert /etc/network/interfaces /etc/iproute2/rt_tables
exit code: 0 printed, 1 something cannot be declared, or nothing was found, 2 wrong use, 3 a file could not be read`,
  history: `usage: ${program} history HOST [--run ID] [--json]
Lists what was confirmed on a host, by runs, the newest first: its revisions, when, whose stack, who, how many entries, and why, where
POLICY_ROUTING_REASON said it. Also what was taken back there. The host keeps the newest 30 runs, 2 MiB at most.
  --run ID                 only this one
  --json                   {"revisions":[...],"marks":[...]}, with each entry before and after
${hostOptions}
example:
  ${program} history edge-1
exit code: 0 listed, 1 there is none, 2 wrong use, 3 the host could not be read`,
  diff: `usage: ${program} diff HOST N [M] [--json]
Shows which entries of ours differ between revision N and revision M of a host, or what is there now: as N left them (-), and now (+).
  --json                   [{"key","was","is"}]
${hostOptions}
example:
  ${program} diff edge-1 23
exit code: 0 no difference, 1 some, 2 wrong use, 3 the host could not be read`,
  rollback: `usage: ${program} rollback (HOST... | --hosts FILE [HOST...]) (--to N | --run ID) --why TEXT [--dry-run]
Takes back on hosts what was confirmed there: one transaction a host, with guard, read back and a fresh login as by up. All hosts at once; a table at
the end. Plain pulumi up changes nothing of it; where it would make again what was taken back (after a refresh), it is refused until the program
says otherwise, or allow is run. Nothing is done where somebody changed the same entries since.
  --to N                   the host as it was when revision N had been confirmed
  --run ID                 what this run did, on each host that has something of it
  --why TEXT               required: for the history, and for whoever is refused
  --hosts FILE             hosts and logins as a program has them: what pulumi stack export wrote
  --stack STACK            where the revisions are of several stacks
  --dry-run                prints what would be done
  --force                  also where what is there is not what the history says
  --no-mark                does not refuse it when it comes again
  --confirm-timeout N      seconds of the guard, 30 if not said
  --allow-management-path-change   as guard.allowManagementPathChange
${hostOptions}
example:
  ${program} rollback edge-1 edge-2 --run ci-4711 --why "customer down"
exit code: 0 done everywhere, 1 refused, undone or not reached somewhere, 2 wrong use, 3 a file could not be read`,
  allow: `usage: ${program} allow (HOST... | --hosts FILE [HOST...]) [--run ID]
Lets pulumi up make again what was taken back on these hosts.
  --run ID                 only what this run had made
  --hosts FILE             as for rollback
${hostOptions}
example:
  ${program} allow edge-1 --run ci-4711
exit code: 0 done, 1 some host could not be reached, 2 wrong use, 3 a file could not be read`,
  confirm: `usage: ${program} confirm (HOST... | --hosts FILE [HOST...]) [--why TEXT]
Keeps a change that is held on these hosts by guard.confirmBy: "person": the run that made it looks once more, and confirms it over a fresh login.
Waits until it has, and says how it ended.
  --why TEXT               for the host's log
  --hosts FILE             as for rollback
${hostOptions}
example:
  ${program} confirm edge-1
exit code: 0 confirmed everywhere, 1 undone, nothing to confirm or not reached somewhere, 2 wrong use, 3 a file could not be read`,
  retract: `usage: ${program} retract (HOST... | --hosts FILE [HOST...]) [--why TEXT]
Undoes a change that is held on these hosts by guard.hold, at once. The run that made it ends with an error that names who took it back, and why.
  --why TEXT               for that error, and the host's log
  --hosts FILE             as for rollback
${hostOptions}
example:
  ${program} retract edge-1 --why "customer down"
exit code: 0 undone everywhere, 1 nothing to undo, not all undone or not reached somewhere, 2 wrong use, 3 a file could not be read`,
} as const;

export const usage = `usage: ${program} COMMAND [--help]
  doctor    say what a host allows and lacks, before the first pulumi up
  observe   write what decides where packets go on a host
  trace     say which way packets go, rule by rule
  check     list what is probably not meant
  plan      print what pulumi up would run on a host, and the undo
  report    say what a change does to each host, for its review
  render    print what is declared as another manager's own configuration
  adopt     print what stands on a host as a program, and which file makes it
  convert   print what other managers' files say as a program
  history   list what was changed on a host, by whom and why
  diff      show which entries differ between two revisions of a host, or from one to now
  rollback  take back on hosts what was confirmed there
  allow     let pulumi up make again what was taken back
  confirm   keep a change that is held on hosts under guard
  retract   undo a change that is held on hosts under guard
  help      print this, or help for a COMMAND, as COMMAND --help does
  --version print the version of this package
Only rollback, allow, confirm and retract change anything on a host.`;
