// What devices have, as the `ip` of three releases shows it: read by a plan from JSON, by the script from text, alike.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Family } from "../../../provider/src/declaration/family";
import { parseIpJson } from "../../../provider/src/kernel/observed/ipJson";
import { readSources, sourcesOn, wayBy } from "../../../provider/src/kernel/observed/uplinks";
import { readWays, tagsNamed } from "../../../provider/src/kernel/observed/ways";
import { emptyRegister } from "../../../provider/src/kernel/plan/register";
import { ensurePackages } from "../../lab/packages.mjs";

const sh = join(__dirname, "../../../provider/sh");
/** A release's answers by the words that `ip` was given: `=== NAME VERSION`, then `$ ip WORDS` and what it said. */
const releases = readFileSync(join(__dirname, "fixtures/uplinks.txt"), "utf8")
  .split(/^=== /m)
  .flatMap((text) => {
    const [first = "", ...answers] = text.split(/^\$ ip /m);
    const [name] = first.split(" ", 1);
    return name === undefined || answers.length === 0
      ? []
      : [{ name, says: new Map(answers.map((one) => [one.slice(0, one.indexOf("\n")), one.slice(one.indexOf("\n") + 1)])) }];
  });

const places = (["inet", "inet6"] as const).flatMap((family) => ["e0", "ppp9", "nix"].map((device) => ({ family, device })));
const expected: Readonly<Record<string, readonly [sources: readonly string[], way: string]>> = {
  "inet e0": [["198.18.9.2", "198.18.9.4", "198.18.9.3"], " via 198.18.9.1 dev e0 onlink"],
  "inet ppp9": [["10.0.0.1"], " dev ppp9"],
  "inet nix": [[], ""],
  "inet6 e0": [["2001:db8:0:1::/64", "2001:db8:5::1", "2001:db8:1:6::/64"], " via fe80::1 dev e0 onlink"],
  "inet6 ppp9": [[], " via fe80::6 dev ppp9 onlink"],
  "inet6 nix": [[], ""],
};

describe("what devices have", function () {
  this.timeout(60_000);
  before(() => ensurePackages(["busybox"]));
  for (const { name, says } of releases) {
    it(`as a plan reads it (${name})`, () => {
      const json = (words: string) => parseIpJson(says.get(words) ?? "", words);
      const sources = readSources(json("-j -N -d address show up scope global"));
      const ways = new Map(
        (["inet", "inet6"] as const).map((family) => [
          family,
          readWays(json(`-j -${family === "inet" ? 4 : 6} -N -d route show table all default`), tagsNamed(emptyRegister)),
        ]),
      );
      const wayOf = (family: Family, device: string): string => {
        const way = wayBy({ sources, ways }, family, device);
        if (way === undefined) return "";
        return way.gateway === undefined ? ` dev ${device}` : ` via ${way.gateway} dev ${device} onlink`;
      };
      const found = places.map(({ family, device }) => [
        `${family} ${device}`,
        [sourcesOn({ sources, ways }, family, device), wayOf(family, device)],
      ]);
      assert.deepEqual(Object.fromEntries(found), expected);
    });

    for (const shell of ["dash", "busybox sh"])
      it(`as the script reads it (${name}, ${shell})`, () => {
        const folder = mkdtempSync(join(tmpdir(), "uplinks-"));
        for (const one of ["objects", "run", "bin", "said"]) mkdirSync(join(folder, one));
        for (const [words, text] of says) writeFileSync(join(folder, "said", words.replaceAll(" ", "_")), text);
        const fake = `#!/bin/sh\nfile=${folder}/said/$(echo "$*" | tr " " _)\n[ -e "$file" ] || exit 0\ncat "$file"\ncase $* in *nix) exit 1 ;; esac\n`;
        writeFileSync(join(folder, "bin/ip"), fake, { mode: 0o755 });
        for (const { family, device } of places)
          for (const [kind, line] of [
            ["rule", `rule add pref 1000 from @${device} table 102 proto 214`],
            ["route", `route add default via @${device} table 102 proto 214`],
          ]) {
            const file = `${kind}-${family}-${device}`;
            const header = [
              "# pulumi-policy-routing 4",
              file,
              family === "inet" ? 4 : 6,
              `${kind} ${family} ${device}`,
              "a",
              "s",
              "systemd",
              214,
            ];
            writeFileSync(join(folder, "objects", file), `${header.join("\t")}\n${line}\n`);
          }
        const text = `PATH=${folder}/bin:$PATH; . ${sh}/facts.sh; . ${sh}/lock.sh; etc=${folder} run=${folder}/run; . ${sh}/follow.sh; . ${sh}/missing.sh; missing`;
        const [program = "", ...args] = [...shell.split(" "), "-c", text];
        const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
        assert.equal(stderr, "");
        const follows = (key: string, device: string): string | undefined =>
          new RegExp(`^follows\\t${key}\\t${device}([^\\t\\n]*)`, "m").exec(stdout)?.[1];
        const found = places.map(({ family, device }) => {
          const place = `${family} ${device}`;
          const sources = follows(`rule ${place}`, device)?.trim().split(" ").filter(Boolean);
          return [place, [sources, follows(`route ${place}`, device)]];
        });
        assert.deepEqual(Object.fromEntries(found), expected, stdout);
        rmSync(folder, { recursive: true });
      });
  }
});
