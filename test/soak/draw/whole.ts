import { declarationOf, type Kind, settings } from "../declaration";
import type { Fields } from "../protocol";
import type { Random } from "../random";
import type { Site } from "../site";
import type { Resource } from "../stack";
import { sysctlKey } from "../words";
import { groupFields, hopFields, nameFields, placeFields, routeFields, ruleFields } from "./entries";
import { Taken } from "./free";
import type { Room } from "./room";

type Section = Record<string, unknown>;

/** The entries of one whole host, at slots that no other resource uses. */
export class Whole {
  readonly #used: Taken;
  readonly #sections: Record<string, Section> = {};

  constructor(
    private readonly site: Site,
    private readonly room: Room,
    private readonly tag: number,
    but?: Resource,
  ) {
    this.#used = new Taken(site, but);
  }

  #add(section: string, kind: Exclude<Kind, "HostRouting">, fields: Fields): boolean {
    const [slot = ""] = declarationOf(kind, fields, this.tag).shown.keys();
    if (this.#used.has(slot)) return false;
    this.#used.add(slot);
    this.#sections[section] = { ...this.#sections[section], [slot.replaceAll(" ", "-")]: fields };
    return true;
  }

  names(count: number): this {
    const { random } = this.site;
    for (; count > 0; count--) this.#add("tables", "RoutingTable", nameFields(random, random.integer(...this.room.names)));
    return this;
  }

  /** Objects, a group of two of them, and routes by these. */
  nexthops(count: number): this {
    const { random, host } = this.site;
    // An object is no group and no group an object: neither becomes the other while something goes by it.
    const [from, to] = this.room.nhids;
    const numbers = random.shuffle(Array.from({ length: to - from - 1 }, (_, index) => from + index));
    const objects = numbers.slice(0, count).filter((nhid) => this.#add("nexthops", "NextHop", hopFields(random, host, nhid, "inet")));
    const group = random.integer(to - 1, to);
    const pair = objects.slice(0, 2).sort((a, b) => a - b);
    const isGrouped = pair.length === 2 && this.#add("nexthops", "NextHop", groupFields(random, group, pair));
    for (const nhid of [...objects.slice(0, 1), ...(isGrouped ? [group] : [])]) {
      const { metric: _metric, ...place } = placeFields(random, this.room);
      if (place["family"] === "inet") this.#add("routes", "PolicyRoute", { ...place, nhid });
    }
    return this;
  }

  routes(count: number): this {
    const { random, host } = this.site;
    for (; count > 0; count--) this.#add("routes", "PolicyRoute", routeFields(random, host, placeFields(random, this.room)));
    return this;
  }

  rules(count: number): this {
    for (; count > 0; count--) this.#add("rules", "PolicyRule", ruleFields(this.site.random, this.room));
    return this;
  }

  /** Rules and routes by the hundred. */
  hundreds(): this {
    const { random, host } = this.site;
    const [first] = host.uplinks;
    const [from] = this.room.priorities;
    const [table] = this.room.tables;
    for (let index = 0; index < random.integer(150, 300); index++)
      this.#add("rules", "PolicyRule", ruleFields(random, this.room, "inet", from + index * 3));
    for (let index = 0; index < random.integer(50, 150); index++)
      this.#add("routes", "PolicyRoute", {
        family: "inet",
        table,
        destination: `100.64.${index}.0/24`,
        via: first.gateway,
        dev: first.device,
      });
    return this;
  }

  settings(count: number): this {
    const { random } = this.site;
    for (; count > 0; count--) {
      const { field, file, numbers } = random.pick<(typeof settings)[number]>(settings);
      const device = random.pick(["eth0", "eth1"]);
      const slot = sysctlKey(file, device);
      if (this.#used.has(slot)) continue;
      this.#used.add(slot);
      this.#sections[field] = { ...this.#sections[field], [device]: random.pick(Object.keys(numbers)) };
    }
    return this;
  }

  /** What another one declares stays with some chance, where its slots are still free. */
  keep(random: Random, { declaration: { fields } }: Resource, chance: number): this {
    for (const [section, kind] of [
      ["tables", "RoutingTable"],
      ["rules", "PolicyRule"],
    ] as const)
      for (const entry of Object.values(sectionOf(fields[section]))) if (random.chance(chance)) this.#add(section, kind, sectionOf(entry));
    return this;
  }

  get fields(): Fields {
    return this.#sections;
  }
}

const sectionOf = (value: unknown): Section => (typeof value === "object" && value !== null ? { ...value } : {});
