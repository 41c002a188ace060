import { pages } from "./topic";

export const hold = pages({
  "host-held": {
    title: "Somebody holds a change on this host under guard",
    means:
      "A change with `guard.hold` stands there and is watched until the time that the message names. It may still be undone. Who changes the host waits for it; who only reads does not, and is told.",
    next: "Wait for it. `npx --no-install policy-routing confirm HOST` keeps it now, where a person was asked for; `npx --no-install policy-routing retract HOST` takes it back.",
  },
  "hold-unconfirmed": {
    title: "Nobody confirmed the change, and it was undone",
    means: 'With `guard.confirmBy: "person"` a change is undone at the end of `guard.hold`, unless a person confirmed it before.',
    next: "Run `pulumi up` again, and `npx --no-install policy-routing confirm HOST` while it is held.",
  },
  "hold-withdrawn": {
    title: "A person took the change back while it was held",
    means: "Somebody ran `npx --no-install policy-routing retract` on the host: the message says who and why. The host is as before.",
    next: "Correct the program, or ask who took it back.",
  },
  "nothing-held": {
    title: "Nothing is held that could be confirmed or taken back",
    means:
      "`confirm` and `retract` are about a change that stands under guard now, by `guard.hold`. None does, or it confirms itself. What was confirmed is taken back by `rollback`.",
    next: "`npx --no-install policy-routing history HOST` says what was confirmed, and what is held.",
  },
});
