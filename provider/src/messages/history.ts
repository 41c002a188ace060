import { pages } from "./topic";

export const history = pages({
  "not-in-history": {
    title: "Applied, but not in the history on the host",
    means:
      "The change was confirmed. What it did could not be written to `/var/lib/policy-routing/history` on the host, so `rollback` cannot take it back, and refuses to go back over it.",
    next: "Look why the host cannot write there: a full disk, or one that is read-only. `POLICY_ROUTING_HISTORY=0` keeps no history, and says nothing.",
  },
  "not-marked": {
    title: "Taken back, but not remembered on the host",
    means:
      "What a rollback took back stands in `/var/lib/policy-routing/taken-back` on the host, and an `up` that would make it again is refused by that. The file could not be written. The change itself was confirmed.",
    next: "Correct the program before the next `pulumi up --refresh`: `git revert`, then `pulumi up`. Look why the host cannot write there: a full disk, or one that is read-only.",
  },
  "rollback-refused": {
    title: "Refused: this cannot be taken back as it was asked",
    means:
      "What stands on the host is not what its history says, or the history does not hold all that happened since. Nothing was changed.",
    next: "The message says what, and what can be done. `npx --no-install policy-routing history HOST` lists what there is, `npx --no-install policy-routing diff HOST N` what would change.",
  },
  "taken-back": {
    title: "Refused: it would make again what was taken back",
    means:
      "Somebody took this change back on the host by `rollback`, and the program still says the same. Nothing was changed. What is in the program otherwise, or corrected, is not refused.",
    next: "Correct the program: `git revert`, then `pulumi up`. Or allow it again: `npx --no-install policy-routing allow HOST --run ID`.",
  },
  "was-taken-back": {
    title: "What the state has was taken back on the host",
    means: "Somebody ran `rollback` there. The program, as of the last `pulumi up`, says otherwise, so a refresh shows it as drift.",
    next: "Correct the program: `git revert`, then `pulumi up`. An `up` that makes it again is refused, unless `npx --no-install policy-routing allow` is run.",
  },
  "partly-taken-back": {
    title: "Some entries stay as they were when they were taken back",
    means: "The change corrects a part of what was taken back on the host, and makes the rest again.",
    next: "If that is meant, nothing. Otherwise look at `npx --no-install policy-routing history HOST`, which lists what was taken back.",
  },
});
