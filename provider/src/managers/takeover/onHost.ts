import type { Tags } from "../../declaration/owner";
import { rulesIn } from "../../declaration/rule/ruleSet";
import { type Declared, declare } from "./declare";
import { type ReadFile, readFiles } from "./formats/index";
import { livingOf, type Standing, surroundingsOf } from "./living";
import { notesOn } from "./notes";
import { Origins } from "./origin";
import type { Said, Source } from "./reading";
import { canonicalNames } from "./tableNames";

/** A host with the files that may hold what stands there. */
export interface StandingHost extends Standing {
  readonly sources: readonly Source[];
  /** Files that are too long to be read. */
  readonly unread: readonly string[];
}

export interface DeclaredOnHost {
  readonly declared: Declared;
  readonly files: readonly ReadFile[];
}

interface Options {
  /** Takes table main's default too, where its manager makes it by itself. */
  readonly main?: boolean;
  /** Only what the register names as this id's; else what is in nobody's name. */
  readonly of?: string | undefined;
}

/** What stands on a host as a person declares it, each entry with the lines that make it. */
export function declaredOnHost(
  { sources, unread, ...standing }: StandingHost,
  tags: Tags,
  { main = false, of }: Options = {},
): DeclaredOnHost {
  const living = livingOf(standing, tags, of);
  const files = readFiles(sources);
  const origins = new Origins(files, canonicalNames(living.names));
  const found = { ...living, said: living.said.map((one) => withManagers(one, origins)) };
  const traced = traceOf(declare(found, { beside: surroundingsOf(standing, living.routes, files), main }), origins);
  const notes = [
    ...traced.notes,
    ...notesOn(traced, []),
    ...notRead(files.flatMap(({ reading }) => reading.unclear.filter(isAboutRouting))),
    ...unread.map((file) => `${file} is too long: it was not read`),
  ];
  return { declared: { ...traced, notes }, files };
}

const isAboutRouting = ({ what }: { what: string }): boolean =>
  what !== "not understood" && !/form is not known|give these files too/.test(what);
const most = 20;
const notRead = (all: Declared["leftOut"]): string[] =>
  all.slice(0, most).map(({ place, what }) => `${place.file}:${place.line} may make some of these: ${what}`);

/** The default that a manager makes of its own setting. */
function withManagers(said: Said, origins: Origins): Said {
  const { destination, table, via, dev } = said.values;
  const isDefault = said.kind === "route" && destination === "default" && table === "main";
  return isDefault && origins.isManagers(String(via), String(dev)) ? { ...said, isManagers: true } : said;
}

/** Each entry with the lines that make it. */
function traceOf(declared: Declared, origins: Origins): Declared {
  return {
    ...declared,
    routes: declared.routes.map(({ is, places }) => ({ is, places: [...places, ...origins.of("route", is)] })),
    rules: declared.rules.map(({ is, places }) => ({ is, places: [...places, ...rulesIn(is).flatMap((one) => origins.of("rule", one))] })),
  };
}
