import { type Found, Reading, type Source } from "../reading";
import { cloudInit } from "./cloudInit";
import { cron } from "./cron";
import { dump } from "./dump";
import type { Format } from "./format";
import { ifupdown } from "./ifupdown";
import { ipJson } from "./ipJson";
import { keepalived } from "./keepalived";
import { keyfile } from "./keyfile";
import { netplan } from "./netplan";
import { networkd } from "./networkd";
import { nmstate } from "./nmstate";
import { rhel } from "./rhel";
import { rtTables } from "./rtTables";
import { script } from "./script";
import { unit } from "./unit";
import { wgQuick } from "./wgQuick";

/** What is read, the first that knows a text as its own. */
export const formats: readonly Format[] = [
  rhel,
  rtTables,
  ipJson,
  cron,
  dump,
  cloudInit,
  networkd,
  keyfile,
  wgQuick,
  unit,
  netplan,
  nmstate,
  ifupdown,
  keepalived,
  script,
];

export interface ReadFile {
  readonly reading: Reading;
  /** Undefined where nothing knows the text. */
  readonly format: Format | undefined;
}

/** What files say, one after the other; those that stand inside others come behind these. */
export function readFiles(sources: readonly Source[]): ReadFile[] {
  return sources.flatMap((source) => {
    const format = formats.find((one) => one.isOne(source));
    const reading = new Reading(source);
    format?.read(reading, source, sources);
    if (format === undefined) reading.doubt("its form is not known: none of its lines was read", 1, reading.lines.length);
    reading.end();
    return [{ reading, format }, ...readFiles(format?.inner?.(source) ?? [])];
  });
}

/** All that they say. */
export const foundIn = (files: readonly ReadFile[]): Found => ({
  said: files.flatMap(({ reading }) => reading.said),
  names: files.flatMap(({ reading }) => reading.names),
  leftOut: files.flatMap(({ reading }) => reading.leftOut),
  unclear: files.flatMap(({ reading }) => reading.unclear),
  notes: files.flatMap(({ reading }) => reading.notes),
});
