import { goingBackUsages } from "./goingBack";
import { hostUsages } from "./host";
import { program } from "./options";
import { reviewUsages } from "./review";
import { takeoverUsages } from "./takeover";

export const usages = { ...hostUsages, ...reviewUsages, ...takeoverUsages, ...goingBackUsages } as const;

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
