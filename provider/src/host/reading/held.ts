import { printTime } from "../printTime";
import { type Answer, sectionAfter } from "../wire/answer";

/** A change that stands on a host and is kept under guard for a while: whose it is, how long, and who confirms it. */
export interface Held {
  readonly holder: string;
  readonly until: Date;
  readonly byPerson: boolean;
}

export function heldIn(answer: Answer): Held | undefined {
  const [, left, by, holder] = /^(-?[0-9]+) (\S*) (.*)$/.exec(sectionAfter(answer, "held")?.rest ?? "") ?? [];
  if (left === undefined || holder === undefined) return undefined;
  return { holder, until: new Date(Date.now() + Number(left) * 1000), byPerson: by === "person" };
}

export const heldText = ({ holder, until, byPerson }: Held): string =>
  `${holder} holds a change there under guard until ${printTime(until)}${byPerson ? ", for a person to confirm it" : ""}`;
