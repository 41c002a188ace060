import { canonical } from "../../declaration/canonical";
import { entryKinds, type Section, sectionNames } from "../../declaration/entryKinds";
import { isObject } from "../../declaration/isObject";
import type { Keeper } from "../observed/kind";
import { kindsOnHosts, observedKindOf } from "../observed/kinds";
import { keeperOfSettings } from "../sysctl/held";
import { settings } from "../sysctl/kind";

function keeperOf<Name extends Section>(section: Name): Keeper {
  const { fields, settle, whole, held: word } = entryKinds[section];
  const { own, says, wanted, held, tagsAt } = kindsOnHosts[section];
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
    // Its tag says so.
    isOurs: () => tagsAt !== undefined,
  };
}

const byWord = new Map([
  [settings.word, keeperOfSettings],
  ...sectionNames.map((section) => [entryKinds[section].word, keeperOf(section)] as const),
]);
export const keepers: readonly Keeper[] = [...byWord.values()];

/** That of a register's key. */
export const keeperAt = (key: string): Keeper | undefined => byWord.get(observedKindOf(key)?.word ?? "");
