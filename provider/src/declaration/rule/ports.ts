import { type Attribute, attribute, numberAt } from "../attribute";
import { portsIn } from "../flow";
import { z } from "../zod";
import { hex, maskSince, within } from "./hex";
import { type Interval, liesIn } from "./occurs";

/** iproute2 refuses 0 and 65535, alone or as the end of a range. */
const lowest = 1;
const highest = 65534;
const whole = 0xffff;
const expected = `expected a port from ${lowest} to ${highest}, a range such as "1000-2000", or a port with a mask such as "80/0xfff0"`;

function intervalOf(value: string): Interval {
  const [from = 0, to = from] = value.split("-").map(Number);
  return { from, to };
}

function hasPort(value: string, port: number): boolean {
  const [, asked, mask] = /^([0-9]+)\/(.+)$/.exec(value) ?? [];
  if (mask !== undefined) return (port & Number(mask)) === (Number(asked) & Number(mask));
  const { from, to } = intervalOf(value);
  return port >= from && port <= to;
}

/** Source and destination port differ only in their names. */
export function portAttribute(name: "sport" | "dport", side: "Source" | "Destination"): Attribute<string, string | number> {
  return attribute({
    schema: z.union([z.string(), z.number()], expected).transform((input, context) => {
      const [, first, last, mask] = /^([0-9]{1,5})(?:-([0-9]{1,5})|\/(0x[0-9a-f]{1,4}|[0-9]{1,5}))?$/i.exec(String(input)) ?? [];
      const [from, to] = [Number(first), Number(last ?? first)];
      if (from >= lowest && to <= highest && from <= to && (mask === undefined || (Number(mask) <= whole && within(from, Number(mask)))))
        return mask !== undefined && Number(mask) !== whole ? `${from}/${hex(Number(mask))}` : from === to ? String(from) : `${from}-${to}`;
      context.addIssue(expected);
      return z.NEVER;
    }),
    words: (value) => [name, value],
    observe: (json) => {
      const [port, mask] = [numberAt(json, name), numberAt(json, `${name}_mask`) ?? whole];
      const [from, to] = [numberAt(json, `${name}_start`), numberAt(json, `${name}_end`)];
      if (port !== undefined) return mask === whole ? String(port) : `${port}/${hex(mask)}`;
      return from === undefined || to === undefined ? undefined : `${from}-${to}`;
    },
    json: [name, `${name}_mask`, `${name}_start`, `${name}_end`],
    sinceOf: (value) => (value.includes("/") ? maskSince : undefined),
    matcher: (value) => {
      const [, port, mask] = /^([0-9]+)\/(.+)$/.exec(value) ?? [];
      if (mask !== undefined)
        return ({ [name]: ports }) =>
          ports === undefined || ports.from !== ports.to ? "unknown" : (ports.from & Number(mask)) === (Number(port) & Number(mask));
      const interval = intervalOf(value);
      return (packet) => portsIn(packet[name], interval);
    },
    occurs: (fits, not, packet) => {
      const of = packet[name] ?? { from: 0, to: whole };
      if (![...fits, ...not].some((value) => value.includes("/"))) return liesIn(of, fits.map(intervalOf), not.map(intervalOf));
      const asked = (values: readonly string[]) => values.map((value) => (port: number) => hasPort(value, port));
      const [all, none] = [asked(fits), asked(not)];
      for (let port = of.from; port <= of.to; port++) if (all.every((has) => has(port)) && !none.some((has) => has(port))) return true;
      return false;
    },
    exactly: {
      asked: (value) => (/^[0-9]+$/.test(value) ? Number(value) : undefined),
      had: ({ [name]: ports }) => (ports !== undefined && ports.from === ports.to ? ports.from : undefined),
    },
    doc: `${side} port of the packet: one, a range, or one with a mask (since iproute2 and Linux ${maskSince.kernel}). It is compared for every protocol that has ports, so say \`ipproto\` too.`,
    absent: "any",
    ip: `${name} PORT | FIRST-LAST | PORT/MASK`,
    example: name === "dport" ? "443" : "1000-2000",
  });
}
