import type { Step } from "../kernel/change";

/** Steps in the words of a shell, as a person could type them. A condition is about the step behind it. */
export function commandsOf(steps: readonly Step[]): string[] {
  let condition = "";
  return steps.flatMap((step) => {
    const [, channel = "", words = ""] = /^(\S) (.*)$/.exec(step) ?? [];
    const [, asked, shown] = /^when (.*?)(?: \| (.*))?$/.exec(words) ?? [];
    if (asked !== undefined) {
      condition = `ip -${channel} ${asked} | grep -q${shown === undefined ? " ." : `F '${shown}'`} && `;
      return [];
    }
    const command = `${condition}${commandOf(channel, words)}`;
    condition = "";
    return [command];
  });
}

function commandOf(channel: string, words: string): string {
  if (channel === "s") {
    const [file, device, value] = words.split(" ");
    return `echo ${value} > /proc/sys/net/ipv4/conf/${device}/${file}`;
  }
  if (channel !== "t") return `ip -${channel} ${words}`;
  const [verb, tableId, name = ""] = words.split(" ");
  return `# ${verb === "erase" ? "erase" : "write"} the name of table ${tableId}${verb === "erase" ? "" : `: ${name}`}`;
}
