import { pages } from "./topic";

export const fleet = pages({
  "configured-hosts": {
    title: "The hosts in Pulumi.<stack>.yaml are not right",
    means:
      "`hostsFromConfig` found mistakes under `hosts` or `defaults`, each told with its path. A mistake in `defaults` is told once, at `defaults`.",
    next: "Correct the file at those paths. The forms are those of MultihomedHost and HostRouting.",
  },
  "rollout-options": {
    title: "The options of a rollout cannot be meant",
    means: "`canary` or `batch` of `rollout` is neither a number of hosts nor, for `batch`, a share of them.",
    next: 'Give `canary` as a whole number, 0 for none, and `batch` as a number of 1 or more or as a share such as `"25%"`.',
  },
  "wave-failed": {
    title: "A wave failed, and later waves were not begun",
    means: "A host of this wave could not be changed. Its own error stands above. Hosts of later waves are as before.",
    next: "Mend what that error says, and run `pulumi up` again: hosts that are done already cost nothing. Or take the run back on those, by the command that the message ends with.",
  },
  "idle-canary": {
    title: "The canary has no change",
    means: "The first wave changes nothing while a later one does. So it shows nothing about the change.",
    next: "Let a host be the canary that the change is about: put it first in the list.",
  },
});
