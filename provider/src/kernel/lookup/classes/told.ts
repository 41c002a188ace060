import { families } from "../../../declaration/family";
import type { Network } from "../network";
import { type Door, type Moved, type Movement, movedBetween } from "./classes";
import { type Part, printParts } from "./partition";

/** Packets that go one way before a change and another one after it, for a person. */
export interface PacketClass {
  readonly packets: string;
  readonly before: string;
  readonly after: string;
}

export interface Told {
  readonly moved: readonly PacketClass[];
  /** Of which packets it cannot be told whether they go another way, and why. */
  readonly unsure: readonly string[];
}

/** All packets that a change leads another way, in as few classes as addresses, marks and devices allow. */
export function classesBetween(before: Network, after: Network): Told {
  const each = families.map((family) => {
    const movement = movedBetween(before, after, family);
    if (movement.tooMany) return { moved: [], unsure: [`${family}: rules and routes tell too many kinds of packets apart`] };
    const classes = mergedOf(movement);
    return {
      moved: classes.flatMap(({ unsure, ...one }) => (unsure === undefined ? [one] : [])),
      unsure: classes.flatMap(({ packets, unsure }) => (unsure === undefined ? [] : [`${packets}: ${unsure}`])),
    };
  });
  return { moved: each.flatMap(({ moved }) => moved), unsure: each.flatMap(({ unsure }) => unsure) };
}

/** One class while it is put together: what it has of each of these. */
interface Growing {
  readonly ways: string;
  readonly before: string;
  readonly after: string;
  readonly unsure: string | undefined;
  readonly only: string;
  readonly doors: ReadonlySet<Door>;
  readonly marks: ReadonlySet<string>;
  readonly from: ReadonlySet<Part | undefined>;
  readonly to: Set<Part>;
}

/** Classes that differ in one thing alone are one: destinations first, then sources, marks, and how packets come. */
function mergedOf({ moved, addresses: { parts }, marks }: Movement): (PacketClass & Pick<Growing, "unsure">)[] {
  const numberOf = numbering();
  const textOf = (all: Iterable<unknown>): string =>
    [...all]
      .map(numberOf)
      .sort((a, b) => a - b)
      .join();
  const without = (name: "from" | "marks" | "doors") => (one: Growing) =>
    [one.ways, one.only, ...(["doors", "marks", "from", "to"] as const).map((other) => (other === name ? "" : textOf(one[other])))].join(
      "|",
    );
  const grown = (["from", "marks", "doors"] as const).reduce<Growing[]>(
    (all, name) =>
      [...Map.groupBy(all, without(name)).values()].flatMap(([first, ...others]) =>
        first === undefined ? [] : [{ ...first, [name]: new Set([first, ...others].flatMap((one) => [...one[name]])) }],
      ),
    byDestination(moved, numberOf),
  );
  return grown.map((one) => ({
    packets: packetsOf(one, parts, marks.length),
    before: one.before,
    after: one.after,
    unsure: one.unsure,
  }));
}

function numbering(): (one: unknown) => number {
  const numbers = new Map<unknown, number>();
  return (one) => {
    const known = numbers.get(one) ?? numbers.size;
    numbers.set(one, known);
    return known;
  };
}

function byDestination(moved: readonly Moved[], numberOf: (one: unknown) => number): Growing[] {
  const classes = new Map<string, Growing>();
  for (const { door, mark, from, to, only, was, is, unsure } of moved) {
    const ways = `${was}\n${is}`;
    const key = `${numberOf(door)} ${numberOf(mark)} ${numberOf(from)} ${only}\n${ways}`;
    const known = classes.get(key);
    const parts = to.flatMap((one) => one.parts);
    if (known !== undefined) for (const part of parts) known.to.add(part);
    else {
      const sources = new Set(from?.parts ?? [undefined]);
      const marks = new Set([mark.says ?? ""]);
      classes.set(key, { ways, before: was, after: is, unsure, only, doors: new Set([door]), marks, from: sources, to: new Set(parts) });
    }
  }
  return [...classes.values()];
}

function packetsOf({ doors, marks, from, to, only }: Growing, parts: readonly Part[], allMarks: number): string {
  const sources = new Set([...from].filter((part) => part !== undefined));
  const unchosen = from.has(undefined) ? ["with no source chosen yet"] : [];
  const named = sources.size === 0 ? [] : [`from ${printParts(sources, parts) ?? "anywhere"}`];
  return [
    doorsText([...doors]),
    [...unchosen, ...named].join(" or "),
    `to ${printParts(to, parts) ?? "anywhere"}`,
    ...(marks.size === allMarks ? [] : [`with ${[...marks].join(" or ")}`]),
    ...(only === "" ? [] : [only]),
  ].join(" ");
}

function doorsText(doors: readonly Door[]): string {
  const devices = (name: "iif" | "oif"): string[] => doors.flatMap(({ [name]: device }) => device ?? []);
  const [bound, coming] = [devices("oif"), devices("iif")];
  const own = doors.length > bound.length + coming.length;
  return [
    ...(own ? ["sent by the host"] : []),
    ...(bound.length === 0 ? [] : [`${own ? "" : "sent by the host, "}bound to ${bound.join(" or ")}`]),
    ...(coming.length === 0 ? [] : [`coming in by ${coming.join(" or ")}`]),
  ].join(", or ");
}
