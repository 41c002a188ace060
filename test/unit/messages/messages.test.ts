import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { isTopic, themes, topics } from "../../../provider/src/messages/index";

const root = join(__dirname, "../../..");

/** Functions whose first argument is a topic; that it is one holds by its type. */
const takers = ["conflict", "add", "say", "note", "Refusal"];

const isTaken = (node: ts.Node, within: ts.Node = node.parent): boolean => {
  if (ts.isConditionalExpression(within)) return isTaken(within);
  if (ts.isPropertyAssignment(within)) return within.name.getText() === "topic" && within.name !== node;
  if (ts.isBinaryExpression(within) && within.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return true;
  return (
    (ts.isCallExpression(within) || ts.isNewExpression(within)) &&
    takers.includes(within.expression.getText()) &&
    within.arguments?.[0] === node
  );
};

/** Names and texts of what is in a folder and ends so. */
const textsIn = (folder: string, end: string): (readonly [string, string])[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end) && !name.includes("node_modules"))
    .map((name) => [join(folder, name), readFileSync(join(root, folder, name), "utf8")]);

const source = textsIn("provider/src", ".ts");

/** Every topic that the source names where it tells something. */
function usedTopics(): Set<string> {
  const used = new Set<string>();
  for (const [file, text] of source) {
    if (file.startsWith("provider/src/messages/")) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteral(node) && isTopic(node.text) && isTaken(node)) used.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  }
  return used;
}

describe("the list of messages", () => {
  it("holds what the source tells, and nothing else", () => {
    assert.deepEqual([...usedTopics()].sort(), Object.keys(topics).sort());
  });

  it("is named by every error that ends a program, too", () => {
    const makers = source.filter(([, text]) => /\bRunError\b/.test(text)).map(([file]) => file);
    assert.deepEqual(makers, ["provider/src/resources/refusal.ts"]);
  });

  it("shows the command as it is called, there and wherever a person reads what to type", () => {
    const readme = ["README.md", readFileSync(join(root, "README.md"), "utf8")] as const;
    const all = [...source, readme, ...textsIn("docs", ".md"), ...textsIn("examples", ".yml"), ...textsIn("examples", ".md")];
    const typed =
      /^.*(?<!npx --no-install )\bpolicy-routing (?:doctor|observe|trace|check|plan|report|render|adopt|convert) (?:[A-Z(-]|[a-z]+\.json).*$/gm;
    assert.deepEqual(
      all.flatMap(([file, text]) => [...text.matchAll(typed)].map(([line]) => `${file}: ${line}`)),
      [],
    );
  });

  it("names each topic once", () => {
    const ids = Object.values(themes).flatMap((theme) => Object.keys(theme));
    assert.deepEqual(ids.sort(), Object.keys(topics).sort());
    const titles = Object.values(topics).map(({ title }) => title);
    assert.equal(new Set(titles).size, titles.length);
  });

  for (const [id, { title, means, next }] of Object.entries(topics)) {
    it(`${id}: has a section that says what it means and what to do`, () => {
      const page = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");
      const section = page.split(`<a id="${id}"></a>`)[1]?.split("<a id=")[0] ?? "";
      for (const text of [`### ${title}`, `**What it means.** ${means}`, `**What to do.** ${next}`])
        assert.ok(section.includes(text), text);
    });
    it(`${id}: is said in sentences`, () => {
      assert.doesNotMatch(title, /[.:]$/);
      for (const text of [means, next]) assert.match(text, /^[A-Z`\d].*[.?]$/s);
    });
  }
});
