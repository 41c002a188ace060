import { escapeOutput } from "../../errors";
import type { PlannedHost } from "../preview/gathering";
import type { Preview } from "../preview/previewJson";

/** Hosts that `up` takes at the same time. */
export interface Wave {
  readonly title: string;
  /** As the program calls them. */
  readonly hosts: readonly string[];
}

/** One list of waves for each rollout; else one by what depends on what; none where the preview shows no order. */
export function wavesIn(preview: Preview, hosts: readonly PlannedHost[]): Wave[][] {
  const told = preview.diagnostics.flatMap(({ message }) => rolloutIn(message));
  return told.length > 0 ? told : byDependencies(preview, hosts);
}

/** What rollout() says in a preview: a line for each wave. */
function rolloutIn(message: string): Wave[][] {
  const [, lines] = /rollout in [0-9]+ waves:\n([\s\S]+)/.exec(message) ?? [];
  const waves = lines?.split("\n").flatMap((line): Wave[] => {
    const [, title = "", names] = /^ *((?:canary|wave) [0-9]+ of [0-9]+): (.+)$/.exec(line) ?? [];
    return names === undefined ? [] : [{ title, hosts: names.split(", ").map(escapeOutput) }];
  });
  return waves === undefined || waves.length === 0 ? [] : [waves];
}

/** Whoever depends on a change of another host waits for it. */
function byDependencies({ steps }: Preview, hosts: readonly PlannedHost[]): Wave[][] {
  const acting = hosts.flatMap((host) => host.resources.flatMap(({ urn, acts }) => (acts ? [[urn, host] as const] : [])));
  const hostOf = new Map(acting);
  const needs = new Map(steps.map(({ urn, newState, oldState }) => [urn, (newState ?? oldState)?.dependencies ?? []]));
  const needed = remembered((urn: string): string[] => [
    ...new Set((needs.get(urn) ?? []).flatMap((one) => (hostOf.has(one) ? [one] : needed(one)))),
  ]);
  /** How many other hosts go before this resource, one after the other. */
  const levelOf = remembered((urn: string): number =>
    needed(urn).reduce((most, one) => Math.max(most, levelOf(one) + (hostOf.get(one) === hostOf.get(urn) ? 0 : 1)), 0),
  );
  const byHost = new Map<PlannedHost, number>();
  for (const [urn, host] of acting) byHost.set(host, Math.max(byHost.get(host) ?? 0, levelOf(urn)));
  const levels = [...new Set(byHost.values())].sort((a, b) => a - b);
  if (levels.length < 2) return [];
  return [
    levels.map((level, index) => ({
      title: `wave ${index + 1} of ${levels.length}`,
      hosts: [...byHost].flatMap(([host, its]) => (its === level ? [host.called ?? host.name] : [])),
    })),
  ];
}

/** Asked once for each resource: the engine lets none depend on itself. */
function remembered<Answer>(ask: (urn: string) => Answer): (urn: string) => Answer {
  const known = new Map<string, Answer>();
  return (urn) => {
    const answer = known.get(urn) ?? ask(urn);
    known.set(urn, answer);
    return answer;
  };
}
