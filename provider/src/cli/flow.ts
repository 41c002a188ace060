import { addressSchema, familyOf } from "../declaration/address";
import { printProblem, problemsOf } from "../declaration/failures";
import type { Flow, PortRange } from "../declaration/flow";
import { deviceSchema, u32 } from "../declaration/number";
import { ruleAttributes } from "../declaration/rule/rule";
import { z } from "../declaration/zod";
import { PolicyRoutingError } from "../errors";
import { program } from "./usage/options";

/** A number, decimal or hexadecimal, as a number or as text. */
const number = (most: number) =>
  z
    .union([z.string().regex(/^(0x[0-9a-f]+|[0-9]+)$/i), z.number()], `expected a number from 0 to ${most}`)
    .transform(Number)
    .pipe(z.int().min(0).max(most, `expected a number from 0 to ${most}`));
const port = number(65535).transform((value): PortRange => ({ from: value, to: value }));

/** A packet as a person writes it: a line of --flows, or the options of trace. What is left out cannot be told, or is the usual. */
const flowSchema = z
  .strictObject({
    to: addressSchema,
    from: addressSchema.optional(),
    iif: deviceSchema.optional(),
    oif: deviceSchema.optional(),
    vrf: deviceSchema.optional(),
    mark: z.union([z.literal("any"), number(u32)], `expected a number from 0 to ${u32}, or any`).default(0),
    uid: number(u32).default(0),
    ipproto: ruleAttributes.ipproto.schema.optional(),
    sport: port.optional(),
    dport: port.optional(),
    tos: number(255).default(0),
    tunId: number(Number.MAX_SAFE_INTEGER).optional(),
    flowlabel: number(0xfffff).optional(),
  })
  .refine(({ from, to }) => from === undefined || familyOf(from) === familyOf(to), "from and to are of different families")
  .refine(({ iif, oif, vrf }) => vrf === undefined || (iif === undefined && oif === undefined), "vrf cannot be combined with iif or oif")
  .transform(
    ({ to, tos, vrf, oif = vrf, mark, ...rest }): Flow => ({
      family: familyOf(to),
      to,
      tos: [tos],
      oif,
      mark: mark === "any" ? undefined : mark,
      ipproto: undefined,
      sport: undefined,
      dport: undefined,
      ...rest,
    }),
  );

/** One packet; `wrong` makes an error of what is not as it should be. */
export function flowOf(value: unknown, wrong: (problems: string) => Error): Flow {
  const parsed = flowSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw wrong(problemsOf(parsed.error, []).map(printProblem).join("; "));
}

/** A packet a line. */
export function flowsOf(whole: string, path: string): Flow[] {
  return whole.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const at = (problems: string) =>
      new PolicyRoutingError("invalid", {
        topic: "flow",
        object: `${path}:${index + 1}`,
        what: problems,
        next: `see ${program} trace --help`,
      });
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw at("is not JSON");
    }
    return [flowOf(value, at)];
  });
}
