import { loginOptions, program } from "./options";

/** What reads a preview. */
export const reviewUsages = {
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
} as const;
