import { addressOf, type Connection } from "../../declaration/connection";
import { messageOf } from "../../errors";
import { together } from "../../kernel/observed/look";
import type { Declared } from "../../runtime/declared";
import type { Kind } from "../../runtime/kind";
import { kindOf } from "../../runtime/kinds";
import { changeToEnsure, changeToRemove, isOnlyLogin } from "../../runtime/reconcile";
import { calledIn, nameIn } from "./called";
import { Gathering, type PlannedHost, type Resource } from "./gathering";
import { type Known, knownIn } from "./known";
import { gapsOf, type Preview } from "./previewJson";
import { type PreviewedResource, resourcesOf } from "./resources";
import { unclearIn, withoutEntries, withoutLogin } from "./unclear";

export interface PlannedHosts {
  readonly hosts: readonly PlannedHost[];
  /** What cannot be told of any host, or of one that is not named. */
  readonly unsure: readonly string[];
  /** The ids of the stack; undefined where the preview does not show all of them. */
  readonly known: Known | undefined;
}

/** The one place that reads a preview's resources, granular or of whole hosts, into what stands on each host. */
export function hostsOf(preview: Preview): PlannedHosts {
  const gathering = new Gathering();
  for (const found of resourcesOf(preview.steps)) {
    const name = `${found.kind} ${nameIn(found.urn)}`;
    try {
      place(gathering, kindOf(found.kind), name, found);
    } catch (error) {
      gathering.cannotTell(found, `${name}: ${messageOf(error)}`);
    }
  }
  // A gap of the preview is one of each of its hosts, too.
  const gaps = gapsOf(preview);
  const { hosts, unsure } = gathering;
  const states = preview.steps.flatMap(({ urn, oldState, newState }) =>
    [oldState, newState].flatMap((one) => (one === undefined ? [] : [{ ...one, urn }])),
  );
  return {
    hosts: hosts.map((host) => ({ ...host, called: calledIn(host), unsure: [...gaps, ...host.unsure] })),
    unsure: [...gaps, ...unsure],
    known: gaps.length === 0 ? knownIn(states) : undefined,
  };
}

function place(gathering: Gathering, kind: Kind, name: string, found: PreviewedResource): void {
  const { urn, parent, id, before, after, state, acts } = found;
  const [old, now] = [before, after].map((inputs) => (inputs === undefined ? undefined : withoutLogin(inputs)));
  const unclear = [...unclearIn(old), ...unclearIn(now)];
  const whole = unclear.find(({ path }) => !kind.isMany || path.length < 2 || path[0] === "connection" || path[0] === "owner");
  if (whole !== undefined) {
    gathering.cannotTell({ before: old, after: now }, `${name}: ${whole.path.join(".")} ${whole.why}`);
    return;
  }
  const entries = unclear.map(({ path: [section = "", label = ""] }) => [section, label] as const);
  const shown = now === undefined ? undefined : withoutEntries(now, entries);
  const was = old === undefined ? undefined : kind.declared({ ...withoutEntries(old, entries) });
  const is = shown === undefined ? undefined : kind.declared({ ...shown });
  for (const [there, side] of sidesOf(was, is)) {
    const host = gathering.at(there);
    host.unsure.push(...new Set(unclear.map(({ path, why }) => `${name}: ${path.join(".")} ${why}`)));
    if (side.moved) host.unsure.push(`${name} moves to another address: it is removed here only if that is another machine`);
    const idles = !acts || (was !== undefined && is !== undefined && !side.split && isOnlyLogin(kind, { ...state }, { ...now }));
    const inputs = side.after === undefined ? undefined : shown;
    host.resources.push({
      kind: kind.name,
      urn,
      parent,
      name,
      acts,
      ...side,
      inputs,
      intended: idles ? undefined : intention(id ?? `${name} (new)`, name, side),
    });
  }
}

interface Side {
  readonly before: Declared | undefined;
  readonly after: Declared | undefined;
  /** Its address changed: the other side stands at another host. */
  readonly split: boolean;
  readonly moved: boolean;
}

function sidesOf(before: Declared | undefined, after: Declared | undefined): (readonly [Connection, Side])[] {
  if (before !== undefined && after !== undefined && addressOf(before.connection) !== addressOf(after.connection))
    return [
      [after.connection, { before: undefined, after, split: true, moved: false }],
      [before.connection, { before, after: undefined, split: true, moved: true }],
    ];
  const there = after?.connection ?? before?.connection;
  return there === undefined ? [] : [[there, { before, after, split: false, moved: false }]];
}

function intention(id: string, name: string, { before, after }: Side): Resource["intended"] {
  const look = together([before, after].flatMap((one) => (one === undefined ? [] : [one.look])));
  if (after !== undefined) return { name, look, change: changeToEnsure(id, after, before) };
  return before === undefined ? undefined : { name, look, change: changeToRemove(id, before) };
}
