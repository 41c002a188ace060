import { type Chain, markingIn, parseIptables, parseNft, type Table } from "./chains";
import { fromProgram, type Marker, markedBy, markersIn } from "./markers";

/** The marks that something on a host may give to packets. */
export interface MayMark {
  /** For a person: where, and what. */
  readonly why: string;
  /** Without a mark among them; undefined: any. */
  readonly marks: readonly number[] | undefined;
}

/**
 * What on a host may set the marks of packets before they are routed; undefined where nothing does. Those that the host sends are routed anew
 * only after a chain of type `route` changed something of them; their marks before and in other chains count only for that. Those that come
 * in are routed behind prerouting.
 */
export interface Marking {
  readonly reply: MayMark | undefined;
  readonly incoming: MayMark | undefined;
}

/** What sh/observe.sh says of it: why marks cannot be told at all, or not of what comes in, and the lines of packet filters. */
export interface Filters {
  readonly unsure: string;
  readonly arriving: string;
  readonly nft: string;
  readonly iptables: string;
}

interface Standing {
  readonly table: Table;
  readonly chain: Chain;
}

const first = (lines: readonly string[]): string | undefined => lines.find((line) => line !== "");

export function markingOf({ unsure, arriving, nft, iptables }: Filters): Marking {
  const unread = first([...unsure.split("\n"), ...nft.split("\n").filter((line) => /not permitted/i.test(line))]);
  if (unread !== undefined) return { reply: { why: unread, marks: undefined }, incoming: { why: unread, marks: undefined } };
  const all = [...parseNft(nft), ...parseIptables(iptables)].flatMap((table) =>
    [...table.chains.values()].map((chain): Standing => ({ table, chain })),
  );
  const markers = all.flatMap(({ chain }) => chain.marks.flatMap(markersIn));
  const { connection } = markedBy(markers, new Set([0]));
  const isRoutedAnew = all.some(({ chain }) => isAt(chain, ["output"], ["route"]));
  const reply = mayMark(
    [
      ...rulesAt(all, ["output"], ["route"]),
      ...rulesAt(all, ["output"], ["filter"]).filter(({ rule }) => isRoutedAnew || fromProgram(rule)),
    ],
    connection,
  );
  const outside = first(arriving.split("\n"));
  return {
    reply,
    incoming:
      outside === undefined
        ? mayMark(rulesAt(all, ["ingress", "prerouting"], ["filter", "route", "nat"]), connection)
        : { why: outside, marks: undefined },
  };
}

const isAt = ({ hook = "", type = "" }: Chain, hooks: readonly string[], types: readonly string[]): boolean =>
  hooks.includes(hook) && types.includes(type);

const rulesAt = (all: readonly Standing[], hooks: readonly string[], types: readonly string[]): ReturnType<typeof markingIn> =>
  all.flatMap(({ table, chain }) => (isAt(chain, hooks, types) ? markingIn(table, chain) : []));

/** The first rule that gives a mark to packets stands for all. */
function mayMark(rules: ReturnType<typeof markingIn>, connections: ReadonlySet<number> | undefined): MayMark | undefined {
  const marking = rules.flatMap(({ rule, where }) => {
    const markers = markersIn(rule).filter(({ sets }) => sets === "packet");
    return markers.length === 0 ? [] : [{ rule, where, markers }];
  });
  const { packet } = markedBy(
    marking.flatMap(({ markers }): Marker[] => markers),
    connections,
  );
  const marks = packet && [...packet].filter((mark) => mark !== 0);
  const [found] = marking;
  if (found === undefined || marks?.length === 0) return undefined;
  return { why: `${found.where} has: ${found.rule.slice(0, 200)}`, marks };
}
