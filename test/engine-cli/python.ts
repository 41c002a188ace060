// What a program in Python needs: a virtual environment with Pulumi's SDK from PyPI and the plugin's own, and a language host, which the Go module proxy has not.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ensureEngine } from "./ensure.mjs";
import { generateSdk, schema, sdkSources } from "./genSdk";
import { oneAtATime } from "./lock.mjs";

const execute = promisify(execFile);
const folder = join(__dirname, "../../node_modules/.cache/policy-routing/python");
const host = "pulumi-language-python";

export interface PythonHost {
  /** For `runtime.options.virtualenv` of a Pulumi.yaml. */
  readonly virtualenv: string;
  /** What the CLI must see of the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the machine lacks for it, such as Debian's package python3-venv; undefined where nothing. */
export const lacksPython = (): Promise<string | undefined> =>
  execute("python3", ["-c", "import ensurepip, venv"]).then(
    () => undefined,
    () => "there is no python3 with venv and pip on this machine",
  );

/** Made once a checkout, in about a minute; anew where the schema or the CLI is another. */
export async function ensurePython(): Promise<PythonHost> {
  const { version } = await ensureEngine();
  const [virtualenv, bin, stamp] = [join(folder, "venv"), join(folder, "bin"), join(folder, "made-of")];
  const wanted = `${version} ${createHash("sha256")
    .update(await readFile(schema))
    .digest("hex")}`;
  await oneAtATime(`${folder}.lock`, async () => {
    if (existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted) return;
    const sdk = join(folder, "sdk");
    await generateSdk("python", sdk);
    if (!existsSync(join(virtualenv, "bin", "pip"))) await execute("python3", ["-m", "venv", virtualenv]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `pulumi==${version}`, sdk];
    await execute(join(virtualenv, "bin", "python"), pip);
    await mkdir(bin, { recursive: true });
    const script = `#!/bin/sh\nexec '${process.execPath}' '${join(__dirname, "pulumi-language-nodejs.cjs")}' python "$@"\n`;
    await writeFile(join(bin, host), script);
    await chmod(join(bin, host), 0o755);
    await writeFile(stamp, wanted);
  });
  const exec = join(await sdkSources(), "python/cmd", `${host}-exec`);
  return { virtualenv, env: { PATH: [bin, process.env["PATH"] ?? ""].join(delimiter), POLICY_ROUTING_PYTHON_EXEC: exec } };
}
