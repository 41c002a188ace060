// A host on which others make rules and routes too: what is a person's is taken over, and theirs stays theirs.
import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { commandAt, declaredBy } from "../host/command";
import { checked, create, type Made, read, remove, update } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { must } from "../lab/run";
import { until } from "../lab/until";
import { noteStep, printSteps } from "./changeover";
import { daemons } from "./daemons";
import { type Flow, startFlow } from "./flow";
import { put } from "./managers";
import { needBooted, suites } from "./suites";

after(() => console.log(printSteps()));

for (const suite of suites)
  describe(`a host on which others make rules and routes (${suite})`, () => {
    let host: BootedHost;
    let flow: Flow | undefined;
    let made: Made | undefined;
    let units = "";
    let files = "";
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-beside-${suite}`, suite, more: "daemons", settings: "writable" });
    });
    afterEach(async () => {
      await flow?.end();
      flow = undefined;
      if (made !== undefined) await remove(made);
      made = undefined;
      closeHosts();
      await host.exec(`systemctl disable --quiet ${units} 2>&1; rm -f ${files}`);
      await host.reboot();
    });
    after(() => host?.stop());

    /** All that stands, in order; what passes by itself is left out. */
    const entries = async (): Promise<string[]> => {
      const words = [
        ["-4", "rule"],
        ["-6", "rule"],
        ["-4", "route", "show", "table", "all"],
        ["-6", "route", "show", "table", "all"],
        ["nexthop"],
      ];
      const shown = await Promise.all(words.map((some) => must(["ip", "-n", host.namespace, "-N", "-d", "-o", ...some])));
      return (
        shown
          .join("")
          .split("\n")
          .map((line) => line.replace(/ (linkdown|dead)\b| nhid \d+/g, "").trim())
          // zebra makes a next hop of its own for every way that it sees, and numbers them anew at each start.
          .filter((line) => !/^(id|nh_info) .* proto 11\b/.test(line))
      );
    };
    const untagged = async (): Promise<string[]> => (await entries()).map((line) => line.replace(/ proto \d+/, ""));

    for (const daemon of daemons)
      it(`${daemon.name}: theirs is left out and stays as it is, through a take-over${daemon.event === undefined ? "" : daemon.event === "" ? ", and a boot" : `, ${daemon.event}, and a boot`}`, async () => {
        const theirs = async (): Promise<string[]> => (await entries()).filter((line) => daemon.theirs.test(line));
        const stand = (): Promise<true> =>
          until("theirs", async () => ((await theirs()).length >= daemon.count ? true : undefined), 20_000).catch(
            async (reason: unknown) => {
              throw new Error(
                `${reason}\n${(await entries()).join("\n")}\n${await host.exec(`journalctl -b -n 40 --no-pager -o cat ${daemon.units.map((unit) => `-u ${unit}`).join(" ")}`)}`,
              );
            },
          );
        const [, uplink] = host.uplinks;
        for (const [path, text] of Object.entries(daemon.files(uplink))) await put(host, path, text);
        files = Object.keys(daemon.files(uplink)).join(" ");
        units = daemon.units.join(" ");
        await host.exec(`chown -R frr:frr /etc/frr; systemctl daemon-reload; systemctl enable --quiet --now ${units} 2>&1`);
        await stand();
        await host.exec(
          [
            `ip route add ${uplink.prefix} dev ${uplink.device} src ${uplink.address} table 102`,
            `ip route add default via ${uplink.gateway} dev ${uplink.device} table 102`,
            `ip rule add pref 1000 from ${uplink.address} table 102`,
          ].join("\n"),
        );
        const before = { all: await untagged(), theirs: await theirs() };
        flow = await startFlow(host);
        const { seen } = flow;

        const { stdout, stderr, code } = await commandAt(host, "adopt");
        assert.deepEqual([code, stderr], [0, ""], stdout);
        const [program = "", told = ""] = stdout.split("# left out:");
        for (const owner of daemon.owners) assert.match(told, owner);
        assert.deepEqual([...program.matchAll(/^ {6}\S+: \{.*$/gm)].length, 5, program);
        const declared = declaredBy(host, stdout);
        made = await create("HostRouting", declared);
        /** Packets are lost by nothing of ours; what a daemon's own restart does to them is its own. */
        const step = async (name: string, done: string, isOurs: boolean): Promise<void> => {
          const { sent, lost, fewest } = await seen();
          assert.deepEqual([isOurs ? lost : 0, fewest], [0, 1], `${name}: lost ${lost} of ${sent} packets, ${fewest} rules stood`);
          assert.deepEqual([...(await theirs())].sort(), [...before.theirs].sort());
          noteStep({ manager: daemon.name, step: name, suite, done, ...(isOurs ? { sent, lost } : {}) });
        };
        assert.deepEqual(await untagged(), before.all);
        await step("`pulumi up` takes over", "`proto` of the person's alone differs", true);
        assert.deepEqual(await read(made), await checked("HostRouting", declared));
        assert.equal((await update(made, {})).state["appliedAt"], made.state["appliedAt"], "a second up changes nothing");

        if (daemon.event === undefined) return;

        if (daemon.event !== "") {
          await host.exec(daemon.event);
          await stand();
          await step(`\`${daemon.event}\``, "ours and theirs stand", false);
        }
        await flow.end();

        closeHosts();
        await host.reboot();
        await stand();
        await until(
          "all of it",
          async () => ((await untagged()).sort().join("\n") === [...before.all].sort().join("\n") ? true : undefined),
          20_000,
        ).catch(async () => assert.deepEqual((await untagged()).sort(), [...before.all].sort()));
        assert.deepEqual([...(await theirs())].sort(), [...before.theirs].sort());
        assert.deepEqual(await read(made), await checked("HostRouting", declared));
        noteStep({ manager: daemon.name, step: "the next boot", suite, done: "ours and theirs stand, and no drift" });
      });
  });
