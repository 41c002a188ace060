/** What one statement of a packet filter makes of a packet's mark, or of its connection's. */
export interface Marker {
  readonly sets: "packet" | "connection";
  /** Undefined: any value may come of it. */
  readonly value: ((packet: number, connection: number) => number) | undefined;
}

const anyMark: Marker = { sets: "packet", value: undefined };

/** The markers of a rule, as `nft list ruleset` or `iptables-save` prints it. */
export const markersIn = (rule: string): Marker[] => [...inNft(rule), ...inIptables(rule)];

/** A packet handed to a program may come back with another mark, and is then routed anew. */
export const fromProgram = (rule: string): boolean => /\bqueue\b|\bNFQUEUE\b/.test(rule);

function inNft(rule: string): Marker[] {
  const begins = [...rule.matchAll(/(\bct )?\bmark set /g)];
  const sets = begins.map(
    ({ 0: words, 1: ct, index }, at): Marker => ({
      sets: ct === undefined ? "packet" : "connection",
      value: expression(rule.slice(index + words.length, begins[at + 1]?.index)),
    }),
  );
  const foreign = [...rule.matchAll(/\bxt target "(\w+)"|\bqueue\b/g)].flatMap(([, target]): Marker[] =>
    target === "CONNMARK" ? [anyMark, { ...anyMark, sets: "connection" }] : [anyMark],
  );
  return [...sets, ...foreign];
}

type Value = NonNullable<Marker["value"]>;
/** They bind less and less. */
const operators = [
  { words: ["&", "and"], join: (a: number, b: number) => a & b },
  { words: ["^", "xor"], join: (a: number, b: number) => a ^ b },
  { words: ["|", "or"], join: (a: number, b: number) => a | b },
] as const;

/** `meta mark & 0xff00 | 0x1`; undefined for what is not understood, such as a map. */
function expression(text: string): Value | undefined {
  const operand = /^ *(?:(?:meta )?(mark)|(ct mark)|(0x[0-9a-f]+|[0-9]+))(?= |$)/;
  const operator = /^ +([&^|]|and|xor|or)(?= )/;
  const [values, words]: [Value[], string[]] = [[], []];
  let rest = text;
  for (;;) {
    const [taken, packet, connection, number] = operand.exec(rest) ?? [];
    if (taken === undefined) return undefined;
    values.push(packet !== undefined ? (mark) => mark : connection !== undefined ? (_, mark) => mark : () => Number(number));
    rest = rest.slice(taken.length);
    const [between, word = ""] = operator.exec(rest) ?? [];
    if (between === undefined) break;
    words.push(word);
    rest = rest.slice(between.length);
  }
  // Behind it the next statement begins.
  return /^ *$|^ +(?!map )[a-z]/.test(rest) ? joined(values, words) : undefined;
}

function joined(values: readonly Value[], words: readonly string[]): Value {
  let [parts, between] = [[...values], [...words]];
  for (const { words: own, join } of operators) {
    const [less, left]: [Value[], string[]] = [parts.slice(0, 1), []];
    for (const [at, word] of between.entries()) {
      const [a, b] = [less.at(-1), parts[at + 1]];
      if (a === undefined || b === undefined) continue;
      if (own.some((one) => one === word))
        less[less.length - 1] = (packet, connection) => join(a(packet, connection), b(packet, connection));
      else {
        less.push(b);
        left.push(word);
      }
    }
    [parts, between] = [less, left];
  }
  const [whole = () => 0] = parts;
  return (packet, connection) => whole(packet, connection) >>> 0;
}

const all = 0xffffffff;
const maskAfter = (rule: string, option: string): number => Number(new RegExp(`--${option} (0x[0-9a-f]+)`).exec(rule)?.[1] ?? all);

function inIptables(rule: string): Marker[] {
  const [, target, words = ""] = /-j (MARK|CONNMARK|HMARK|TPROXY|NFQUEUE|SET)\b(.*)/.exec(rule) ?? [];
  if (target === undefined) return [];
  const [, value, mask] = /^ --set-xmark (0x[0-9a-f]+)\/(0x[0-9a-f]+)/.exec(words) ?? [];
  const written = (mark: number): number => ((mark & ~Number(mask)) ^ Number(value)) >>> 0;
  const [packets, connections] = [maskAfter(words, "nfmask"), maskAfter(words, "ctmask")];
  const restored: Value = (packet, connection) => ((packet & ~packets) ^ (connection & connections)) >>> 0;
  const saved: Value = (packet, connection) => ((connection & ~connections) ^ (packet & packets)) >>> 0;
  if (target === "MARK" && value !== undefined) return [{ sets: "packet", value: written }];
  if (target !== "CONNMARK") return [anyMark];
  // A newer one may shift what it saves or restores.
  const isPlain = !words.includes("shift");
  if (words.includes("--restore-mark")) return [{ sets: "packet", value: isPlain ? restored : undefined }];
  if (words.includes("--save-mark")) return [{ sets: "connection", value: isPlain ? saved : undefined }];
  return [{ sets: "connection", value: value === undefined || !isPlain ? undefined : (_, connection) => written(connection) }];
}

/** Of more values than this it is not told which a mark may have. */
const most = 32;

/** Marks that packets and connections may have; undefined: any. */
interface Marks {
  packet: ReadonlySet<number> | undefined;
  connection: ReadonlySet<number> | undefined;
}

/** What comes of marks that nobody set, or of these of connections, by what marks them in any order. */
export function markedBy(markers: readonly Marker[], connection: Marks["connection"]): Marks {
  const marks: Marks = { packet: new Set([0]), connection };
  for (let grows = true; grows; ) {
    grows = false;
    for (const { sets, value } of markers) {
      const known = marks[sets];
      if (known === undefined) continue;
      const made = value === undefined ? undefined : madeOf(value, marks);
      const next = made === undefined ? undefined : new Set([...known, ...made]);
      marks[sets] = next !== undefined && next.size <= most ? next : undefined;
      grows ||= marks[sets]?.size !== known.size;
    }
  }
  return marks;
}

/** Undefined where it is made of a mark that may be any. */
function madeOf(value: Value, { packet, connection }: Marks): number[] | undefined {
  if (packet === undefined && value(0, 0) !== value(all, 0)) return undefined;
  if (connection === undefined && value(0, 0) !== value(0, all)) return undefined;
  return [...(packet ?? [0])].flatMap((one) => [...(connection ?? [0])].map((other) => value(one, other)));
}
