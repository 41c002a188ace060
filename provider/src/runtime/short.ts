import { deflateRawSync, inflateRawSync } from "node:zlib";
import { entriesAlone } from "../declaration/inputsAlone";
import { PolicyRoutingError } from "../errors";
import type { Handlers, Properties } from "./handlers";
import { usualText } from "./usualText";

/** What a text begins with, for a person who meets it: what it says is to be read in the inputs. And what it is shortened against. */
interface Form {
  readonly mark: string;
  readonly dictionary?: Buffer;
}

const form = { mark: "deflated-2:", dictionary: usualText };
/** States hold both. */
const forms: readonly Form[] = [form, { mark: "deflated:" }];

/**
 * A dynamic resource is read and deleted by its outputs alone, so they repeat the entries of a whole host, which no program reads there: each field of them
 * as one text. It keeps the field's name, for by that the engine makes it a secret where anything in the inputs' field is one.
 */
export function short(outs: Properties): Properties {
  return mapped(outs, (value) => {
    const long = JSON.stringify(value);
    const text = `${form.mark}${deflateRawSync(long, form).toString("base64")}`;
    return text.length < long.length ? text : value;
  });
}

/** The same at full length, whichever version kept it. */
export const long = (outs: Properties): Properties =>
  mapped(outs, (value, name) => (typeof value === "string" && value.startsWith("deflated") ? longOf(value, name) : value));

function longOf(text: string, name: string): unknown {
  const one = forms.find(({ mark }) => text.startsWith(mark));
  if (one === undefined) throw unreadable(name);
  try {
    return JSON.parse(inflateRawSync(Buffer.from(text.slice(one.mark.length), "base64"), one).toString("utf8"));
  } catch (error) {
    throw unreadable(name, error);
  }
}

const unreadable = (name: string, cause?: unknown): PolicyRoutingError =>
  new PolicyRoutingError("invalid", {
    topic: "state-unreadable",
    object: name,
    what: "the state's outputs hold a text that cannot be read: it was edited, or a newer version wrote it",
    next: `pulumi stack export, put outputs.${name} as inputs.${name} says it, pulumi stack import; or update pulumi-policy-routing`,
    cause,
  });

const mapped = (outs: Properties, map: (value: unknown, name: string) => unknown): Properties =>
  Object.fromEntries(
    Object.entries(outs).map(([name, value]) => [name, entriesAlone.has(name) && value !== undefined ? map(value, name) : value]),
  );

/** The life cycle of a whole host, its states kept short. */
export const keptShort = (calls: Handlers): Handlers => ({
  ...calls,
  create: async (inputs) => {
    const { id, outs } = await calls.create(inputs);
    return { id, outs: short(outs) };
  },
  read: async (id, props) => {
    const found = await calls.read(id, long(props));
    return found.props === undefined ? found : { ...found, props: short(found.props) };
  },
  update: async (id, olds, news) => {
    const { outs } = await calls.update(id, long(olds), news);
    return { outs: short(outs) };
  },
  delete: (id, props) => calls.delete(id, long(props)),
});
