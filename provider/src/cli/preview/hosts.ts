import { escapeOutput, messageOf } from "../../errors";
import { together } from "../../host/look";
import type { Intended } from "../../host/proposal";
import type { Declared, Kind } from "../../runtime/kind";
import { kindOf } from "../../runtime/kinds";
import { changeToEnsure, changeToRemove, isOnlyLogin } from "../../runtime/reconcile";
import { addressOf, type Connection } from "../../spec/connection";
import { gapsOf, type Preview, type PreviewStep } from "./previewJson";
import { type Inputs, unclearIn, withoutEntries, withoutLogin } from "./unclear";

/** One resource on one host: what it declares there before and after. */
export interface Resource {
  /** Such as `PolicyRule office`. */
  readonly name: string;
  readonly before: Declared | undefined;
  readonly after: Declared | undefined;
  /** What `up` would ask of the host; undefined where it asks nothing. */
  readonly intended: (Intended & { readonly name: string }) | undefined;
}

export interface PlannedHost {
  /** As the program names it, with its port where that is said. */
  readonly name: string;
  readonly connection: Connection;
  readonly resources: readonly Resource[];
  /** What the preview does not show of it. */
  readonly unsure: readonly string[];
}

export interface PlannedHosts {
  readonly hosts: readonly PlannedHost[];
  /** What cannot be told of any host, or of one that is not named. */
  readonly unsure: readonly string[];
}

/** A resource of the preview, of its several steps one. */
interface Found {
  readonly urn: string;
  readonly kind: string;
  readonly id: string | undefined;
  readonly before: Inputs | undefined;
  readonly after: Inputs | undefined;
  readonly outputs: Inputs;
  readonly acts: boolean;
}

/** Steps that say what was read, or that nothing is done. */
const idle = /^(refresh|read|read-replacement|read-discard|discard|discard-replaced|remove-pending-replace)$/;
const removes = /^(delete|delete-replaced)$/;
const ours = /^pulumi-nodejs:dynamic\/policyrouting:(\w+)$/;

function resourcesOf(steps: readonly PreviewStep[]): Found[] {
  const found = new Map<string, Found>();
  for (const { op, urn, oldState, newState } of steps) {
    const [, kind] = ours.exec(newState?.type ?? oldState?.type ?? "") ?? [];
    if (kind === undefined || idle.test(op)) continue;
    const known = found.get(urn);
    found.delete(urn); // it stands where its last step does: what is deleted goes last
    found.set(urn, {
      urn,
      kind,
      id: known?.id ?? oldState?.id ?? newState?.id,
      before: known?.before ?? oldState?.inputs,
      after: removes.test(op) ? known?.after : (newState?.inputs ?? known?.after),
      outputs: known?.outputs ?? oldState?.outputs ?? {},
      acts: known?.acts === true || op !== "same",
    });
  }
  return [...found.values()];
}

/** Gathers what is said of each host. */
class Gathering {
  readonly #hosts = new Map<string, { name: string; connection: Connection; resources: Resource[]; unsure: string[] }>();
  readonly unsure: string[] = [];

  at(connection: Connection): { resources: Resource[]; unsure: string[] } {
    const key = addressOf(connection);
    const { host, port } = connection;
    const known = this.#hosts.get(key) ?? { name: port === undefined ? host : `${host}:${port}`, connection, resources: [], unsure: [] };
    this.#hosts.set(key, known);
    return known;
  }

  /** Said of the hosts that the resource names, else of all. */
  cannotTell({ before, after }: Pick<Found, "before" | "after">, text: string): void {
    const named = [before, after].flatMap((inputs) => connectionIn(inputs) ?? []);
    if (named.length === 0) this.unsure.push(`${text} (its host cannot be told)`);
    for (const host of new Set(named.map((one) => this.at(one)))) host.unsure.push(text);
  }

  get hosts(): PlannedHost[] {
    return [...this.#hosts.values()];
  }
}

/** The one place that reads a preview's resources, granular or of whole hosts, into what stands on each host. */
export function hostsOf(preview: Preview): PlannedHosts {
  const gathering = new Gathering();
  gathering.unsure.push(...gapsOf(preview));
  for (const found of resourcesOf(preview.steps)) {
    const name = `${found.kind} ${escapeOutput(found.urn.split("::").at(-1) ?? "")}`;
    try {
      place(gathering, kindOf(found.kind), name, found);
    } catch (error) {
      gathering.cannotTell(found, `${name}: ${messageOf(error)}`);
    }
  }
  const { hosts, unsure } = gathering;
  // A gap of the preview is one of each of its hosts.
  const gaps = gapsOf(preview);
  return { hosts: hosts.map((host) => ({ ...host, unsure: [...gaps, ...host.unsure] })), unsure };
}

function place(gathering: Gathering, kind: Kind, name: string, { id, before, after, outputs, acts }: Found): void {
  const [old, now] = [before, after].map((inputs) => (inputs === undefined ? undefined : withoutLogin(inputs)));
  const unclear = [...unclearIn(old), ...unclearIn(now)];
  const whole = unclear.find(({ path }) => !kind.isMany || path.length < 2 || path[0] === "connection" || path[0] === "owner");
  if (whole !== undefined) {
    gathering.cannotTell({ before: old, after: now }, `${name}: ${whole.path.join(".")} ${whole.why}`);
    return;
  }
  const entries = unclear.map(({ path: [section = "", label = ""] }) => [section, label] as const);
  const declared = (inputs: Inputs | undefined) =>
    inputs === undefined ? undefined : kind.declared({ ...withoutEntries(inputs, entries) });
  const [was, is] = [declared(old), declared(now)];
  for (const [there, side] of sidesOf(was, is)) {
    const host = gathering.at(there);
    host.unsure.push(...new Set(unclear.map(({ path, why }) => `${name}: ${path.join(".")} ${why}`)));
    if (side.moved) host.unsure.push(`${name} moves to another address: it is removed here only if that is another machine`);
    const idles = !acts || (was !== undefined && is !== undefined && !side.split && isOnlyLogin(kind, { ...outputs }, { ...now }));
    host.resources.push({ name, ...side, intended: idles ? undefined : intention(id ?? `${name} (new)`, name, side) });
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

/** How to reach the host, where at least that is said. */
function connectionIn(inputs: Inputs | undefined): Connection | undefined {
  const connection = inputs === undefined ? undefined : withoutLogin(inputs)["connection"];
  if (typeof connection !== "object" || connection === null || !("host" in connection) || typeof connection.host !== "string")
    return undefined;
  return unclearIn(connection).length > 0 ? undefined : { ...connection, host: connection.host };
}
