import { pages } from "./topic";

export const change = pages({
  "management-path": {
    title: "Refused: the change would move your own SSH connection",
    means:
      "With the change, the answers to the SSH connection that makes it would leave by another device or gateway, or that cannot be told. Nothing was changed.",
    next: "Change the selectors so that they leave out the address that you come from. If it is meant, set `guard: { allowManagementPathChange: true }`: then the timed undo alone protects the host.",
  },
  expectation: {
    title: "Packets do not go where they are expected",
    means:
      "What `expect` (or MultihomedHost's `outside`) asks for does not hold: as the host is, or once the change is made. The message says how the packet goes instead, and where it can, which rule decides.",
    next: "Correct the entries, or what is expected. `npx --no-install policy-routing trace HOST --to ADDRESS --from ADDRESS` shows the whole way.",
  },
  "probe-failed": {
    title: "A probe failed, and the change was undone",
    means:
      "A probe of `guard.probes` passed before the change and fails after it, or it says `expect: true` and fails. The host is as before.",
    next: "Look at what the probe says. Take it out, or correct it, if it asks for something that this change is meant to end.",
  },
  "too-slow": {
    title: "The change took too long, and was undone",
    means:
      "The guard on the host undoes everything that is not confirmed within `guard.confirmTimeout` (30 s if not said). The change itself, or the new login that confirms it, took that long.",
    next: "Raise `guard.confirmTimeout` above the time that the message names, or look why `ip` is slow on the host.",
  },
  "cut-off": {
    title: "No new login got through after the change: it was undone",
    means:
      "A change is kept only if a fresh login reaches the host after it. None did, so the change probably cuts the host off, and the host undid it by itself.",
    next: "Look where answers to your own address go with the change: `npx --no-install policy-routing report plan.json --live`. On a slow network raise `guard.confirmTimeout`.",
  },
  "read-back-differs": {
    title: "What was read back is not what was asked",
    means:
      "After the change the host showed something else, or could not show it. Somebody else changes the same entries, or the kernel did less than it said.",
    next: "Look who else changes rules and routes on the host (`ip monitor`), and run `pulumi up` again.",
  },
  "kernel-refused": {
    title: "The kernel refused it",
    means:
      "`ip` was run and the kernel said no, in the words behind `came back`. Only this change was undone; others of the same run may have been made.",
    next: "Correct what the kernel names: often a gateway that is on no link, a source address that the host does not have, or a device that is down.",
  },
  reverted: {
    title: "The change was undone",
    means: "Something went wrong while the change was made, everything was put back, and the host was read to verify that.",
    next: "The message says what went wrong. Run `pulumi up` again once that is mended.",
  },
  "reverted-but-differs": {
    title: "The change was undone, but something differs from before",
    means:
      "The undo ran, and what is there now is not as before, or could not be read. The message names each difference. Pulumi keeps the resource, and knows that it must be looked at.",
    next: "Run `pulumi up` again: it reads the host and repairs what is declared.",
  },
  "unknown-ending": {
    title: "How the change ended is not known",
    means:
      "The host did not answer any more. Its guard works without us: what was not confirmed is undone at the time that the message names.",
    next: "When the host answers again, run `pulumi up`: it reports what happened and carries on.",
  },
  "earlier-undone": {
    title: "An earlier change was undone",
    means:
      "A change of an earlier run was not confirmed (a crash, Ctrl-C, a lost connection), and its guard undid it. The host is as before that change.",
    next: "Nothing: this run goes on from what is there.",
  },
  "earlier-undo-failed": {
    title: "The undo of an earlier change failed, or is not known to have worked",
    means: "The guard of an earlier run could not put back everything. What it could not do is in the message.",
    next: "This run repairs what is declared. Look at the rest on the host, with `ip rule` and `ip route show table all`.",
  },
  "guard-not-ready": {
    title: "Nothing was changed: the guard could not be made ready",
    means:
      "Before the first step the timed undo must be armed, and prove that it could work. On this host it could not: the message says what it found.",
    next: "Mend what the message names (space in `/run`, rights, another `ip` in a service's PATH, a network namespace), and run again.",
  },
  "other-changes-first": {
    title: "Other changes came first, again and again",
    means: "Each time before this change could be made, another transaction changed the host.",
    next: "Run it again when the host is quieter.",
  },
  bug: {
    title: "A mistake in this package",
    means: "Something happened that should not be possible. Nothing is told as done that was not seen.",
    next: "Please report it with the whole message. Running `pulumi up` again is safe.",
  },
});
