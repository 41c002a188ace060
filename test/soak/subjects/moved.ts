import { type Declaration, declarationOf } from "../declaration";
import { ruleFields } from "../draw/entries";
import { free } from "../draw/free";
import { rooms } from "../draw/room";
import { nextRun } from "../nextRun";
import type { Site } from "../site";
import type { Stack } from "../stack";
import { tags } from "../words";
import { changeOne, changeSingles } from "./single";
import type { Subject } from "./subject";

/** Something that stands there before the change begins. */
async function furnish(site: Site, stack: Stack): Promise<void> {
  if (stack.resources.length > 0) return;
  changeSingles(site, stack);
  await nextRun(site);
}

/** The same host by its other address: nothing of it may be taken for another machine's. */
async function changeAddress(site: Site): Promise<void> {
  const { random, first } = site;
  await furnish(site, first);
  const some = random.shuffle(first.resources).slice(0, random.integer(1, 4));
  for (const one of some) {
    if (one.sort === "single") changeOne(site, first, one);
    first.change(first.program.get(one.name) ?? one, { door: one.door === "first" ? "second" : "first" });
  }
}

/** What any host can hold: no devices, no addresses of its own. */
function anywhere(site: Site): Declaration[] {
  const { random } = site;
  const room = rooms.single;
  const rule = free(site, "PolicyRule", room, () => {
    const { iif: _iif, ...fields } = ruleFields(random, room);
    return fields;
  });
  const route = free(site, "PolicyRoute", room, () => ({
    family: "inet",
    table: 102,
    destination: `100.65.${random.integer(0, 250)}.0/24`,
    type: "blackhole",
  }));
  const whole = free(site, "HostRouting", room, () => ({
    rules: { one: { family: "inet6", priority: random.integer(1080, 1089), to: "2001:db8:c::7", table: 102 } },
  }));
  return random.shuffle([rule, route, whole].flatMap((one) => one ?? [])).slice(0, random.integer(1, 3));
}

/** Another machine: it is made there, and then taken away here. */
async function changeHost(site: Site): Promise<void> {
  const { first } = site;
  const resources = anywhere(site).map((declaration) => first.declare(declaration, { sort: "moved" }));
  await nextRun(site);
  for (const one of resources) first.change(one, { door: "spare" });
}

/** All of a stack's entries under another tag: it takes over its own. */
async function changeTag(site: Site): Promise<void> {
  const { second } = site;
  await furnish(site, second);
  const tag = second.tag === tags.second ? tags.other : tags.second;
  const moved = second.resources.map((one) => ({ one, declaration: declarationOf(one.declaration.kind, one.declaration.fields, tag) }));
  // After a change of tags that was undone in part, two may be at one priority under a tag each: no program may bring them together.
  const slots = moved.flatMap(({ declaration }) => [...declaration.shown.keys()]);
  if (new Set(slots).size < slots.length) return changeSingles(site, second);
  second.tag = tag;
  for (const { one, declaration } of moved) second.change(one, { declaration, sweeps: [] });
}

export const movedSubjects: readonly Subject[] = [
  { name: "another address of the host", group: "moved", change: changeAddress },
  { name: "another host", group: "moved", spare: true, change: changeHost },
  { name: "the other stack, under its own tag", group: "stacks", by: "second", change: (site) => changeSingles(site, site.second) },
  {
    name: "two stacks at once",
    group: "stacks",
    change: (site) => {
      changeSingles(site, site.first);
      changeSingles(site, site.second);
    },
  },
  { name: "the other stack takes another tag", group: "stacks", by: "second", change: changeTag },
];
