import { isDeepStrictEqual } from "node:util";
import { isObject } from "../../declaration/isObject";
import { parseSysctlKey } from "../../declaration/sysctl/sysctl";
import type { Keeper } from "../observed/kind";
import { rememberedIn } from "./remembered";
import { wantedSysctl } from "./sysctl";

/** Settings in the history. */
export const keeperOfSettings: Keeper = {
  own: ({ key }, { sysctls }) => {
    const setting = parseSysctlKey(key);
    const value = sysctls.get(key);
    return setting === undefined || value === undefined ? undefined : { sysctl: { ...setting, value } };
  },
  says: (asked, observed) => "sysctl" in asked && isDeepStrictEqual(asked, observed),
  wanted: (object, all) => ("sysctl" in object ? wantedSysctl(object.sysctl, all?.(object.sysctl.file)) : undefined),
  read: ({ sysctl }) => {
    const { file, device, value } = isObject(sysctl) ? sysctl : {};
    const setting = parseSysctlKey(`sysctl ${file} ${device}`);
    return setting === undefined || typeof value !== "number" ? undefined : { sysctl: { ...setting, value } };
  },
  // It has no tag: it is ours while it is as we left it.
  isOurs: (object, line) => {
    const left = rememberedIn(line);
    return left !== undefined && "sysctl" in object && left.was !== left.set && left.set === object.sysctl.value;
  },
};
