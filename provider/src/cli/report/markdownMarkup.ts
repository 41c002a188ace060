/** Whatever a host said, as plain text: one line, without what ends a code span. */
export const code = (text: string): string => `\`${text.replace(/\s+/g, " ").replaceAll("`", "'")}\``;
const cell = (text: string): string => code(text).replaceAll("|", "\\|");

export const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");
export const folded = (summary: string, text: string): string =>
  text === "" ? "" : `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;

/** Lines as they are, without what ends the block. */
export const fence = (language: string, lines: readonly string[]): string =>
  lines.length === 0 ? "" : [`\`\`\`${language}`, ...lines.map((line) => line.replace(/\s+/g, " ").replaceAll("`", "'")), "```"].join("\n");

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(cell)))].join("\n");
}
