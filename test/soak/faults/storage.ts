import { differencesFromDeclared } from "../exact";
import { atOnce, type Fault, long, nothing, shortOrLong } from "./fault";

/** Where the host writes nothing can be written, or what was written is all that is left. */
export const storageFaults: readonly Fault[] = [
  {
    name: "/run full before",
    group: "storage",
    strike: ({ site }) => site.host.fillRun(),
    lasts: long,
    heal: ({ site }) => site.host.freeRun(),
  },
  {
    name: "/run full in between",
    group: "storage",
    places: ["apply", "readback", "confirm"],
    strike: ({ site }) => site.host.fillRun(),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.freeRun(),
  },
  {
    name: "/run read-only before",
    group: "storage",
    strike: ({ site }) => site.host.makeReadOnly("/run"),
    lasts: long,
    heal: ({ site }) => site.host.makeWritable("/run"),
  },
  {
    name: "/run read-only in between",
    group: "storage",
    places: ["apply", "readback", "confirm"],
    strike: ({ site }) => site.host.makeReadOnly("/run"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.makeWritable("/run"),
  },
  {
    name: "/etc read-only",
    group: "storage",
    places: ["observe", "apply", "readback", "confirm", "confirmed"],
    strike: ({ site }) => site.host.makeReadOnly("/etc"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.makeWritable("/etc"),
  },
  {
    name: "the host reboots while armed",
    group: "storage",
    places: ["apply", "readback", "confirm"],
    strike: async ({ site, damage }) => {
      damage.rebooted = site.traits.has("persist") ? "replayed" : "emptied";
      await site.hooks.release();
      await site.reboot();
    },
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "the kernel was emptied, and what is persisted put back",
    group: "storage",
    on: ["persist"],
    first: true,
    strike: async ({ site, failings }) => {
      await site.reboot();
      for (const text of await differencesFromDeclared(site)) failings.push({ kind: "wrong", text: `put back after a boot ${text}` });
    },
    lasts: atOnce,
    heal: nothing,
  },
];
