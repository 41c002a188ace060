import { hostOf } from "../../../provider/src/host/host";
import { withdraw } from "../../../provider/src/host/transaction/heldChange";
import type { Place } from "../hooks";
import { atOnce, type Fault, long, nothing } from "./fault";

const held = { group: "held", subject: "a whole host that is held", places: ["prolong"] satisfies readonly [Place] } as const;

/** While a change stands under guard and is watched. */
export const heldFaults: readonly Fault[] = [
  {
    name: "controller killed while it holds",
    ...held,
    strike: async ({ stack }) => stack.controller.signal("SIGKILL"),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "controller asleep while it holds",
    ...held,
    strike: async ({ stack }) => stack.controller.signal("SIGSTOP"),
    lasts: (one) => long(one),
    heal: async ({ stack }) => stack.controller.signal("SIGCONT"),
  },
  {
    name: "management link down while a change is held",
    ...held,
    strike: ({ site }) => site.host.linkDown(),
    lasts: long,
    heal: ({ site }) => site.host.linkUp(),
  },
  {
    name: "a person takes back what is held",
    ...held,
    // Not before the lock says that it is held.
    strike: async ({ site }) => {
      await site.hooks.release();
      await withdraw(site.host.connection, "the soak").catch(() => {});
      hostOf(site.host.connection).close();
    },
    lasts: atOnce,
    heal: nothing,
  },
];
