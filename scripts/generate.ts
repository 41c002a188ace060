import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { usage, usages } from "../provider/src/cli/usage";
import { readRows } from "../test/bench/rows";
import { sizesOf, tableOf } from "../test/bench/table";
import { changeovers, stepsTable } from "../test/booted/changeover";
import { followed, followedTable } from "../test/booted/followSeen";
import { held, heldTable } from "../test/booted/held";
import { reachTable } from "../test/host/reachTable";
import { documented } from "../test/hosts/held";
import { compatibilityText } from "../test/kernels/table";
import { checkTable } from "../test/unit/kernel/findings/table";
import { forms } from "../test/unit/managers/takeover/forms";
import { argumentsText } from "./arguments";
import { examples } from "./examples/examples";
import { inEachLanguage } from "./examples/printed";
import { factsText } from "./facts";
import { withTables } from "./reference";
import { schemaText } from "./schema";
import { troubleshootingText } from "./troubleshooting";

/** Writes what is generated from the descriptors; with `--check`, fails when a file is not what would be written. */
const root = join(__dirname, "..");
const benchFile = join(root, "test/bench/figures.json");

/** The figures of the last complete run of the bench. */
function benchText(): string {
  if (!existsSync(benchFile)) return "`npm run bench` has not been run yet.";
  const rows = readRows(readFileSync(benchFile, "utf8"));
  return [tableOf(rows), sizesOf(rows)].join("\n\n").trimEnd();
}

/** The command's own words: what `--help` prints. */
function cliText(): string {
  const said = ([title, text]: readonly [string, string]): string => `## ${title}\n\n\`\`\`text\n${text}\n\`\`\``;
  return [`\`\`\`text\n${usage}\n\`\`\``, ...Object.entries(usages).map(said)].join("\n\n");
}

/** What `convert` reads of each format, as its test holds it. */
function formsText(): string {
  const code = (text: string): string =>
    `\`${text
      .trim()
      .replaceAll("|", "\\|")
      .replaceAll(/\s*\n\s*/g, " ⏎ ")}\``;
  const rows = forms.flatMap(({ format, files, taken = [], named = [], left = [] }) => {
    const [text = ""] = Object.values(files);
    const becomes = [...taken.map(code), ...named.map((what) => `named: ${what.replaceAll("|", "\\|")}`)];
    return [[format, code(text), (becomes.length > 0 ? becomes : left.slice(-1).map((what) => `left out: ${what}`)).join("<br>")]];
  });
  return markdownTable([["format", "what it says", "becomes"], ...rows], { alignDelimiters: false, padding: true, stringLength: () => 3 });
}

const records = {
  ...documented(),
  forms: formsText(),
  bench: benchText(),
  compatibility: compatibilityText(),
  survived: heldTable(held.read()),
  changeover: stepsTable(changeovers.read()),
  followed: followedTable(followed.read()),
  cli: cliText(),
  reach: reachTable(),
  checked: checkTable(),
  ...Object.fromEntries(Object.entries(examples).map(([kind, resources]) => [`in${kind}`, inEachLanguage(resources)])),
};

/** Every page of the documents may hold a generated part between its marks. */
const pages = ["README.md", ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((page) => `docs/${page}`)];
const withParts = (page: string) => (): string => withTables(readFileSync(join(root, page), "utf8"), records);

const files: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(pages.filter((page) => page.endsWith(".md")).map((page) => [page, withParts(page)])),
  "provider/src/resources/arguments.ts": argumentsText,
  "docs/troubleshooting.md": troubleshootingText,
  "provider/schema.json": schemaText,
  "provider/sh/facts.sh": factsText,
};

let stale = 0;
for (const [file, text] of Object.entries(files)) {
  const path = join(root, file);
  const wanted = text();
  let current = "";
  try {
    current = readFileSync(path, "utf8");
  } catch {} // not there yet
  if (current === wanted) continue;
  if (process.argv.includes("--check")) {
    stale++;
    console.error(`${file} is not what the descriptors say: run npm run generate`);
  } else {
    writeFileSync(path, wanted);
    console.log(`wrote ${file}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
