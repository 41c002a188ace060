// What the engine, the program and the plugin of a test see of the environment.
import { delimiter, dirname, join } from "node:path";

const compileCache = join(__dirname, "..", "..", "node_modules", ".cache", "node-compile");

const late = join(__dirname, "late.cjs");

/** Only processor time, which a run of all tests consists of: what these change is how soon a process of the engine has begun. */
const cheaper = {
  NODE_COMPILE_CACHE: compileCache,
  NODE_OPTIONS: [process.env["NODE_OPTIONS"], `--require "${late}"`].filter(Boolean).join(" "),
  // The CLI collects what its start left behind, and ends a second later.
  GOGC: "off",
  GOMEMLIMIT: "512MiB",
};

/** For what is measured: as users have it. */
export const asWithUsers: Readonly<Record<string, string>> = { NODE_OPTIONS: process.env["NODE_OPTIONS"] ?? "", GOGC: "", GOMEMLIMIT: "" };

/** Nothing of the person's own Pulumi set-up gets in: a PULUMI_STACK or PULUMI_PARALLEL would change what a test sees. */
export function engineEnvironment(home: string, backend: string): NodeJS.ProcessEnv {
  const ambient = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
  return {
    ...Object.fromEntries(ambient),
    // The program and the plugin run on the Node.js that runs the tests, whatever the machine's own is.
    PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: backend,
    PULUMI_CONFIG_PASSPHRASE: "policy-routing",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "1",
    // Speed: every run of a TypeScript program starts a new process, which loads the compiler. Types are checked by `npm run check`.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...cheaper,
  };
}
