import { isDeepStrictEqual } from "node:util";
import { textAt } from "../../declaration/attribute";
import type { Probe } from "../../declaration/guard";
import { gatewayAt } from "../../declaration/route/nextHop";
import { parseIpJson } from "../../kernel/observed/ipJson";
import { type Answer, sectionsAfter } from "../wire/answer";

/** `passed`, or why not. */
export type Result = "passed" | { readonly why: string };

/** The lines of sh/probes.sh; every part was validated and none holds a blank. */
export function probeLines(probes: readonly Probe[]): string[] {
  return probes.map(({ ping, tcp, route, from, dev, vrf }, index) => {
    const [, host, port] = /^\[?(.+?)\]?:([0-9]+)$/.exec(tcp ?? "") ?? [];
    const kind = ping !== undefined ? "ping" : tcp !== undefined ? "tcp" : "route";
    return [index + 1, kind, ping ?? host ?? route ?? "-", port ?? "-", from ?? "-", vrf ?? (kind === "route" ? "-" : (dev ?? "-"))].join(
      " ",
    );
  });
}

function printProbe({ ping, tcp, route, from, dev, vrf, via }: Probe): string {
  const what = ping !== undefined ? `ping ${ping}` : tcp !== undefined ? `tcp ${tcp}` : `route ${route}`;
  return [
    what,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(vrf === undefined ? [] : [`vrf ${vrf}`]),
    ...(dev === undefined ? [] : [`dev ${dev}`]),
    ...(via === undefined ? [] : [`via ${via}`]),
  ].join(" ");
}

export function probeResults(probes: readonly Probe[], answer: Answer): Result[] {
  const said = new Map(
    sectionsAfter(answer, "probe").map(({ rest, text }) => {
      const [number, word] = rest.split(" ");
      return [Number(number), { word, text }];
    }),
  );
  return probes.map((probe, index) => {
    const { word, text } = said.get(index + 1) ?? { word: "failed", text: "the host did not answer it" };
    if (word === "passed") return "passed";
    return word === "route" ? routeResult(probe, text) : { why: text };
  });
}

function routeResult({ dev, via }: Probe, text: string): Result {
  const [json] = parseIpJson(text, "a route probe");
  if (json === undefined) return { why: "no route" };
  const seen = { dev: textAt(json, "dev"), via: gatewayAt(json) };
  const asked = { dev: dev ?? seen.dev, via: via ?? seen.via };
  return isDeepStrictEqual(seen, asked)
    ? "passed"
    : { why: `it leaves by ${seen.dev ?? "nothing"}${seen.via === undefined ? "" : ` via ${seen.via}`}` };
}

/** Demanded are those that passed before, and those that must pass after. */
const isDemanded = (probe: Probe, before: Result | undefined): boolean => before === "passed" || probe.expect === true;

/** The lines for after a change: a probe that is not demanded would only use up the guard's time. */
export function demandedLines(probes: readonly Probe[], before: readonly Result[]): string[] {
  return probeLines(probes).filter((_, index) => {
    const probe = probes[index];
    return probe !== undefined && isDemanded(probe, before[index]);
  });
}

export function failedProbes(probes: readonly Probe[], before: readonly Result[], after: readonly Result[]): string[] {
  return probes.flatMap((probe, index) => {
    const result = after[index];
    return isDemanded(probe, before[index]) && result !== undefined && result !== "passed"
      ? [`${printProbe(probe)} failed: ${result.why}`]
      : [];
  });
}
