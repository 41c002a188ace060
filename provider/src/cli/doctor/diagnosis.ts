import type { Connection } from "../../declaration/connection";
import type { PolicyRoutingError } from "../../errors";
import type { Examination, Tried } from "../../host/reading/examine";
import type { Observation } from "../../host/reading/observe";
import { readable } from "../../host/ssh/knownHosts";
import type { Target } from "../../host/ssh/target";
import { folders } from "../../kernel/persist/folders";
import type { Topic } from "../../messages";
import { type Check, ok, warning } from "./checks";
import { neighboursOn, persistenceOn } from "./lasting";
import { versionsOn } from "./versions";

/** All that was seen, in the order in which a change would come to it. */
export function diagnosisOf(connection: Connection, { target, login, seen, tried, second, failed }: Examination): Check[] {
  return [
    ...(target === undefined || login === undefined ? [] : loginOn(target, login)),
    ...(seen === undefined
      ? []
      : [
          rootOn(connection),
          ...versionsOn(seen.facts),
          ...hostOn(seen),
          persistenceOn(seen.persistence, tried),
          ...neighboursOn(seen.persistence),
        ]),
    ...(tried === undefined ? [] : [...roomOn(tried), guardOn(tried)]),
    ...(second === undefined ? [] : [secondOn(second)]),
    ...(failed === undefined ? [] : [failing(placeOf(failed) ?? (login === undefined ? "login" : "host"), failed)]),
  ];
}

/** What an error is about, in the words of the lines that say that all is well. */
const places: Partial<Record<Topic, string>> = {
  "host-key-unknown": "host key",
  "host-key-differs": "host key",
  "no-shell": "shell",
  sudo: "sudo",
  "not-root": "root",
  "programs-missing": "programs",
  "host-too-old": "versions",
};
const placeOf = ({ parts: { topic } }: PolicyRoutingError): string | undefined => places[topic];

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function failing(check: string, { parts: { what, cameBack, next } }: PolicyRoutingError, more = ""): Check {
  const said = cameBack?.trim() ?? "";
  return { check, level: "fails", says: `${what}${said === "" ? "" : `; came back: ${said}`}${more}`, next };
}

function loginOn(target: Target, ms: number): Check[] {
  const { user, host, port, proxy, proxyCommand, ignoreHostKey, hostKey, transport, openssh } = target;
  if (transport === "local")
    return [ok("login", "none: this is the machine itself, and a change is confirmed by a shell beside the first")];
  const by = openssh === undefined ? "" : ` by your own ssh${openssh.because === undefined ? "" : ` (${openssh.because})`}`;
  const way = proxyCommand !== undefined ? " by its ProxyCommand" : proxy === undefined ? "" : ` by way of ${proxy.host}`;
  return [
    ok("login", `as ${user}, ${host} port ${port}${way}${by}, in ${seconds(ms)}`),
    ignoreHostKey
      ? warning("host key", "is not looked at: insecureIgnoreHostKey", "add it to known_hosts, and leave insecureIgnoreHostKey out")
      : ok(
          "host key",
          openssh !== undefined
            ? "is one that ssh takes"
            : hostKey === undefined
              ? `is the one in ${readable(target.knownHosts).join(" or ")}`
              : "is the one that hostKey says",
        ),
  ];
}

/** What the host told it would not have told another user. */
const rootOn = ({ sudo }: Connection): Check => ok("root", sudo === true ? "by sudo" : "by the login itself");

function hostOn({ facts, freeze }: Observation): Check[] {
  return [
    facts.ownNetns
      ? warning(
          "namespace",
          "the login is in a network namespace of its own, or that cannot be told: its rules and routes are changed, and nothing puts them back after a reboot",
          "log in where the network namespace is that of PID 1, if that is meant",
        )
      : ok("namespace", "the network namespace of PID 1"),
    ...(freeze === undefined
      ? []
      : [warning("freeze", `the host is frozen: ${freeze || "no reason given"}`, `remove ${folders.etc}/freeze before the first up`)]),
  ];
}

/** KiB in which an undo of some thousand steps has its place. */
const enough = 256;
/** Seconds. */
const tolerable = 60;

function roomOn({ uptime, free, ahead }: Tried): Check[] {
  return [
    uptime === undefined
      ? warning("uptime", "/proc/uptime cannot be read: a guard counts what it slept", "look at /proc on the host (a container's lxcfs?)")
      : ok("uptime", `${Math.floor(uptime / 60)} min: a guard's deadline counts by it, whatever the clock does`),
    free === undefined
      ? ok("/run", "cannot tell how much of it is free: there is no df; the guard's text and undo had their place")
      : free < enough
        ? warning(
            "/run",
            `${free} KiB are free: an undo of many steps may not have its place`,
            "make room in /run: what cannot be undone is not begun",
          )
        : ok("/run", `${free} KiB are free`),
    ahead === undefined
      ? ok("clock", "cannot tell: there is no date")
      : Math.abs(ahead) > tolerable
        ? warning(
            "clock",
            `${Math.abs(ahead)} s ${ahead > 0 ? "before" : "behind"} the one here`,
            "set it: times in logs would mislead; a guard does not mind",
          )
        : ok("clock", "as the one here"),
  ];
}

function guardOn({ guard, stopped, remains }: Tried): Check {
  if (guard === undefined)
    return {
      check: "guard",
      level: "fails",
      says: [stopped?.rest ?? "it did not start", ...(stopped?.text ? [`came back: ${stopped.text}`] : [])].join("; "),
      next: "mend what it says: nothing is changed on this host without a guard, unless guard.disabled says so",
    };
  const runs = `runs, ${guard}, and may change what it would put back`;
  return remains
    ? warning("guard", `${runs}, but it did not end when it was taken away`, "look for it on the host: ps ax | grep policy-routing")
    : ok("guard", `${runs}; it was taken away again`);
}

const secondOn = (second: number | PolicyRoutingError): Check =>
  typeof second === "number"
    ? ok("second login", `beside the first, with 8 KiB both ways, in ${seconds(second)}: a change is confirmed by such a one`)
    : failing("second login", second, ": a change is confirmed by such a one, and would be undone");
