import { field } from "./attribute";
import { oneOf } from "./number";
import type { z } from "./zod";

/** What on a host calls the script that puts back what is missing. */
export const backends = ["systemd", "ifupdown", "rc-local"] as const;
export type Backend = (typeof backends)[number];

const persistSchema = oneOf(["auto", ...backends, "none"]);
/** Left out means auto. */
export type Persist = z.infer<typeof persistSchema>;

export const persistField = field({
  schema: persistSchema,
  settle: (value) => (value === "auto" ? undefined : value),
  doc:
    "What puts it back after a reboot: `systemd` (a service that also follows links, addresses and rules), `ifupdown` (a hook at each interface that comes up), " +
    "`rc-local` (a line in /etc/rc.local, at boot only), `none`, or `auto`: the first of these that runs on the host. The output `persisted` says which it is.",
  absent: "auto",
  example: "systemd",
});
