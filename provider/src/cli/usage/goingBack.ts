import { hostOptions, program } from "./options";

/** What goes back, or keeps. */
export const goingBackUsages = {
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
exit code: 0 done everywhere, 1 refused, undone or not reached somewhere, or a run that no host knows, 2 wrong use, 3 a file could not be read`,
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
