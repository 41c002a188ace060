import type { Place } from "../hooks";
import { atOnce, type Fault, long, nothing } from "./fault";

const underWay: readonly [Place, ...Place[]] = ["apply", "readback", "confirm", "confirmed"];
const on = ["booted"] as const;

/** What systemd does, or is made to do, beside a transaction. */
export const systemdFaults: readonly Fault[] = [
  {
    name: "systemd reads its units anew",
    group: "systemd",
    on,
    places: underWay,
    bears: true,
    strike: async ({ site }) => void (await site.host.exec(`systemctl ${site.random.pick(["daemon-reload", "daemon-reexec"])}`)),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "systemd reads its units anew, and the link is down",
    group: "systemd",
    on,
    places: underWay,
    strike: async ({ site }) => {
      await site.host.linkDown();
      await site.host.exec("systemctl daemon-reload");
    },
    lasts: long,
    heal: ({ site }) => site.host.linkUp(),
  },
  {
    name: "the service that puts back is killed",
    group: "systemd",
    on,
    places: underWay,
    bears: true,
    strike: async ({ site }) => void (await site.host.result("systemctl kill --signal=KILL policy-routing.service")),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "the service that puts back is started anew",
    group: "systemd",
    on,
    places: underWay,
    bears: true,
    strike: async ({ site }) => void (await site.host.result("systemctl restart policy-routing.service")),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "the sessions are ended by logind",
    group: "systemd",
    on,
    places: underWay,
    strike: async ({ site }) =>
      void (await site.host.exec(
        "loginctl list-sessions --no-legend | while read -r session _; do loginctl terminate-session $session; done",
      )),
    lasts: atOnce,
    heal: nothing,
  },
];
