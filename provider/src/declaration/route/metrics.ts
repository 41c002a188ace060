import { type Attribute, attribute, has, numberAt, textAt } from "../attribute";
import { integer, switchedOn, textOf, u32 } from "../number";

/** The keys of `ip -j` under `metrics`, as the reader of routes writes them. */
const under = (key: string): string => `metrics.${key}`;
const isLocked = (locks: unknown, key: string): boolean => Array.isArray(locks) && locks.includes(key);
/** The words of a metric that can be locked: the kernel then keeps it, whatever TCP or path MTU discovery finds. */
const locked = (word: string, lock: unknown, value: string): string[] => [word, ...(lock === true ? ["lock"] : []), value];

interface Metric {
  /** The word of `ip`. */
  readonly word: string;
  /** The key in `ip -j`, where it is not the word. */
  readonly key?: string;
  readonly from: number;
  readonly to: number;
  readonly doc: string;
  readonly example: number;
  /** Sent with a unit. */
  readonly unit?: "ms";
  /** The attribute that says whether it is locked. */
  readonly lock?: string;
}

function metric({ word, key = word, from, to, doc, example, unit, lock }: Metric): Attribute<number> {
  return attribute({
    schema: integer(from, to),
    words: (value, context) => locked(word, lock === undefined ? undefined : context[lock], `${value}${unit ?? ""}`),
    observe: (json) => numberAt(json, under(key)),
    json: [under(key)],
    doc,
    absent: "chosen by the kernel",
    ip: `${word} ${lock === undefined ? "" : "[lock] "}N${unit ?? ""}`,
    example,
  });
}

/** A switch that the kernel keeps as a number. */
function toggle(word: string, doc: string): Attribute<boolean> {
  return attribute({
    ...switchedOn,
    words: () => [word, "1"],
    observe: (json) => (numberAt(json, under(word)) === 1 ? true : undefined),
    json: [under(word)],
    doc,
    ip: `${word} 1`,
  });
}

const locks = ["mtu", "advmss", "window", "ssthresh", "cwnd", "initcwnd", "initrwnd", "congctl"] as const;
type Lockable = (typeof locks)[number];
/** The metrics whose locks can be said, and the one that `ip` locks by itself. The kernel also keeps those of others. */
export const lockable: readonly string[] = [...locks, "rto_min"];

/** Whether one of them is declared locked: then the plain text has to be read too. */
export const hasLock = (values: Readonly<Record<string, unknown>>): boolean => locks.some((name) => values[`${name}Lock`] === true);

/** `ip -j` does not show locks: the reader takes them from the plain text. */
function lockOf(name: Lockable): Attribute<boolean> {
  return attribute({
    ...switchedOn,
    wrong: (_value, context) => (context[name] === undefined ? `needs ${name}` : undefined),
    words: () => [],
    observe: (json) => (isLocked(json["locks"], name) ? true : undefined),
    json: ["locks"],
    doc: `Keeps \`${name}\` as it is, whatever the kernel finds.`,
    ip: `${name} lock`,
  });
}

const congctl = attribute({
  schema: textOf("the name of a congestion control such as cubic").regex(
    /^[a-z0-9_-]{1,15}$/,
    "expected the name of a congestion control such as cubic",
  ),
  words: (value, { congctlLock }) => locked("congctl", congctlLock, value),
  observe: (json) => textAt(json, under("congestion")),
  json: [under("congestion")],
  doc: "TCP congestion control for connections by this route.",
  absent: "chosen by the kernel",
  ip: "congctl [lock] NAME",
  example: "cubic",
});

const features = attribute({
  ...switchedOn,
  words: () => ["features", "ecn"],
  observe: (json) => (has(json, under("ecn")) ? true : undefined),
  json: [under("ecn")],
  doc: "Explicit congestion notification for TCP connections by this route.",
  ip: "features ecn",
});

/** What the host's TCP and IP do with packets of the route: rtnetlink's RTAX_*. */
export const metricAttributes = {
  mtu: metric({ word: "mtu", from: 68, to: 65535, doc: "Largest packet, in bytes.", example: 1400, lock: "mtuLock" }),
  mtuLock: lockOf("mtu"),
  advmss: metric({
    word: "advmss",
    from: 1,
    to: 65495,
    doc: "Maximum segment size that TCP advertises, in bytes.",
    example: 1360,
    lock: "advmssLock",
  }),
  advmssLock: lockOf("advmss"),
  window: metric({ word: "window", from: 1, to: u32, doc: "Largest TCP window, in bytes.", example: 65535, lock: "windowLock" }),
  windowLock: lockOf("window"),
  rtt: metric({ word: "rtt", from: 1, to: 600_000, unit: "ms", doc: "First guess of the round-trip time, in milliseconds.", example: 200 }),
  rttvar: metric({ word: "rttvar", from: 1, to: 600_000, unit: "ms", doc: "First guess of its variance, in milliseconds.", example: 50 }),
  rtoMin: metric({
    word: "rto_min",
    from: 1,
    to: 600_000,
    unit: "ms",
    doc: "Least TCP retransmission timeout, in milliseconds.",
    example: 200,
  }),
  ssthresh: metric({
    word: "ssthresh",
    from: 1,
    to: u32,
    doc: "First slow-start threshold, in segments.",
    example: 10,
    lock: "ssthreshLock",
  }),
  ssthreshLock: lockOf("ssthresh"),
  cwnd: metric({
    word: "cwnd",
    from: 1,
    to: u32,
    doc: "Largest congestion window, in segments. The kernel heeds it only when it is locked.",
    example: 20,
    lock: "cwndLock",
  }),
  cwndLock: lockOf("cwnd"),
  initcwnd: metric({ word: "initcwnd", from: 1, to: u32, doc: "First congestion window, in segments.", example: 10, lock: "initcwndLock" }),
  initcwndLock: lockOf("initcwnd"),
  initrwnd: metric({ word: "initrwnd", from: 1, to: u32, doc: "First receive window, in segments.", example: 10, lock: "initrwndLock" }),
  initrwndLock: lockOf("initrwnd"),
  reordering: metric({
    word: "reordering",
    from: 1,
    to: u32,
    doc: "Reordering that TCP bears before it takes a packet for lost, in segments.",
    example: 3,
  }),
  hoplimit: metric({ word: "hoplimit", from: 1, to: 255, doc: "Hop limit (TTL) of packets that the host sends.", example: 64 }),
  quickack: toggle("quickack", "TCP acknowledges at once."),
  fastopenNoCookie: toggle("fastopen_no_cookie", "TCP Fast Open without a cookie."),
  features,
  congctl,
  congctlLock: lockOf("congctl"),
};
