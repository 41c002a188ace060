import { type Page, themes } from "../provider/src/messages/index";

const beginning = `# Troubleshooting

What this package tells you, and what to do about it. This page is generated from the list of messages in the code (\`provider/src/messages\`).

An error says the host, the object in the words of \`ip\`, and what happened. Behind \`ran:\` stands the command, behind \`came back:\` the host's own answer, behind \`next:\` what to do. Unless a message says otherwise, nothing was changed. A line that begins with \`warning:\` is for you to know; the run goes on.`;

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

const sectionOf = ([id, { title, means, next }]: [string, Page]): string =>
  `<a id="${id}"></a>\n\n### ${title}\n\n**What it means.** ${means}\n\n**What to do.** ${next}`;

/** A page with a section for every topic. */
export function troubleshootingText(): string {
  const parts = Object.entries(themes);
  const contents = parts.flatMap(([theme, list]) => [
    `- [${theme}](#${anchorOf(theme)})`,
    ...Object.entries<Page>(list).map(([id, { title }]) => `  - [${title}](#${id})`),
  ]);
  const sections = parts.map(([theme, list]) => [`## ${theme}`, ...Object.entries<Page>(list).map(sectionOf)].join("\n\n"));
  return `${[beginning, contents.join("\n"), ...sections].join("\n\n")}\n`;
}
