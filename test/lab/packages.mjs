// Debian packages that the tests need. Plain Node, so that it runs before anything is installed:
//   node packages.mjs openssh-server nftables
import { execFile } from "node:child_process";
import { access, rm, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const POLICY = "/usr/sbin/policy-rc.d";
const LOCK = "/run/lock/policy-routing-packages";

/** @type {Readonly<Record<string, readonly string[]>>} */
const servicesOf = {
  "openssh-server": ["ssh.service", "ssh.socket"],
  "krb5-kdc": ["krb5-kdc.service"],
  "krb5-admin-server": ["krb5-admin-server.service"],
  radvd: ["radvd.service"],
};

/** Installs what dpkg says is missing, one process at a time: apt refuses a second one. @param {readonly string[]} names */
export async function ensurePackages(names) {
  if ((await missingOf(names)).length === 0) return;
  await run("flock", [LOCK, process.execPath, fileURLToPath(import.meta.url), ...names]).catch((error) => {
    throw new Error(`${names.join(", ")} cannot be installed: ${error.stderr || error.message}`);
  });
}

/** With the lock held: another process may have installed them meanwhile. */
async function installMissing(names) {
  const missing = await missingOf(names);
  if (missing.length === 0) return;
  const forbidden = await forbidServices();
  try {
    await install(missing).catch(async () => {
      // The lists may be old, or openssh-server wants its client in the very same version.
      await apt("update");
      await install(missing.includes("openssh-server") ? [...missing, "openssh-client"] : missing);
    });
    // Now and at the next boot: tests run their own.
    const services = missing.flatMap((name) => servicesOf[name] ?? []);
    if (services.length > 0) await run("systemctl", ["disable", ...services]).catch(() => {});
  } finally {
    if (forbidden) await rm(POLICY);
  }
}

async function missingOf(names) {
  // dpkg-query fails when one is unknown to it, and still lists the others.
  const { stdout } = await run("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Package}\n", ...names]).catch((error) => error);
  const installed = new Set(
    stdout
      .split("\n")
      .filter((line) => line.startsWith("installed "))
      .map((line) => line.slice("installed ".length)),
  );
  return names.filter((name) => !installed.has(name));
}

/** Debian starts a service when it is installed, unless this file says no. Returns whether it was ours to make. */
async function forbidServices() {
  const exists = await access(POLICY).then(
    () => true,
    () => false,
  );
  if (!exists) await writeFile(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return !exists;
}

async function install(names) {
  await apt("install", "--yes", "--no-install-recommends", "--allow-downgrades", ...names);
}

async function apt(...args) {
  await run("apt-get", ["--quiet", ...args], { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, maxBuffer: 1 << 26 });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  installMissing(process.argv.slice(2)).catch((error) => {
    process.stderr.write(error.stderr || error.message);
    process.exitCode = 1;
  });
