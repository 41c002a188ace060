import { onceFor } from "../../declaration/once";

/** A part of a frame's answer: what followed the line that names it. */
export interface Section {
  readonly name: string;
  readonly text: string;
}

export interface Answer {
  /** The exit code of the frame, or `cut` when it did not arrive whole. */
  readonly code: string;
  readonly sections: readonly Section[];
}

/** Sections begin with a line `MARK NAME`; the mark is random, and what comes before the first is noise. */
export function parseAnswer(whole: string, mark: string): Answer {
  const [, ...parts] = whole.split(`\n${mark} `);
  const sections = parts.map((part) => {
    const newline = part.indexOf("\n");
    return newline === -1 ? { name: part, text: "" } : { name: part.slice(0, newline), text: part.slice(newline + 1) };
  });
  const end = sections.pop();
  return { code: end?.name.replace(/^end /, "") ?? "missing", sections };
}

/** What was read again counts: the last of these. */
export const section = (answer: Answer, name: string): string | undefined => sectionsNamed(answer, name).at(-1);

export const sectionsNamed = ({ sections }: Answer, name: string): readonly string[] =>
  sectionsByName(sections)
    .get(name)
    ?.map(({ text }) => text) ?? [];

/** Hundreds of tables are asked for by their names. */
const sectionsByName = onceFor((sections: readonly Section[]) => Map.groupBy(sections, ({ name }) => name));

/** The rest of the first section whose name begins with a word, and its text. */
export function sectionAfter(answer: Answer, word: string): { rest: string; text: string } | undefined {
  const found = answer.sections.find(({ name }) => name === word || name.startsWith(`${word} `));
  return found === undefined ? undefined : { rest: found.name.slice(word.length + 1), text: found.text.trim() };
}

export function sectionsAfter(answer: Answer, word: string): { rest: string; text: string }[] {
  return answer.sections
    .filter(({ name }) => name.startsWith(`${word} `))
    .map(({ name, text }) => ({ rest: name.slice(word.length + 1), text: text.trim() }));
}
