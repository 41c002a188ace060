import { setTimeout as sleep } from "node:timers/promises";
import { cut } from "../draw/free";
import type { Place } from "../hooks";
import { atOnce, byItself, type Case, type Fault, long, nothing } from "./fault";

const kill = async ({ stack }: Case): Promise<void> => stack.controller.signal("SIGKILL");

const moments: readonly (readonly [string, Place, Partial<Fault>?])[] = [
  ["before the lock", "observe"],
  ["while it takes the lock", "lock"],
  ["in mid-apply", "apply"],
  ["after the changes", "readback"],
  ["during the confirm", "confirm"],
  ["after the confirm", "confirmed"],
  ["while what was confirmed is persisted", "persist", { on: ["persist"] }],
  ["during the undo", "undo", { cuts: true, extra: cut }],
];

/** The controller dies, sleeps or is not alone. */
export const processFaults: readonly Fault[] = [
  ...moments.map(
    ([when, place, more]): Fault => ({
      name: `controller killed ${when}`,
      group: "process",
      places: [place],
      strike: kill,
      lasts: atOnce,
      heal: nothing,
      ...more,
    }),
  ),
  {
    name: "controller killed at any moment",
    group: "process",
    strike: async (one) => {
      await sleep(one.site.random.between(0, 1500));
      await kill(one);
    },
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "controller asked to end",
    group: "process",
    places: ["apply", "readback", "confirm"],
    strike: async ({ stack }) => stack.controller.signal("SIGTERM"),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "another stack at the same moment",
    group: "process",
    second: true,
    places: ["observe", "apply", "readback", "confirm"],
    ...byItself,
  },
  {
    name: "controller asleep longer than the guard",
    group: "process",
    places: ["observe", "apply", "readback", "confirm", "confirmed"],
    strike: async ({ stack }) => stack.controller.signal("SIGSTOP"),
    lasts: (one) => long(one) + one.site.random.between(0, 2000),
    heal: async ({ stack }) => stack.controller.signal("SIGCONT"),
  },
];
