import { type Declaration, declarationOf } from "../declaration";
import { hopFields, placeFields, routeFields, ruleFields } from "../draw/entries";
import { free, isAlone } from "../draw/free";
import { rooms } from "../draw/room";
import type { Fields } from "../protocol";
import type { Site } from "../site";
import type { Resource } from "../stack";
import { addGuest } from "./guests";
import { uses } from "./single";
import type { Subject } from "./subject";

/** Somebody's entries, in forms that people write, and what takes their place when it is adopted. */
interface Found {
  readonly declaration: Declaration;
  readonly takes: readonly string[];
}

const { single: room } = rooms;
/** Priorities at which somebody's rule stands all the time. */
const furnished = [1003, 1005, 1007];
const protos = ["", " proto 4", " proto 77"] as const;

async function foundRule(site: Site): Promise<Found | undefined> {
  const { random } = site;
  const wanted = free(site, "PolicyRule", room, () => {
    const fields = ruleFields(random, room);
    // Of two foreign rules at one priority none is taken for the other.
    return isAlone(site, fields) && !furnished.includes(Number(fields["priority"])) ? fields : undefined;
  });
  if (wanted === undefined) return undefined;
  const { family, priority } = wanted.fields;
  const proto = random.pick(protos);
  // With host bits, which the kernel keeps, half the time.
  const prefix = family === "inet6" ? "2001:db8:a::7/48" : random.pick(["198.51.100.7/24", "198.51.100.0/24"]);
  const takes = await addGuest(
    site,
    `rule add pref ${priority} from ${prefix} table 160${proto}`,
    `rule del pref ${priority} from ${prefix} table 160`,
  );
  const same = { family, priority, from: prefix.replace(/7\//, family === "inet6" ? "/" : "0/"), table: 160 };
  return { takes, declaration: random.chance(0.5) ? wanted : declarationOf("PolicyRule", same, room.tag) };
}

async function foundRoute(site: Site): Promise<Found | undefined> {
  const { random, host } = site;
  const wanted = free(site, "PolicyRoute", room, () => routeFields(random, host, placeFields(random, room)));
  if (wanted === undefined) return undefined;
  const { family, destination, table, metric } = wanted.fields;
  const to = `${family === "inet6" && destination === "default" ? "::/0" : destination} table ${table}${metric === undefined ? "" : ` metric ${metric}`}`;
  const lock = random.pick(["", "", " mtu 1300", " mtu lock 1300"]);
  const proto = random.pick([" proto static", " proto 77"]);
  const takes = await addGuest(site, `route add ${to} dev ${host.uplinks[0].device}${proto}${lock}`, `route del ${to}${proto}`);
  return { takes, declaration: wanted };
}

async function foundNexthop(site: Site): Promise<Found | undefined> {
  const { random, host } = site;
  const [from, to] = room.nhids;
  const wanted = free(site, "NextHop", room, () => hopFields(random, host, random.integer(from, to - 3), "inet"));
  if (wanted === undefined) return undefined;
  const { nhid } = wanted.fields;
  const [{ gateway, device }] = host.uplinks;
  return {
    declaration: wanted,
    takes: await addGuest(site, `nexthop add id ${nhid} via ${gateway} dev ${device} proto static`, `nexthop del id ${nhid}`),
  };
}

const adopt: Fields = { adopt: true };

async function adoptSeveral(site: Site): Promise<void> {
  const kinds = [foundRule, foundRoute, foundRule, foundNexthop];
  for (const find of site.random.shuffle(kinds).slice(0, site.random.integer(2, 4))) {
    const found = await find(site);
    if (found !== undefined) site.first.declare(found.declaration, { sort: "adopted", also: adopt, takes: found.takes });
  }
}

/** All of it as one host: taken over as a whole, or not at all. */
async function adoptWhole(site: Site): Promise<void> {
  const rule = await foundRule(site);
  const route = await foundRoute(site);
  const fields = {
    ...(rule === undefined ? {} : { rules: { found: rule.declaration.fields } }),
    ...(route === undefined ? {} : { routes: { found: route.declaration.fields } }),
  };
  const takes = [rule, route].flatMap((found) => found?.takes ?? []);
  site.first.declare(declarationOf("HostRouting", fields, room.tag), { sort: "adopted", also: adopt, takes });
}

/** What was adopted long ago goes like anything else; an object only where nothing goes by it. */
function dropOld({ first, random }: Site): void {
  const isUsed = ({ declaration: { kind, fields } }: Resource): boolean =>
    kind === "NextHop" && first.resources.some((one) => uses(one, Number(fields["nhid"])));
  for (const old of first.resources.filter((one) => one.sort === "adopted" && !isUsed(one))) if (random.chance(0.7)) first.drop(old);
}

export const foreignSubjects: readonly Subject[] = [
  {
    name: "foreign entries are adopted",
    group: "foreign",
    change: async (site) => {
      dropOld(site);
      await adoptSeveral(site);
    },
  },
  {
    name: "foreign entries are adopted by a whole host",
    group: "foreign",
    change: async (site) => {
      dropOld(site);
      await adoptWhole(site);
    },
  },
];
