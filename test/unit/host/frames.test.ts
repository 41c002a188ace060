import assert from "node:assert/strict";
import type { Family } from "../../../provider/src/declaration/family";
import { tagsOf } from "../../../provider/src/declaration/owner";
import { refusedAt, stepsText, transactText } from "../../../provider/src/host/wire/frames";
import { emptyState } from "../../../provider/src/kernel/observed/state";
import { plan } from "../../../provider/src/kernel/plan/plan";
import { printLine } from "../../../provider/src/kernel/plan/register";
import { ipStep, tableName } from "../../../provider/src/kernel/plan/step";
import { wantedRoute } from "../../../provider/src/kernel/route/route";
import { wantedRule } from "../../../provider/src/kernel/rule/rule";
import { wantedName } from "../../../provider/src/kernel/table/name";

/** The here-documents of a text, each with the command that reads it, as a shell finds them. */
function hereDocuments(text: string): { command: string; body: string[] }[] {
  const found: { command: string; body: string[] }[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, command, end] = /^(.*) <<'([A-Z_]+)'$/.exec(lines[at] ?? "") ?? [];
    if (command === undefined) continue;
    const last = lines.indexOf(end ?? "", at + 1);
    assert.notEqual(last, -1, "a here-document without its end");
    found.push({ command, body: lines.slice(at + 1, last) });
    at = last;
  }
  return found;
}

/** The words in quotes that end a command, each with it, as a shell finds them. */
function quotedWords(text: string): { command: string; body: string[] }[] {
  return [...text.matchAll(/^([a-z_]+[^'\n]*) '((?:[^']|'\\'')*)'$/gm)].map(([, command = "", body = ""]) => ({
    command,
    body: body.replaceAll("'\\''", "'").split("\n"),
  }));
}

const ip = (family: Family, words: string) => ipStep("rule inet 1", family, words.split(" "));

describe("the text of steps", () => {
  it("gives consecutive lines of one family to one ip, and keeps their order", () => {
    assert.equal(
      stepsText(
        [
          ip("inet", "rule add pref 1 table 1"),
          ip("inet", "rule del pref 2 proto 214"),
          ip("inet6", "rule add pref 1 table 1"),
          ip("inet", "rule add pref 3 table 1"),
        ],
        "change",
      ),
      "batch 4 0 'rule add pref 1 table 1\nrule del pref 2 proto 214'\n" +
        "batch 6 1 'rule add pref 1 table 1'\n" +
        "batch 4 2 'rule add pref 3 table 1'",
    );
  });

  it("makes only the next line conditional", () => {
    const onlyIf = { words: ["route", "show", "exact", "default"] };
    const text = stepsText([{ ...ip("inet", "route del default"), onlyIf }, ip("inet", "route add default dev e1")], "undo");
    const conditional = /if shown 4 <<'END_OF_LINES'\nroute show exact default\nEND_OF_LINES\nthen\n([\s\S]*?)\nfi/.exec(text)?.[1] ?? "";
    assert.match(conditional, /route del default/);
    assert.doesNotMatch(conditional, /route add/, "the line after the next is run in any case");
    assert.match(text, /route add default dev e1/);
  });

  it("runs every line for a name", () => {
    const owner = { id: "a", stack: "s" };
    const text = stepsText([tableName(101, { name: "rt2", owner }), tableName(100), tableName(102, { name: "rt3", owner })], "change");
    assert.deepEqual(
      hereDocuments(text).map(({ command, body }) => `${command}: ${body.join("; ")}`),
      ["name_table: 101 rt2 a s", "unname_table: 100", "name_table: 102 rt3 a s"],
    );
  });
});

describe("the step that was refused", () => {
  const onlyIf = { words: ["route", "show", "exact", "default"] };
  const steps = [
    ip("inet", "rule add pref 1 table 1"),
    ip("inet", "rule add pref 2 table 1"),
    { ...ip("inet", "route del default"), onlyIf },
    tableName(100),
  ];
  const text = stepsText(steps, "change");

  it("is found by the number under which the host was sent it, and by the line that ip names", () => {
    assert.equal(refusedAt(steps, "0", "Error: no\nCommand failed -:2"), steps[1]);
    assert.match(text, /^batch 4 2 'route del default'$/m);
    assert.equal(refusedAt(steps, "2", "Command failed -:1"), steps[2]);
    assert.match(text, /at=3\nunname_table /);
    assert.equal(refusedAt(steps, "3", "Read-only file system"), steps[3]);
  });

  it("is not known where the host does not say", () => {
    for (const [at, said] of [
      ["0", "killed"],
      ["1", "Command failed -:1"],
      [undefined, "Command failed -:1"],
    ] as const)
      assert.equal(refusedAt(steps, at, said), undefined);
  });
});

describe("a transaction's text", () => {
  const wanted = [
    wantedName({ tableId: 100, name: "END_OF_LINES" }),
    wantedName({ tableId: 101, name: "END_OF_UNDO" }),
    wantedRoute({ family: "inet", table: 100, destination: "default", via: "203.0.113.1", dev: "END_OF_LINES" }),
    wantedRule({ family: "inet", priority: 1000, iif: "END_OF_LINES", oif: "END_OF_UNDO", table: 100 }),
  ];
  const planned = plan({ id: "END_OF_LINES", stack: "END_OF_UNDO", tags: tagsOf(undefined), adopt: false, wanted }, emptyState);
  const text = transactText(
    { txn: "t-1", lock: 7, holder: "END_OF_LINES by END_OF_UNDO", guard: 30, forget: [], compacted: undefined },
    [planned, planned],
    "register",
  );

  it("holds its here-documents and quoted words whole, whatever names people give", () => {
    const words = quotedWords(text);
    const lines = [...words, ...hereDocuments(text)].flatMap(({ body }) => body);
    for (const step of planned.steps) if (step.on === "ip") assert.ok(lines.includes(step.words.join(" ")), step.words.join(" "));
    const [put, ...others] = words.filter(({ command }) => command.startsWith("put "));
    assert.deepEqual(others, []);
    const written = `${put?.body.join("\n")}\n`;
    assert.equal(put?.command, `put ${Buffer.byteLength(written)}`);
    assert.equal(written.split(stepsText(planned.undo, "undo")).length, 3, "the undo of both changes, each whole");
    assert.deepEqual(
      words.filter(({ command }) => command === "own").map(({ body }) => body),
      [planned.register.map(printLine), planned.register.map(printLine)],
    );
  });

  it("locks, writes down every undo, arms the guard, and only then changes anything", () => {
    const at = (line: RegExp): number => text.split("\n").findIndex((one) => line.test(one));
    const order = [
      at(/^begin t-1 7 35 /),
      at(/^put /),
      at(/^arm 30$/),
      at(/^change$/),
      at(/^changed 1$/),
      at(/^changed 2$/),
      at(/^applied$/),
      at(/^register$/),
    ];
    assert.ok(order.every((line) => line >= 0));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  });
});
