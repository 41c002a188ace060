import { type Field, field, required } from "./attribute";
import { objectOf } from "./canonical";
import { commonFields } from "./everyResource";
import { flowFields } from "./expectation";
import { families } from "./family";
import { integer, u32 } from "./number";
import { tableSchema } from "./tableNumber";
import { z } from "./zod";

/** What the plugin's functions take and answer. They read a host and change nothing, in previews too. */
const told = <Value>(schema: z.ZodType<Value, Value>, doc: string, example: Value): Field<Value, Value> =>
  field({ schema, doc, absent: required, example });
const perhaps = <Value>(schema: z.ZodType<Value, Value>, doc: string, absent: string, example: Value): Field<Value, Value> =>
  field({ schema, doc, absent, example });
const text = z.string();
const family = told(z.enum(families), "Address family, in the words of `ip`.", "inet");

export const getHostFields = { connection: commonFields.connection };

export const hostAddressFields = {
  dev: told(text, "Device that has it.", "eth0"),
  family,
  address: told(text, "The address with the length of its prefix.", "203.0.113.10/24"),
};

export const hostGatewayFields = {
  dev: perhaps(text, "Device by which it is reached.", "the route does not say", "eth0"),
  family,
  via: told(text, "Its address.", "203.0.113.1"),
  table: told(tableSchema, "Table whose default it is.", "main"),
};

const list = <Value>(schema: z.ZodType<Value, Value>): z.ZodType<Value[], Value[]> => z.array(schema);
const unexpected = "expected an object";

export const getHostResultFields = {
  machineId: told(text, "Its machine-id; empty where it has none.", "61c8223643f282097ec0db90e3f68c5d"),
  kernel: told(text, "Version of its kernel.", "6.1.0"),
  iproute2: told(text, "Version of its iproute2.", "6.1.0"),
  addresses: told(list(objectOf(hostAddressFields, unexpected)), "Its addresses.", []),
  gateways: told(list(objectOf(hostGatewayFields, unexpected)), "Gateways of its default routes, in all tables.", []),
  rules: told(list(text), "Its rules in the words of `ip`, with the family, in their order.", [
    "ip -4 rule pref 1000 from 203.0.113.10 table 102",
  ]),
};

export const lookupFields = { connection: commonFields.connection, ...flowFields };

const ifOne = "several ways, or none";
export const lookupResultFields = {
  verdict: told(
    text,
    "What becomes of it: `unicast`, `local`, `blackhole`, `unreachable`, `prohibit`, `no route`, `unsure` and a few more.",
    "unicast",
  ),
  sentence: told(text, "The same for a person, with all ways that it may take.", "by eth1 via 203.0.113.1 (table 102)"),
  rule: perhaps(text, "The rule that decides, in the words of `ip`.", "none does", "ip -4 rule pref 1000 from 203.0.113.10 table 102"),
  // A number alone: of what may be one of several, Python's SDK (3.259) wants a dict.
  table: perhaps(integer(1, u32), "Number of the table whose route it takes; 254 is main.", "none", 102),
  dev: perhaps(text, "Device by which it leaves.", ifOne, "eth1"),
  via: perhaps(text, "Gateway by which it leaves.", `${ifOne}, or it is on the link`, "203.0.113.1"),
  src: perhaps(text, "Its source address.", ifOne, "203.0.113.10"),
};
