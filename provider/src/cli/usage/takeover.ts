import { hostOptions, program } from "./options";

/** What reads what others made. */
export const takeoverUsages = {
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
} as const;
