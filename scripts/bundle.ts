// `npm run bundle [FOLDER]`: the plugin as one file that needs nothing but Node.js, packed as the engine downloads plugins, for each platform.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { withoutLanguages } from "./zod";

const root = join(__dirname, "..");
const provider = join(root, "provider");
const { version }: { version: string } = JSON.parse(readFileSync(join(provider, "package.json"), "utf8"));
const executable = "pulumi-resource-policyrouting";
/** What the engine calls them. On Windows it wants an .exe or a .cmd, and nothing of this was ever run there. */
const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"];

/** Compiled on the machine where they are installed; the packages that ask for them do without. The SDK starts a program by ts-node alone. */
const external = ["*.node", "cpu-features", "ts-node"];

/** What the package reads beside its code, and what it has from the SDK: in the one file they are texts and modules of it. */
const withinOneFile: Plugin = {
  name: "within-one-file",
  setup({ onLoad }) {
    onLoad({ filter: /src\/host\/shipped\.ts$/ }, () => {
      const scripts = readdirSync(join(provider, "sh")).map((name) => `sh/${name}`);
      const texts = ["package.json", "schema.json", ...scripts].map((path) => [path, readFileSync(join(provider, path), "utf8")]);
      return { contents: `const texts = ${JSON.stringify(Object.fromEntries(texts))};\nexport const shipped = (path) => texts[path];` };
    });
    // The SDK loads a compiler with its server of components, to translate functions of programs: 9 MB that nothing here calls.
    onLoad({ filter: /@pulumi\/pulumi\/typescript-shim\.js$/ }, () => ({ contents: "module.exports = {};" }));
    onLoad({ filter: /src\/runtime\/ofSdk\.ts$/ }, () => {
      const names = ["@grpc/grpc-js", ...["any", "empty", "struct"].map((name) => `google-protobuf/google/protobuf/${name}_pb`)];
      const modules = names.map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(name)})`);
      return {
        contents: `const modules = { ${modules.join(", ")} };\nexport const ofSdk = (name) => modules[name]();`,
        resolveDir: dirname(require.resolve("@pulumi/pulumi")),
      };
    });
  },
};

/** The licences of all packages that are in it. */
function notices(inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  return [...folders]
    .sort()
    .flatMap((folder) => {
      const { name }: { name?: string } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
      return files.map((file) => `${name ?? folder}: ${file}\n\n${readFileSync(join(root, folder, file), "utf8").trim()}\n`);
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

/** Writes them into the folder: the paths of the archives. */
export async function bundle(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: 'require("./bin/node.js");\nrequire("./src/plugin/main.ts");\n', resolveDir: provider },
    outfile: join(folder, executable),
    banner: { js: "#!/usr/bin/env node" },
    bundle: true,
    platform: "node",
    target: "node22.12",
    external,
    plugins: [withinOneFile, withoutLanguages],
    metafile: true,
    // npm's own client, which the SDK brings for policies, looks for a compiler of native code.
    logOverride: { "require-resolve-not-external": "silent" },
  });
  chmodSync(join(folder, executable), 0o755);
  copyFileSync(join(provider, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "NOTICES"), notices(Object.keys(metafile.inputs)));
  return platforms.map((platform) => {
    const archive = join(folder, `${executable}-v${version}-${platform}.tar.gz`);
    execFileSync("tar", ["-czf", archive, "-C", folder, executable, "LICENSE", "NOTICES"]);
    return archive;
  });
}

if (require.main === module)
  bundle(process.argv[2] ?? join(root, "bundle")).then(
    (archives) => console.log(archives.map((path) => relative(process.cwd(), path)).join("\n")),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
