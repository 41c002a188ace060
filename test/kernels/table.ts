import { markdownTable } from "markdown-table";
import type { Judged } from "./judge";
import { type JudgedOnce, readSeen, seriesIn } from "./seen";
import type { Tried } from "./tried";

const head = [
  "kernel",
  "iproute2",
  "objects",
  "mismatches",
  "flows",
  "differences",
  "flows with VRFs",
  "differences",
  "cannot be told",
  "life cycles",
];
const cells = (one: JudgedOnce): string[] => [
  one.kernel,
  one.iproute2,
  ...[one.objects, one.mismatches, one.flows, one.differences, one.vrfFlows, one.vrfDifferences, one.untold].map(String),
  one.lives.join(" of "),
];

/** For the terminal. */
export const judgedTable = (all: readonly Judged[]): string =>
  markdownTable([[...head, "seconds"], ...all.map((one) => [...cells(one), String(one.seconds)])]);

const iproute2In = (version: string): string => version.replace(/\.0$/, "");
const unique = (values: readonly string[]): string[] => [...new Set(values)];

/** An attribute, or those of its values that are not as the others: where it was made, and what was said where it was not. */
interface Line {
  readonly what: string;
  readonly made: ReadonlySet<Tried>;
  readonly why: readonly string[];
}

/** Values of an attribute that were made in the same places are one line; of both families, where both are alike. */
function linesOf(tried: readonly Tried[]): Line[] {
  const groups = new Map<string, { attribute: string; values: string[]; where: string; names: string[] }>();
  const attributes = new Map<string, Set<string>>();
  for (const name of unique(tried.flatMap(({ said }) => Object.keys(said)))) {
    const [kind = "", attribute = "", , ...value] = name.split(" ");
    const key = `${kind} ${attribute}`;
    const where = tried.map(({ said }) => (said[name] === "" ? "+" : "-")).join("");
    const group = groups.get(`${key} ${where}`) ?? { attribute: key, values: [], where, names: [] };
    group.values.push(value.join(" ").replace(/^"(.*)"$/, "$1"));
    group.names.push(name);
    groups.set(`${key} ${where}`, group);
    attributes.set(key, (attributes.get(key) ?? new Set()).add(where));
  }
  return [...groups.values()].map(({ attribute, values, where, names }) => ({
    what:
      attributes.get(attribute)?.size === 1
        ? `\`${attribute}\``
        : `\`${attribute}\` such as ${unique(values)
            .map((value) => `\`${value}\``)
            .join(", ")}`,
    made: new Set(tried.filter((_, index) => where[index] === "+")),
    why: unique(tried.flatMap(({ said }) => names.map((name) => said[name] ?? ""))).filter((text) => text !== ""),
  }));
}

/** What each kernel and each iproute2 had, and what was said without it. */
export function compatibilityText(): string {
  const { judged, tried } = readSeen();
  const lines = linesOf(tried);
  const everywhere = lines.filter(({ made }) => made.size === tried.length);
  const [releases, kernels] = [unique(tried.map(({ iproute2 }) => iproute2)).sort(byNumbers), unique(tried.map(({ kernel }) => kernel))];
  // Both must have it: what an iproute2 has shows on the kernels that have it, and the other way round.
  const cell = (made: ReadonlySet<Tried>, is: (one: Tried) => boolean): string => ([...made].some(is) ? "yes" : "-");
  const rows = lines
    .filter((line) => !everywhere.includes(line))
    .map(({ what, made, why }) => [
      what,
      ...releases.map((release) => cell(made, ({ iproute2 }) => iproute2 === release)),
      ...kernels.map((kernel) => cell(made, (one) => one.kernel === kernel)),
      why.map((text) => text.replace(/^refused: /, "").replaceAll("|", "\\|")).join("<br>"),
    ]);
  return [
    `Seen with ${releases.length} iproute2 on ${kernels.length} kernels, ${Object.keys(tried[0]?.said ?? {}).length} values each: what is not everywhere.`,
    markdownTable(
      [
        [
          "field",
          ...releases.map((release) => `iproute2 ${iproute2In(release)}`),
          ...kernels.map((kernel) => `Linux ${seriesIn(kernel)}`),
          "without it",
        ],
        ...rows,
      ],
      { alignDelimiters: false },
    ),
    `Everywhere: ${unique(everywhere.map(({ what }) => what.split(" such as ")[0] ?? what)).join(", ")}.`,
    [
      "What each kernel was asked beside that:",
      "",
      "- objects: rules, routes and next hops drawn over all fields, made, read back, updated and deleted; a mismatch is one that did not come back as it was asked for.",
      "- flows: packets on hosts with random rules and routes; a difference is one that the lookup (of `trace`, `check`, `report --live`, `expect`) leads elsewhere than `ip route get` of that kernel. Of those that",
      "  cannot be told the lookup says so, for one of [these reasons](cli.md#what-the-lookup-cannot-tell).",
      "- life cycles: made, read, updated and deleted over SSH, and a change that cuts the login off, undone by its guard; the second one by a VRF.",
    ].join("\n"),
    markdownTable([head, ...judged.map(cells)], { alignDelimiters: false }),
  ].join("\n\n");
}

function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
