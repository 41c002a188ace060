// The official way: the npm package `pulumi` fetches the CLI at its first use.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { findInstalled } from "./find.mjs";
import { tell } from "./progress.mjs";
import { version } from "./release.mjs";

const installer = "https://get.pulumi.com/install.sh";
const secondsToAnswer = 4;
const secondsToDownload = 600;

/** The path of the CLI, or undefined where the internet is out of reach. */
export async function download() {
  if (!(await answers(installer))) {
    tell(`${new URL(installer).host} is out of reach, so the Pulumi CLI cannot be downloaded.`);
    return undefined;
  }
  tell(`Downloading the Pulumi CLI ${version}.`);
  const wrapper = createRequire(import.meta.url).resolve("pulumi/run.js");
  const child = spawn(process.execPath, [wrapper, "version"], {
    stdio: ["ignore", process.stderr, process.stderr],
    env: { ...process.env, PULUMI_VERSION: version },
    timeout: secondsToDownload * 1000,
  });
  await once(child, "exit");
  return findInstalled();
}

/** Asked first, because without internet the wrapper may hang for minutes on a name or a connection. */
async function answers(url) {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(secondsToAnswer * 1000) });
    return response.ok;
  } catch {
    return false;
  }
}
