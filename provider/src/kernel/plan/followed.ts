import { isDeepStrictEqual } from "node:util";
import { type Family, families } from "../../declaration/family";
import { mark } from "../../declaration/followed";
import { parseRegisterKey } from "../../declaration/registerKey";
import { sourcesOn, type Uplinks, wayBy } from "../observed/uplinks";
import { note, type Plan, type Wanted } from "./change";
import type { Entry, Register } from "./register";

/** What the register and the store say of an entry that follows a device. */
export const followingWord = (device: string): string => `${mark}${device}`;

/** The device that an entry follows by what the register says; undefined where it follows none. */
export const deviceIn = ({ more }: Pick<Entry, "more">): string | undefined =>
  more?.startsWith(mark) === true ? more.slice(1) : undefined;

/** Devices that entries follow, by their keys in the register. */
export const followedIn = ({ entries }: Register): Map<string, string> =>
  new Map(
    [...entries].flatMap(([at, entry]) => {
      const device = deviceIn(entry);
      return device === undefined ? [] : [[at, device] as const];
    }),
  );

/** Keys of entries that follow a device, and the device: what stands there may be changed on the host, as it is. */
export const followedKeys = (register: Register): ReadonlyMap<string, string> =>
  new Map([...followedIn(register)].map(([at, device]) => [parseRegisterKey(at).key, device]));

/** The plan of an entry that waits for what its device has not got yet. */
export const pendingFor = (what: string | undefined, plan: Plan): Plan =>
  what === undefined ? plan : { ...plan, notes: [...plan.notes, note("pending", `pending: ${what} yet`)] };

/** What devices have where nobody looked: the word that stands for it. */
export function unreadUplinks(wanted: readonly Wanted[]): Uplinks {
  const devices = [...new Set(wanted.flatMap(({ follows }) => follows ?? []))];
  const words = devices.map((device) => [device, followingWord(device)] as const);
  const sources = new Map(words.map(([device, word]) => [device, [word]]));
  return {
    sources: { inet: sources, inet6: sources },
    ways: new Map(families.map((family) => [family, new Map(words.map(([device, word]) => [device, { gateway: word }]))])),
  };
}

/** What devices have now, for who reads the commands that come of it. */
export const followedNow = (wanted: readonly Wanted[], uplinks: Uplinks | undefined): string[] =>
  wanted.flatMap(({ label, follows, has }) => {
    const now = uplinks === undefined ? [] : (has?.(uplinks) ?? []);
    return follows === undefined || now.length === 0 ? [] : [`${label}: ${follows} has ${now.join(", ")} now`];
  });

/** The device has other addresses, or another gateway, than it had; false where that was not read. */
export const hasMoved = (before: Uplinks | undefined, now: Uplinks | undefined, family: Family, device: string): boolean =>
  before !== undefined &&
  now !== undefined &&
  !(
    isDeepStrictEqual(new Set(sourcesOn(before, family, device)), new Set(sourcesOn(now, family, device))) &&
    isDeepStrictEqual(wayBy(before, family, device), wayBy(now, family, device))
  );
