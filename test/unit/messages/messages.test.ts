import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { isTopic, themes, topics } from "../../../provider/src/messages/index";

const root = join(__dirname, "../../..");

/** Functions whose first argument is a topic; that it is one holds by its type. */
const takers = ["conflict", "add", "say", "note"];

const isTaken = (node: ts.Node, within: ts.Node = node.parent): boolean => {
  if (ts.isConditionalExpression(within)) return isTaken(within);
  if (ts.isPropertyAssignment(within)) return within.name.getText() === "topic" && within.name !== node;
  if (ts.isBinaryExpression(within) && within.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return true;
  return ts.isCallExpression(within) && takers.includes(within.expression.getText()) && within.arguments[0] === node;
};

/** Every topic that the source names where it tells something. */
function usedTopics(): Set<string> {
  const folder = join(root, "provider/src");
  const used = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.startsWith("messages")) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteral(node) && isTopic(node.text) && isTaken(node)) used.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, readFileSync(join(folder, file), "utf8"), ts.ScriptTarget.Latest, true));
  }
  return used;
}

describe("the list of messages", () => {
  it("holds what the source tells, and nothing else", () => {
    assert.deepEqual([...usedTopics()].sort(), Object.keys(topics).sort());
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
