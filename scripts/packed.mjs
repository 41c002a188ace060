// What npm shows of the package, and packs with it, stands at the root of the repository: copied when it is packed.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const { version, repository } = JSON.parse(readFileSync(join(root, "provider", "package.json"), "utf8"));
const at = `${repository.url.replace(/^git\+|\.git$/g, "")}/blob/v${version}/`;

for (const name of ["README.md", "CHANGELOG.md"]) {
  const text = readFileSync(join(root, name), "utf8");
  // On npm a relative link leads nowhere.
  const absolute = text.replace(/\]\((?![a-z]+:|#)([^)]+)\)/g, (_link, path) => `](${new URL(path, at)})`);
  // By rename: somebody else may pack at this moment.
  const packed = join(root, "provider", name);
  writeFileSync(`${packed}.${process.pid}`, absolute);
  renameSync(`${packed}.${process.pid}`, packed);
}
