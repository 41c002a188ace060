import type { Told } from "../../kernel/lookup/classes/told";

/** More are not shown: whoever wants to know of certain packets asks for them by --flows. */
const most = 12;

/** Rows of a table: which packets, their way before and after. What cannot be told comes last. */
export function classRows({ moved, unsure }: Told = { moved: [], unsure: [] }): (readonly [string, string, string])[] {
  const rows = [
    ...moved.map(({ packets, before, after }) => [packets, before, after] as const),
    ...unsure.map((what) => [what, "cannot tell", "cannot tell"] as const),
  ];
  const more = rows.length - most;
  return more <= 0 ? rows : [...rows.slice(0, most), [`and ${more} more classes`, "", ""]];
}

export const classCount = ({ moved, unsure }: Told = { moved: [], unsure: [] }): number => moved.length + unsure.length;
