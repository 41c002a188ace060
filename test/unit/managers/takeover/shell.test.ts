import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { readFiles } from "../../../../provider/src/managers/takeover/formats/index";

/** Rules that a script makes, by their priority. */
type Priorities = readonly number[];

const rule = (priority: number): string => `ip rule add pref ${priority} from 192.0.2.${priority} table 100`;

/** `asks` is a question: it answers as the test says. */
const scripts: readonly (readonly [what: string, script: string, taken: Priorities, named: Priorities])[] = [
  ["a list whose beginning asks", `asks && ${rule(1)}\nasks || ${rule(2)}\n${rule(3)}`, [3], [1, 2]],
  ["what may fail and need not", `${rule(1)} || true\n${rule(2)} || :; ${rule(3)} 2>/dev/null || exit 1\n${rule(4)}`, [1, 2, 3, 4], []],
  ["a list that works", `sleep 0 && ${rule(1)} && ${rule(2)}`, [1, 2], []],
  ["a question that is allowed to fail", `asks || true && ${rule(1)}`, [1], []],
  ["a list with a question in its middle", `${rule(1)} && asks && ${rule(2)} && ${rule(3)}`, [1], [2, 3]],
  ["a list over several lines", `asks &&\n\n  ${rule(1)}\n${rule(2)} ||\n  ${rule(3)}\n${rule(4)}`, [2, 4], [1, 3]],
  ["what is not there yet", `ip rule list | grep -q 192.0.2.1 || ${rule(1)}\nasks | cat && ${rule(2)}`, [], [1, 2]],
  ["what is turned round", `! asks && ${rule(1)}\nif ! asks; then ${rule(2)}; fi`, [], [1, 2]],
  ["a group", `{ ${rule(1)}; ${rule(2)}; }\n( ${rule(3)} )\nasks && { ${rule(4)}; ${rule(5)}; }; ${rule(6)}`, [1, 2, 3, 6], [4, 5]],
  ["a group over lines", `asks || (\n  ${rule(1)}\n  ${rule(2)}\n)\n${rule(3)}`, [3], [1, 2]],
  ["one condition in another", `if asks; then if asks; then ${rule(1)}; fi; ${rule(2)}; else ${rule(3)}; fi; ${rule(4)}`, [4], [1, 2, 3]],
  ["a choice", `case "$ANSWER" in 0) ${rule(1)};; (1|2) ${rule(2)} ;; *) ${rule(3)}; esac; ${rule(4)}`, [4], [1, 2, 3]],
  ["a choice over lines", `case "$ANSWER" in\n  0)\n    ${rule(1)}\n    ;;\n  *) ${rule(2)};;\nesac\n${rule(3)}`, [3], [1, 2]],
  [
    "loops",
    `for one in; do ${rule(1)}; done\nuntil true; do ${rule(2)}; done\nwhile asks; do ${rule(3)}; break; done\n${rule(4)}`,
    [4],
    [1, 2, 3],
  ],
  ["a way out", `asks || exit 0\n${rule(1)}`, [], [1]],
  ["a way out in a condition", `${rule(1)}\nif asks; then\n  exit 0\nfi\n${rule(2)}`, [1], [2]],
  ["a way out of a group", `asks || { echo no; exit 0; }\n${rule(1)}`, [], [1]],
  ["a way out where something failed that works", `${rule(1)} || { echo no; exit 1; }\n${rule(2)}`, [1, 2], []],
  ["the end of a script", `${rule(1)}\nexit 0\n${rule(2)}`, [1], [2]],
  ["another program in the script's place", `exec </dev/null\n${rule(1)}\nasks && exec true\n${rule(2)}`, [1], [2]],
  ["a function", `add() {\n  ${rule(1)}\n}\nother () { ${rule(2)}; }\n${rule(3)}\nasks && add\nasks || other`, [3], [1, 2]],
  ["a function whose body begins on the next line", `add()\n{\n  ${rule(1)}\n}\n${rule(2)}`, [2], [1]],
  ["a function that ends the script", `die() { echo "$1"; exit 0; }\n${rule(1)}\nasks || die no\n${rule(2)}`, [1], [2]],
  ["a function that ends the script where something failed that works", `die() { exit 1; }\n${rule(1)} || die no\n${rule(2)}`, [1, 2], []],
  ["a function that comes back", `try() { asks || return 0; ${rule(1)}; }\ntry\n${rule(2)}`, [2], [1]],
  ["a shell that ends at a failure", `set -e\n[ "$ANSWER" = 0 ]\n${rule(1)}`, [], [1]],
  ["a text over lines", `echo "one\n${rule(1)}\n"; ${rule(2)}\necho 'don'\\''t\n${rule(3)}'`, [2], [1, 3]],
  ["what a command prints", `X="$(asks; echo $(echo "("))"\nasks && ( Y=$(echo $(echo $(echo 1))); ${rule(1)} )\n${rule(2)}`, [2], [1]],
  ["a here-document", `cat <<END\n${rule(1)}\nEND\n${rule(2)}`, [2], [1]],
  ["two here-documents", `cat <<A; cat <<'B'\n${rule(1)}\nA\n${rule(2)}\nB\nasks && ${rule(3)}`, [], [1, 2, 3]],
  ["words of the grammar that are none", `echo if then { case\n${rule(1)}\necho fi }`, [1], []],
];

const inOrder = (all: Iterable<number>): number[] => [...new Set(all)].sort((a, b) => a - b);

/** Debian has the first two always. */
const shells = [["dash"], ["bash"], ["busybox", "ash"]].filter(
  ([name = ""]) => name !== "busybox" || spawnSync(name, ["true"]).error === undefined,
);

/** The rules that a real shell makes of it, where questions are answered so. */
function madeBy([program = "", ...words]: readonly string[], script: string, answer: number): number[] {
  const fakes = 'ip() { case "$*" in *add*) echo "made $4" ;; esac; }\nasks() { return "$ANSWER"; }\n';
  const { stdout } = spawnSync(program, [...words, "-c", `${fakes}${script}\n`], { env: { ...process.env, ANSWER: String(answer) } });
  return inOrder([...String(stdout).matchAll(/^made (\d+)$/gm)].map(([, priority]) => Number(priority)));
}

/** The rules that are taken from it, and those that are named. */
function readFrom(script: string): { taken: Priorities; named: Priorities } {
  const [{ reading } = assert.fail()] = readFiles([{ name: "hook", path: "hook", text: `#!/bin/sh\n${script}\n` }]);
  return {
    taken: inOrder(reading.said.map(({ values }) => Number(values["priority"]))),
    named: inOrder(reading.unclear.flatMap(({ what }) => [...what.matchAll(/pref (\d+)/g)].map(([, priority]) => Number(priority)))),
  };
}

/** A real shell makes what is taken, whatever the answers are. */
function assertMade(taken: Priorities, script: string): void {
  for (const shell of shells)
    for (const answer of [0, 1]) {
      const made = madeBy(shell, script, answer);
      const missed = taken.filter((priority) => !made.includes(priority));
      assert.deepEqual(missed, [], `${shell.join(" ")}, answer ${answer}, makes ${made.join()} of:\n${script}`);
    }
}

/** Any script of these parts; each rule in it has a priority of its own. */
const { script: anyScript } = fc.letrec<{ script: string; list: string; command: string }>((tie) => ({
  command: fc.oneof(
    { maxDepth: 3, depthIdentifier: "command" },
    { weight: 6, arbitrary: fc.constantFrom("RULE", "RULE", "RULE", "RULE || exit 0", "asks", "! asks", "true", "asks | cat", "again") },
    fc.constantFrom("asks || exit 0", "asks && die"),
    tie("script").map((script) => `{ ${script}\n}`),
    tie("script").map((script) => `( ${script})`),
    fc.tuple(tie("list"), tie("script"), tie("script")).map(([ask, one, other]) => `if ${ask}; then ${one}\nelse ${other}; fi`),
    tie("script").map((script) => `case $ANSWER in 0|2) ${script};; *) RULE ;; esac`),
    tie("script").map((script) => `for one in 1; do ${script}; done`),
    tie("script").map((script) => `again() { ${script.replaceAll(/again(?!\()/g, "true")}\n}`),
  ),
  list: fc
    .tuple(tie("command"), fc.array(fc.tuple(fc.constantFrom("&&", "||", "||\n", "&& "), tie("command")), { maxLength: 2 }))
    .map(([first, more]) => [first, ...more.map(([operator, command]) => `${operator} ${command}`)].join(" ")),
  script: fc.tuple(fc.array(tie("list"), { minLength: 1, maxLength: 3 }), fc.constantFrom("; ", "\n")).map(([lists, by]) => lists.join(by)),
}));

describe(`what a script runs, by ${shells.map(([name]) => name).join(", ")}`, () => {
  for (const [what, script, taken, named] of scripts)
    it(`${what}: ${JSON.stringify(script)}`, () => {
      assert.deepEqual(readFrom(script), { taken, named });
      assertMade(taken, script);
    });

  it("of any script no rule is taken that a shell does not make, and none is passed over", () => {
    const takes = { some: 0 };
    fc.assert(
      fc.property(anyScript, (text) => {
        let last = 0;
        const script = `die() { exit 0; }\nagain() { true; }\n${text.replaceAll("RULE", () => rule(++last))}`;
        const { taken, named } = readFrom(script);
        assert.deepEqual(
          inOrder([...taken, ...named]),
          Array.from({ length: last }, (_, index) => index + 1),
          script,
        );
        if (taken.length === 0) return;
        takes.some++;
        assertMade(taken, script);
      }),
      { numRuns: 150 },
    );
    assert.ok(takes.some > 30, `only ${takes.some} scripts had a rule that is taken`);
  }).timeout(60_000);
});
