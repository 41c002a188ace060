import type { Place } from "../hooks";
import { atOnce, type Case, type Fault, long, nothing } from "./fault";

const kill = async ({ site }: Case): Promise<void> => site.controller.signal("SIGKILL");

const moments: readonly [string, Place][] = [
  ["before the lock", "observe"],
  ["in mid-apply", "apply"],
  ["after the changes", "readback"],
  ["during the confirm", "confirm"],
  ["after the confirm", "confirmed"],
];

/** The controller dies, sleeps or is not alone. */
export const processFaults: readonly Fault[] = [
  ...moments.map(
    ([when, place]): Fault => ({ name: `controller killed ${when}`, places: [place], strike: kill, lasts: atOnce, heal: nothing }),
  ),
  {
    name: "controller killed at any moment",
    strike: async ({ site }) => {
      await new Promise((resolve) => setTimeout(resolve, site.random.between(0, 1500)));
      site.controller.signal("SIGKILL");
    },
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "controller asked to end",
    places: ["apply", "readback", "confirm"],
    strike: async ({ site }) => site.controller.signal("SIGTERM"),
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "another stack at the same moment",
    second: true,
    places: ["observe", "apply", "readback", "confirm"],
    strike: nothing,
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "controller asleep longer than the guard",
    places: ["observe", "apply", "readback", "confirm", "confirmed"],
    strike: async ({ site }) => site.controller.signal("SIGSTOP"),
    lasts: (one) => long(one) + one.site.random.between(0, 2000),
    heal: async ({ site }) => site.controller.signal("SIGCONT"),
  },
];
