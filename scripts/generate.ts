import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argumentsText } from "./arguments";
import { withTables } from "./reference";

/** Writes what is generated from the descriptors; with `--check`, fails when a file is not what would be written. */
const root = join(__dirname, "..");
const files: Readonly<Record<string, () => string>> = {
  "provider/src/resources/arguments.ts": argumentsText,
  "README.md": () => withTables(readFileSync(join(root, "README.md"), "utf8"), {}),
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
