import { connect, type Socket } from "node:net";
import type { Place } from "../hooks";
import { type Case, type Fault, nothing, shortOrLong } from "./fault";

const beforeTheLogin: readonly [Place, ...Place[]] = ["observe", "apply", "readback"];
const hogs = new WeakMap<Case, Socket>();

/** sshd does not let the fresh login in. */
export const serverFaults: readonly Fault[] = [
  {
    name: "sshd stopped",
    places: beforeTheLogin,
    strike: ({ site }) => site.host.stopSshd("survive"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.startSshd(),
  },
  {
    name: "sshd and its sessions killed",
    places: ["observe", "apply", "readback", "confirm", "confirmed"],
    strike: ({ site }) => site.host.stopSshd("die"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.startSshd(),
  },
  {
    name: "sshd has no room (MaxStartups)",
    places: beforeTheLogin,
    strike: async (one) => {
      await one.site.host.setSshdOption("MaxStartups", "1");
      hogs.set(
        one,
        connect({ host: one.site.host.address, port: 22 }).on("error", () => {}),
      );
    },
    lasts: shortOrLong,
    heal: async (one) => {
      hogs.get(one)?.destroy();
      await one.site.host.setSshdOption("MaxStartups", "100");
    },
  },
  {
    name: "sshd refuses the user (AllowUsers)",
    places: beforeTheLogin,
    strike: ({ site }) => site.host.setSshdOption("AllowUsers", "ops"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.setSshdOption("AllowUsers", null),
  },
  { name: "none", strike: nothing, lasts: () => 0, heal: nothing },
];
