import { at } from "../view";
import { atOnce, type Fault, nothing } from "./fault";

const churn = "/tmp/churn";
/** Six hundred rules before all of ours come and go: a list of them takes several messages of the kernel, and loses its place. */
const storm = `
i=0
while [ $i -lt 600 ]; do echo "rule add pref 600 from 100.64.$((i / 200)).$((i % 200)) table 177 proto 77"; i=$((i + 1)); done >${churn}
setsid sh -c 'while [ -e ${churn} ]; do ip.real -force -batch ${churn}; ip.real rule flush proto 77; done; : >${churn}.over' </dev/null >/dev/null 2>&1 &`;

/** Somebody else is at work on the host. */
export const otherFaults: readonly Fault[] = [
  {
    name: "a foreign change in between",
    group: "others",
    places: ["observe", "apply", "readback", "confirm"],
    bears: true,
    strike: async ({ site }) => {
      const priority = 1000 + site.random.integer(0, 13);
      const proto = site.random.chance(0.5) ? "" : " proto 7";
      await site.host.batch([
        `rule add pref ${priority} from 198.51.100.77 table 177${proto}`,
        "route add 203.0.113.177 dev eth1 table 101 proto 7",
      ]);
    },
    lasts: atOnce,
    // Fails where it is no longer there.
    heal: ({ site }) => site.host.batch(["rule del from 198.51.100.77 table 177", "route del 203.0.113.177 dev eth1 table 101 proto 7"]),
  },
  {
    name: "somebody deletes an entry of ours in between",
    group: "others",
    places: ["observe", "apply", "readback", "confirm", "confirmed"],
    strike: async ({ site, damage }) => {
      const view = await site.view();
      const rules = [...view.ours.keys()].filter((slot) => /^rule inet \d+$/.test(slot) && at(view, slot).length === 1);
      const slot = site.random.pick(rules);
      if (slot === undefined) return;
      damage.gone = (other) => other === slot;
      await site.host.result(`ip.real rule del pref ${slot.split(" ")[2]} proto 214`);
    },
    lasts: atOnce,
    heal: nothing,
  },
  {
    name: "six hundred foreign rules come and go all the time",
    group: "others",
    bears: true,
    strike: async ({ site }) => void (await site.host.exec(storm)),
    lasts: () => "until told",
    heal: async ({ site }) =>
      void (await site.host.exec(
        `rm ${churn}; until [ -e ${churn}.over ]; do sleep 0.05; done; rm ${churn}.over; ip.real rule flush proto 77`,
      )),
  },
];
