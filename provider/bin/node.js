// Before anything else is read: an older Node.js would fail at some word that it does not know.
const { engines, name } = require("../package.json");
const [needed, here] = [engines.node, process.versions.node].map((text) => /([0-9]+)\.([0-9]+)/.exec(text).slice(1).map(Number));
if (here[0] < needed[0] || (here[0] === needed[0] && here[1] < needed[1])) {
  console.error(`${name} needs Node.js ${engines.node}, and this is ${process.version}.`);
  console.error("next: put a newer one first in PATH");
  process.exit(2);
}
