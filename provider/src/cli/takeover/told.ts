import { escapeLine } from "../../errors";
import type { Declared, Refused } from "../../managers/takeover/declare";
import { grouped, placesOf } from "../../managers/takeover/places";
import type { Removal } from "../../managers/takeover/removals";

const nextOf = (all: readonly Refused[]): string[] => all.flatMap(({ next }) => (next === undefined ? [] : [`- ${next}`]));

const removalLines = ({ lines, run, why }: Removal): string[] => [
  why === undefined ? lines : `${lines} (${why})`,
  ...(run === undefined ? [] : [`- ${run}`]),
];

/** Four lists, always: what is not in the program above, and what a person does then. */
export function printTold({ leftOut, refused, notes }: Declared, removals: readonly Removal[], mark: string): string {
  const lists: [string, string[]][] = [
    ["left out", grouped(leftOut).map(([what, of]) => `${placesOf(of)} (${what})`)],
    ["cannot be declared", grouped(refused).flatMap(([what, of]) => [`${placesOf(of)} (${what})`, ...nextOf(of)])],
    ["remove there, once pulumi up has taken over", removals.flatMap(removalLines)],
    ["notes", [...notes]],
  ];
  return lists
    .flatMap(([heading, lines]) => [
      `${mark} ${heading}:${lines.length === 0 ? " nothing" : ""}`,
      ...lines.map((line) => `${mark}   ${escapeLine(line)}`),
    ])
    .join("\n");
}
