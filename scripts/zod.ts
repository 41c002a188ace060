// The last step of `npm run build`: zod as one file in place of what only names it. A program, and the plugin beside it, find it sooner so.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const root = join(__dirname, "..");
const built = join(root, "provider", "dist", "declaration", "zod.js");

/** A third of zod is what it says in other languages. */
export const withoutLanguages: Plugin = {
  name: "without-languages",
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.c?js$/ }, () => ({ contents: "export {};" }));
  },
};

if (require.main === module)
  build({
    entryPoints: [built],
    outfile: built,
    allowOverwrite: true,
    banner: { js: `/*!\nzod\n\n${readFileSync(join(root, "node_modules", "zod", "LICENSE"), "utf8").trim()}\n*/` },
    bundle: true,
    platform: "node",
    target: "node22.12",
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [withoutLanguages],
  }).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
