// Every attribute through the real engine: made, read back by a refresh and previewed again without a difference, updated, gone.
import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { families } from "../../provider/src/declaration/family";
import { subjects, unmet } from "../kernel/objects";
import { thisMachine as versions } from "../lab/place";
import type { Input } from "../property/subjects";
import { connection, doors, useSite } from "./site";

/** The devices and addresses that the generated objects name, on a host of the lab. */
const devices = ["e0", "e1"].flatMap((device, index) => [
  `ip link add ${device} type veth peer name p${index}`,
  // No link-local addresses: the kernel adds their routes some time later.
  `ip link set ${device} addrgenmode none`,
  `ip link set p${index} addrgenmode none`,
  `ip link set ${device} up`,
  `ip link set p${index} up`,
  `ip address add 198.18.${index + 1}.2/24 dev ${device}`,
  `ip address add 2001:db8:${index + 1}::2/64 dev ${device} nodad`,
]);
const bases = `
  const bases = [["198.18.1.1", "e0"], ["198.18.2.1", "e1"], ["2001:db8:1::1", "e0"], ["2001:db8:2::1", "e1"]].map(
    ([via, dev], index) => new NextHop("base" + index, { connection, nhid: index + 1, via, dev }));`;
const classes: Readonly<Record<string, string>> = { rule: "PolicyRule", route: "PolicyRoute", nexthop: "NextHop" };

const known = (subject: (typeof subjects)[number], input: Input): boolean => unmet(subject.wanted(input), versions).length === 0;

/** A rule that cannot match packets of our own connection, which comes in and leaves by another device. */
const isAside = (input: Input): boolean =>
  input["priority"] === undefined ||
  (input["not"] !== true && (["e0", "e1", "absent0"].includes(String(input["iif"])) || input["oif"] !== undefined));

for (const door of doors)
  describe(`the grammar through the engine, by the ${door} door`, function () {
    this.timeout(300_000);
    const site = useSite("grammar", 1, door);

    it("no attribute makes an endless diff: preview, refresh and up are empty after create and after update", async () => {
      const host = site.host();
      await host.exec(devices.join("; "));
      const before = await host.snapshot();
      const pairs = families.flatMap((of) =>
        subjects.flatMap((subject) =>
          fc
            .sample(fc.tuple(...Array.from({ length: 14 }, (_, index) => subject.pair(of, index + (of === "inet6" ? 500 : 0)))), {
              numRuns: 1,
            })
            .flat()
            .filter((pair) => pair.every((input) => known(subject, input) && isAside(input)))
            .map((pair, index) => ({ name: `${subject.kind}-${of}-${index}`, type: classes[subject.kind] ?? "", pair })),
        ),
      );
      assert.ok(pairs.length > 35, `${pairs.length} objects`);
      const program = (which: 0 | 1): string =>
        `${connection(host)}const guard = { allowManagementPathChange: true };${bases}\n${pairs
          .map(
            ({ name, type, pair }) =>
              `new ${type}("${name}", { connection, guard, ...${JSON.stringify(pair[which])} }, { dependsOn: bases });`,
          )
          .join("\n")}`;
      const { stack, write } = await site.project(program(0));
      const settled = async (): Promise<void> => {
        await stack.preview(["--expect-no-changes"]);
        await stack.refresh(["--expect-no-changes"]);
        await stack.up(["--expect-no-changes", "--skip-preview=false"]);
      };
      await stack.up();
      await settled();
      await write(program(1));
      await stack.up();
      await settled();
      await stack.destroy();
      assert.equal(await host.snapshot(), before);
    });
  });
