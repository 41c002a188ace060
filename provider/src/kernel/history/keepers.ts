import { isDeepStrictEqual } from "node:util";
import { canonical } from "../../declaration/canonical";
import { entryKinds, type Section, sectionNames } from "../../declaration/entryKinds";
import { isObject } from "../../declaration/isObject";
import { parseSysctlKey, type Sysctl } from "../../declaration/sysctl/sysctl";
import type { HeldObject, OwnPlace } from "../observed/kind";
import { kindsOnHosts, observedKindOf } from "../observed/kinds";
import type { State } from "../observed/state";
import type { Wanted } from "../plan/change";
import { settings } from "../sysctl/kind";
import { wantedSysctl } from "../sysctl/sysctl";

/** What a setting of all devices is to be. */
export type AllOf = (file: Sysctl["file"]) => number | undefined;

/** What the history does with the objects of one kind; all of it says undefined, or false, of others. */
interface Keeper {
  /** What stands at a key, of this tag. */
  own(place: OwnPlace, state: State): HeldObject | undefined;
  says(asked: HeldObject, observed: HeldObject): boolean;
  wanted(object: HeldObject, all: AllOf | undefined): Wanted | undefined;
  /** As what a program may say; undefined where it says more than this version knows. */
  read(raw: Readonly<Record<string, unknown>>): HeldObject | undefined;
}

function keeperOf<Name extends Section>(section: Name): Keeper {
  const { fields, settle, whole, held: word } = entryKinds[section];
  const { own, says, wanted, held } = kindsOnHosts[section];
  return {
    own: (place, state) => {
      const found = own(place, state);
      return found === undefined ? undefined : held.as(found);
    },
    says: (asked, observed) => {
      const [one, other] = [held.of(asked), held.of(observed)];
      return one !== undefined && other !== undefined && says(one, other);
    },
    wanted: (object) => {
      const one = held.of(object);
      return one === undefined ? undefined : wanted(one);
    },
    read: ({ [word]: raw }) => {
      if (!isObject(raw)) return undefined;
      const { values, problems } = canonical(fields, raw, settle);
      const found = problems.length > 0 ? undefined : whole(values);
      return found === undefined ? undefined : held.as(found);
    },
  };
}

const keeperOfSettings: Keeper = {
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
};

const byWord = new Map([
  [settings.word, keeperOfSettings],
  ...sectionNames.map((section) => [entryKinds[section].word, keeperOf(section)] as const),
]);
export const keepers: readonly Keeper[] = [...byWord.values()];

/** That of a register's key. */
export const keeperAt = (key: string): Keeper | undefined => byWord.get(observedKindOf(key)?.word ?? "");
