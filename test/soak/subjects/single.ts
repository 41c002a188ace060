import { declarationOf } from "../declaration";
import { groupFields, hopFields, nameFields, placeFields, routeFields, ruleFields } from "../draw/entries";
import { free, roomOf } from "../draw/free";
import type { Fields } from "../protocol";
import type { Site } from "../site";
import type { Resource, Stack } from "../stack";
import type { Subject } from "./subject";

const largest = 6;
const crowd = 16;
const few = 5;

const sort = "single";
const isSingle = (resource: Resource): boolean => resource.sort === sort;

/** Rules and routes come, change and go, each at slots of its own. */
export function changeSingles(site: Site, stack: Stack): void {
  const { random, host } = site;
  const room = roomOf(site, stack);
  const size = random.integer(1, largest);
  const touched = new Set<string>();
  for (let tries = 0; touched.size < size && tries < 50; tries++) {
    const all = stack.resources.filter(isSingle);
    const old = random.pick(all.filter(({ name }) => !touched.has(name)));
    const turn = random.next() + (all.length > crowd ? 0.3 : all.length < few ? -0.3 : 0);
    const kind = random.chance(0.55) ? "PolicyRule" : "PolicyRoute";
    if (old === undefined || turn < 0.4) {
      const draw = kind === "PolicyRule" ? () => ruleFields(random, room) : () => routeFields(random, host, placeFields(random, room));
      const declaration = free(site, kind, room, draw, stack.tag);
      if (declaration !== undefined) touched.add(stack.declare(declaration, { sort }).name);
    } else {
      touched.add(old.name);
      if (turn < 0.75) changeOne(site, stack, old);
      else stack.drop(old);
    }
  }
}

/** Another content, mostly at the same slot. */
export function changeOne(site: Site, stack: Stack, old: Resource): void {
  const { random, host } = site;
  const room = roomOf(site, stack);
  const { kind, fields, tag } = old.declaration;
  const stays = random.chance(0.75);
  const again = (): Fields => {
    if (kind === "PolicyRule") {
      const family = fields["family"] === "inet6" ? "inet6" : "inet";
      return ruleFields(random, room, family, Number(fields["priority"]));
    }
    const { family, table, destination, metric } = fields;
    return routeFields(random, host, { family, table, destination, ...(metric === undefined ? {} : { metric }) });
  };
  const elsewhere = (): Fields => (kind === "PolicyRule" ? ruleFields(random, room) : routeFields(random, host, placeFields(random, room)));
  const moved = stays ? undefined : free(site, kind, room, elsewhere, tag);
  stack.change(old, { declaration: moved ?? declarationOf(kind, again(), tag) });
}

const numberOf = (resource: Resource): number => Number(resource.declaration.fields["nhid"]);
const isObject = ({ declaration: { kind } }: Resource): boolean => kind === "NextHop";
const isGroup = ({ declaration: { fields } }: Resource): boolean => fields["group"] !== undefined;
const isFour = ({ declaration: { fields } }: Resource): boolean => !String(fields["via"]).includes(":");
/** By a route or a group. */
export const uses = ({ declaration: { kind, fields } }: Resource, nhid: number): boolean =>
  kind === "PolicyRoute" ? fields["nhid"] === nhid : JSON.stringify(fields["group"] ?? []).includes(`"nhid":${nhid}`);

/** Next hop objects, groups of them, and routes that go by either. */
function changeNexthops(site: Site, stack: Stack): void {
  const { random, host } = site;
  const room = roomOf(site, stack);
  const [from, to] = room.nhids;
  for (let count = random.integer(2, 4); count > 0; count--) {
    const objects = stack.resources.filter((one) => isObject(one) && !isGroup(one));
    const groups = stack.resources.filter((one) => isObject(one) && isGroup(one));
    const unused = [...objects, ...groups].filter((one) => !stack.resources.some((user) => uses(user, numberOf(one))));
    const routes = stack.resources.filter(({ declaration: { kind, fields } }) => kind === "PolicyRoute" && fields["nhid"] !== undefined);
    const [sort, old, gone, route] = [random.next(), random.pick(objects), random.pick(unused), random.pick(routes)];
    const members = objects.filter((one) => old !== undefined && isFour(one) === isFour(old));
    if (objects.length < 2 || sort < 0.2) {
      const made = free(site, "NextHop", room, () => hopFields(random, host, random.integer(from, to - 3)));
      if (made !== undefined) stack.declare(made);
    } else if (members.length > 1 && sort < 0.4) {
      const numbers = random
        .shuffle(members)
        .slice(0, 2)
        .map(numberOf)
        .sort((a, b) => a - b);
      const made = free(site, "NextHop", room, () => groupFields(random, random.integer(to - 2, to), numbers));
      if (made !== undefined) stack.declare(made);
    } else if (sort < 0.65 && old !== undefined) {
      const group = random.chance(0.4) ? random.pick(groups.filter((one) => uses(one, numberOf(old)))) : undefined;
      const family = isFour(old) ? "inet" : "inet6";
      const made = free(site, "PolicyRoute", room, () => {
        const { metric: _metric, ...place } = placeFields(random, room);
        return place["family"] === family ? { ...place, nhid: numberOf(group ?? old) } : undefined;
      });
      if (made !== undefined) stack.declare(made);
    } else if (sort < 0.8 && old !== undefined)
      stack.change(old, {
        declaration: declarationOf("NextHop", hopFields(random, host, numberOf(old), isFour(old) ? "inet" : "inet6"), room.tag),
      });
    else if (route !== undefined && sort < 0.9) stack.drop(route);
    else if (gone !== undefined) stack.drop(gone);
  }
}

/** Names of tables, in files that outlive a reboot. */
function changeNames(site: Site, stack: Stack): void {
  const { random } = site;
  const room = roomOf(site, stack);
  const [from, to] = room.names;
  const names = stack.resources.filter(({ declaration: { kind } }) => kind === "RoutingTable");
  const old = random.pick(names);
  if (old !== undefined && random.chance(0.6)) {
    if (random.chance(0.5)) stack.drop(old);
    else
      stack.change(old, {
        declaration: declarationOf("RoutingTable", nameFields(random, Number(old.declaration.fields["tableId"])), old.declaration.tag),
      });
  }
  const made = free(site, "RoutingTable", room, () => nameFields(random, random.integer(from, to)));
  if (made !== undefined) stack.declare(made);
}

export const singleSubjects: readonly Subject[] = [
  { name: "rules and routes", group: "single", change: (site) => changeSingles(site, site.first) },
  { name: "next hops, groups and routes by them", group: "single", change: (site) => changeNexthops(site, site.first) },
  {
    name: "names of tables, beside rules",
    group: "single",
    change: (site) => {
      changeNames(site, site.first);
      changeSingles(site, site.first);
    },
  },
];
