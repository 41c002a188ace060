import type { ObservedKind } from "../observed/kind";
import { lookAtAll, lookAtWays, together } from "../observed/look";
import { parseSysctls } from "../observed/parse";
import { afterWrite } from "./spread";
import { unwantedSysctl } from "./sysctl";

export const settings: ObservedKind = {
  word: "sysctl",
  whole: {
    call: () => "sysctls",
    *read(text) {
      yield;
      return { sysctls: parseSysctls(text("sysctls")) };
    },
  },
  // With default routes for one that the kernel drops some for.
  lookAt: (key) => together([lookAtAll("sysctl"), ...(key.startsWith("sysctl ipv6_forwarding ") ? [lookAtWays("inet6")] : [])]),
  seen: (state) =>
    [...state.sysctls].map(([key, value]) => ({
      key,
      protocol: undefined,
      values: { value },
      found: { value },
      unread: [],
      print: () => String(value),
    })),
  unwanted: unwantedSysctl,
  after: (state, { steps }) => ({
    sysctls: steps.reduce<typeof state.sysctls>((all, step) => (step.on === "setting" ? afterWrite(all, step) : all), state.sysctls),
  }),
};
