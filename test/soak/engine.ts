import type { Answered } from "./controller";
import { entryOf } from "./entries";
import type { Damage } from "./faults/fault";
import type { Failing } from "./judge";
import type { Site } from "./site";
import { stacks } from "./site";
import type { Step } from "./steps";
import { isEqual, oursAt, oursKeys, type Standing, standingOf, viewOf } from "./view";

/**
 * What the engine would know now: its state after what was reported, then refreshed by a read of everything. What is on the host in our
 * name and not in the state is declared again the next time, as a person's next `up` does.
 */
export async function takeOver(
  site: Site,
  steps: readonly Step[],
  answers: readonly Answered[],
  damage: Damage,
  failings: Failing[],
): Promise<Standing | undefined> {
  for (const [index, step] of steps.entries()) {
    if (isSecond(step)) continue;
    keep(site, step, answers[index]);
  }
  const held = [...site.held.values()];
  // Without a guard, the first who comes undoes: somebody must come, also when there is nothing to read.
  const reads = held.map(({ entry, id, state }) => ({ method: "read" as const, kind: entry.kind, id, state }));
  const probe = {
    method: "read" as const,
    kind: "PolicyRule",
    id: "nobody",
    state: { connection: site.connection, owner: { stack: stacks.first }, family: "inet", priority: 1, table: 100 },
  };
  const seen = await site.controller.run([...reads, probe]);
  const nobody = seen.at(-1)?.reply;
  if (nobody?.ok === undefined)
    failings.push({ kind: "misreported", text: `nothing can be read: ${nobody?.failed?.message ?? "no answer"}` });
  const view = await viewOf(site.host);
  site.held.clear();
  for (const [index, old] of held.entries()) {
    const { reply } = seen[index] ?? {};
    if (reply?.ok === undefined) {
      failings.push({ kind: "misreported", text: `${old.entry.key} cannot be read: ${reply?.failed?.message ?? "no answer"}` });
      site.held.set(old.entry.key, old);
      continue;
    }
    const { inputs, state } = reply.ok;
    if (inputs === undefined || state === undefined) {
      if (damage.gone !== undefined || damage.rebooted === true) continue;
      const there = oursAt(view, old.entry.key);
      if (there.length > 0 && isNamed(await standingOf(site.host), old.entry.key, old.id))
        failings.push({ kind: "misreported", text: `${old.entry.key} is read as gone, and there is ${there.join("; ")}` });
      continue;
    }
    // A device that nobody asked for is not told where a gateway is.
    const filled = inputs["via"] !== undefined && inputs["dev"] === undefined;
    const seenAs = entryOf(old.entry.kind, withoutCommon(inputs));
    const there = oursAt(view, seenAs.key)[0];
    const entry = (filled && site.declared.get(`${seenAs.key} ${there}`)) || seenAs;
    if (!isEqual(oursAt(view, entry.key), [entry.shown]))
      failings.push({
        kind: "misreported",
        text: `${entry.key} is read as ${entry.shown}, and there is ${oursAt(view, entry.key).join("; ") || "nothing"}`,
      });
    site.held.set(entry.key, { entry, id: old.id, state });
  }
  if (damage.rebooted === true) site.stale.clear();
  const standing = await standingOf(site.host);
  for (const key of standing.register.keys()) if (damage.gone !== undefined && oursAt(view, key).length === 0) site.stale.add(key);
  for (const key of oursKeys(view)) {
    site.stale.delete(key);
    const [shown = ""] = oursAt(view, key);
    const entry = site.declared.get(`${key} ${shown}`);
    if (!site.held.has(key) && entry !== undefined && !key.startsWith("rule inet 2")) site.lost.push(entry);
  }
  return standing;
}

const isNamed = ({ register }: Standing, key: string, id: string): boolean => (register.get(key) ?? id) === id;
const isSecond = ({ call }: Step): boolean => call.method === "create" && JSON.stringify(call.fields["owner"]).includes(stacks.second);

/** What the engine does with one report. */
function keep(site: Site, { call, old, wanted }: Step, answered: Answered | undefined): void {
  const { ok, failed } = answered?.reply ?? {};
  if (call.method === "delete" && ok !== undefined && old !== undefined) site.held.delete(old.entry.key);
  const kept = ok?.id !== undefined && ok.state !== undefined ? { id: ok.id, state: ok.state } : failed?.kept;
  if (wanted === undefined || kept === undefined) return;
  if (old !== undefined) site.held.delete(old.entry.key);
  site.held.set(wanted.key, { entry: wanted, ...kept });
}

function withoutCommon({
  connection: _connection,
  owner: _owner,
  guard: _guard,
  ...fields
}: Record<string, unknown>): Record<string, unknown> {
  return fields;
}
