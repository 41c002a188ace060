import { deflateRawSync, inflateRawSync } from "node:zlib";
import { entriesAlone } from "../declaration/inputsAlone";
import type { Handlers, Properties } from "./handlers";

/** For a person who meets such a text: what it says is to be read in the inputs. */
const mark = "deflated:";

/**
 * A dynamic resource is read and deleted by its outputs alone, so they repeat the entries of a whole host, which no program reads there: each field of them
 * as one text. It keeps the field's name, for by that the engine makes it a secret where anything in the inputs' field is one.
 */
export function short(outs: Properties): Properties {
  return mapped(outs, (value) => {
    const long = JSON.stringify(value);
    const text = `${mark}${deflateRawSync(long).toString("base64")}`;
    return text.length < long.length ? text : value;
  });
}

/** The same at full length, whichever version kept it. */
export function long(outs: Properties): Properties {
  return mapped(outs, (value) =>
    typeof value === "string" && value.startsWith(mark)
      ? JSON.parse(inflateRawSync(Buffer.from(value.slice(mark.length), "base64")).toString("utf8"))
      : value,
  );
}

const mapped = (outs: Properties, map: (value: unknown) => unknown): Properties =>
  Object.fromEntries(
    Object.entries(outs).map(([name, value]) => [name, entriesAlone.has(name) && value !== undefined ? map(value) : value]),
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
