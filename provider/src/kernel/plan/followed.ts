import { isDeepStrictEqual } from "node:util";
import { mark } from "../../declaration/followed";
import { parseRegisterKey } from "../../declaration/key";
import type { State } from "../observed/state";
import { sourcesOn, type Uplinks } from "../observed/uplinks";
import type { Wanted } from "./change";
import type { Entry, Register } from "./register";

/** What the register and the store say of an entry that follows a device. */
export const followingWord = (device: string): string => `${mark}${device}`;

/** The device that an entry follows by what the register says; undefined where it follows none. */
export const deviceIn = ({ more }: Pick<Entry, "more">): string | undefined =>
  more?.startsWith(mark) === true ? more.slice(1) : undefined;

/** Keys of entries that follow a device: what stands there may be changed on the host, as the device is. */
export const followedKeys = ({ entries }: Register): ReadonlySet<string> =>
  new Set([...entries].flatMap(([at, entry]) => (deviceIn(entry) === undefined ? [] : [parseRegisterKey(at).key])));

/** What devices have now, for who reads the commands that come of it. */
export const followedNow = (wanted: readonly Wanted[], uplinks: Uplinks | undefined): string[] =>
  wanted.flatMap(({ label, follows, family }) => {
    if (follows === undefined || family === undefined || uplinks === undefined) return [];
    const sources = sourcesOn(uplinks, family, follows);
    return sources.length === 0 ? [] : [`${label}: ${follows} has ${sources.join(", ")} now`];
  });

/** Devices that a change follows, and that have other addresses now than when it was planned. */
export const changedMeanwhile = (wanted: readonly Wanted[], before: State, after: State): string[] => [
  ...new Set(
    wanted.flatMap(({ follows, family }) => {
      const isSame = (one: Uplinks, other: Uplinks, device: string): boolean =>
        family === undefined || isDeepStrictEqual(new Set(sourcesOn(one, family, device)), new Set(sourcesOn(other, family, device)));
      if (follows === undefined || before.uplinks === undefined || after.uplinks === undefined) return [];
      return isSame(before.uplinks, after.uplinks, follows) ? [] : [follows];
    }),
  ),
];
