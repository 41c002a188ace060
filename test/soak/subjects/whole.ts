import { declarationOf } from "../declaration";
import { type Room, rooms } from "../draw/room";
import { Whole } from "../draw/whole";
import type { Fields } from "../protocol";
import type { Site } from "../site";
import type { Stack } from "../stack";
import { slotOf } from "../words";
import { addGuest } from "./guests";
import type { Subject } from "./subject";

interface Wish {
  readonly sort: string;
  readonly room: Room;
  /** As many of them as this at once. */
  readonly most: number;
  fill(whole: Whole): Whole;
  also?(site: Site): Fields;
  readonly hold?: number;
}

/** Comes, changes or goes. */
function changeWhole(site: Site, stack: Stack, { sort, room, most, fill, also, hold }: Wish, sweeps: readonly string[] = []): void {
  const { random } = site;
  const all = stack.resources.filter((one) => one.sort === sort);
  const old = all.length >= most || random.chance(0.4) ? random.pick(all) : undefined;
  if (old !== undefined && sweeps.length === 0 && hold === undefined && random.chance(0.25)) {
    stack.drop(old);
    return;
  }
  const whole = new Whole(site, room, stack.tag, old);
  if (old !== undefined) whole.keep(random, old, 0.6);
  const fields = { ...fill(whole).fields, ...also?.(site) };
  const declaration = declarationOf("HostRouting", fields, stack.tag);
  if (declaration.shown.size === 0) return;
  if (old === undefined) stack.declare(declaration, { sort, sweeps, hold });
  else stack.change(old, { declaration, sweeps, hold });
}

const mixed =
  (site: Site) =>
  (whole: Whole): Whole =>
    whole
      .names(site.random.integer(0, 2))
      .nexthops(site.random.integer(1, 3))
      .routes(site.random.integer(1, 4))
      .rules(site.random.integer(2, 6))
      .settings(site.random.integer(0, 3));

/** What holds on the host whatever is declared: a packet to the first uplink's gateway leaves by that uplink. */
const holds = ({
  host: {
    uplinks: [{ gateway, device }],
  },
}: Site): Fields => ({ expect: [{ to: gateway, dev: device }] });

/** Somebody, or a register that was lost, left a rule with our tag in nobody's name. */
async function addStray(site: Site, tag: number): Promise<string> {
  const priority = site.random.integer(1150, 1159);
  await addGuest(site, `rule add pref ${priority} from 198.51.100.66 table 110 proto ${tag}`, `rule del pref ${priority} proto ${tag}`);
  return slotOf(`rule inet ${priority}`, tag);
}

export const wholeSubjects: readonly Subject[] = [
  {
    name: "a whole host",
    group: "whole",
    change: (site) =>
      changeWhole(site, site.first, {
        sort: "whole",
        room: rooms.whole,
        most: 2,
        fill: mixed(site),
        also: (of) => (of.random.chance(0.5) ? holds(of) : {}),
      }),
  },
  {
    name: "a whole host that is held",
    group: "whole",
    change: (site) => changeWhole(site, site.first, { sort: "held", room: rooms.held, most: 1, fill: mixed(site), hold: 3 }),
  },
  {
    name: "settings of devices",
    group: "whole",
    change: (site) => {
      changeWhole(site, site.first, { sort: "settings", room: rooms.whole, most: 1, fill: (whole) => whole.settings(4).rules(2) });
    },
  },
  {
    name: "a whole host of hundreds",
    group: "whole",
    change: (site) => changeWhole(site, site.first, { sort: "hundreds", room: rooms.many, most: 1, fill: (whole) => whole.hundreds() }),
  },
  {
    name: "a whole host that is exclusive",
    group: "whole",
    change: async (site) => {
      const slot = await addStray(site, site.first.tag);
      changeWhole(site, site.first, { sort: "whole", room: rooms.whole, most: 2, fill: mixed(site), also: () => ({ exclusive: true }) }, [
        slot,
      ]);
    },
  },
  {
    name: "the other stack, whole and exclusive",
    group: "stacks",
    by: "second",
    change: async (site) => {
      const slot = await addStray(site, site.second.tag);
      const fill = (whole: Whole): Whole => whole.rules(4).routes(3);
      changeWhole(site, site.second, { sort: "whole", room: rooms.second, most: 1, fill, also: () => ({ exclusive: true }) }, [slot]);
    },
  },
];
