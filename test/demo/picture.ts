/** The way of a reply, as the host's kernel says it, and what became of the packets. */
export interface Way {
  readonly device: string;
  readonly gateway: string;
  readonly packets: string;
}

/** Seconds after the beginning of `pulumi up`. */
export interface CutOffTimes {
  readonly applied: number;
  readonly undone: number;
  readonly told: number;
  /** What the guard was armed for. */
  readonly confirmTimeout: number;
}

/** What the demo saw on the host with two uplinks. */
export interface Seen {
  readonly client: string;
  readonly uplinks: readonly { readonly device: string; readonly address: string; readonly gateway: string }[];
  /** To which address of the host the client connects. */
  readonly called: string;
  readonly before: Way;
  readonly after: Way;
  readonly cutOff: CutOffTimes;
  readonly reboot: string;
  readonly lease: string;
}

/** Of a terminal. */
const width = 80;

/** One screen: the reply's way before and after, and the cut-off. Everything in it was seen. */
export function picture({ client, uplinks, called, before, after, cutOff, reboot, lease }: Seen): string[] {
  return [
    ...frame("What was seen", [
      `${client} on the internet calls ${called}. The host replies, in packets:`,
      "",
      ...waysOf(uplinks, called, before, after),
      "",
      "A rule that cuts the host off, when a person insists on it:",
      "",
      ...timeline(cutOff),
      "",
      reboot,
      lease,
    ]),
  ];
}

function frame(title: string, lines: readonly string[]): string[] {
  const inner = width - 4;
  return [
    `┌─ ${title} ${"─".repeat(inner - title.length - 1)}┐`,
    ...lines.map((line) => `│ ${line.padEnd(inner)} │`),
    `└${"─".repeat(width - 2)}┘`,
  ];
}

/** Each uplink with its gateway; the arrow stands at the one by which the replies leave. */
function waysOf(uplinks: Seen["uplinks"], called: string, before: Way, after: Way): string[] {
  const column = 38;
  const side = (title: string, way: Way): string[] => [
    title,
    ...uplinks.flatMap(({ device, address, gateway }, index) => {
      const isLast = index === uplinks.length - 1;
      const leaves = way.device === device && way.gateway === gateway;
      return [
        `${index === 0 ? "host ┬" : isLast ? "     └" : "     ├"}─ ${device} ${address}${address === called ? " ◀── called" : ""}`,
        `     ${isLast ? " " : "│"}  ${leaves ? `──▶ ${gateway}  ${way.packets}` : `    ${gateway}`}`,
      ];
    }),
  ];
  const [left, right] = [side("before pulumi up", before), side("after pulumi up", after)];
  return left.map((line, index) => `${line.padEnd(column)}  ${right[index] ?? ""}`.trimEnd());
}

/** Marks at their times on one line, and below it what each of them is. */
function timeline({ applied, undone, told, confirmTimeout }: CutOffTimes): string[] {
  const last = width - 5;
  const marks = [
    { at: 0, what: "pulumi up" },
    { at: applied, what: "the rule is there: cut off" },
    { at: undone, what: `undone by the host: its guard was armed for ${confirmTimeout} s` },
    { at: told, what: "pulumi up: reverted (verified)" },
  ].map((mark) => ({ ...mark, column: Math.round((mark.at / told) * last) }));
  const line = marks.reduce(
    (drawn, { column }, index) =>
      `${drawn.slice(0, column).padEnd(column, "─")}${index === 0 ? "├" : index === marks.length - 1 ? "┤" : "┼"}`,
    "",
  );
  return [
    line,
    ...marks.map(({ at, what, column }) => {
      const text = `${at.toFixed(1)} s ${what}`;
      // Behind its mark, or before it where there is no room.
      return `${" ".repeat(column + text.length <= width - 4 ? column : Math.max(0, column + 1 - text.length))}${text}`;
    }),
  ];
}
