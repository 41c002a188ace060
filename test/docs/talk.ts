/** A console block as commands, each with what it must print. */
export function talks(text: string): { command: string; shown: string }[] {
  const parts = text.split(/^\$ /m).slice(1);
  return parts.map((part) => {
    const [command = "", ...shown] = part.split("\n");
    return { command: command.replace(/\s+#.*/, ""), shown: shown.join("\n").trim() };
  });
}

const linesOf = (text: string): string[] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "));

/** Whether lines that begin like these were printed, one behind the other; a line `...` stands for any number of lines, and blanks count as one. */
export function matches(shown: string, printed: string): boolean {
  const pattern = linesOf(shown).map((line) => (line === "..." ? "(.*\\n)*?" : `${line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}.*\\n`));
  return new RegExp(`^${pattern.join("")}`, "m").test(`${linesOf(printed).join("\n")}\n`);
}
