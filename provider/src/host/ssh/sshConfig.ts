import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import SSHConfig, { type Line } from "ssh-config";
import { messageOf, PolicyRoutingError } from "../../errors";
import type { Asked } from "./configuration";
import type { Person } from "./person";
import type { Words } from "./sshGAnswer";
import { withTokens } from "./tokens";

/** Reads `~/.ssh/config`, for machines without ssh: no Include, no Match exec. */
export function readConfig({ name }: Asked, { home }: Person): Words {
  const file = join(home, ".ssh", "config");
  const words = new Map<string, string[]>();
  if (!existsSync(file)) return words;
  try {
    const config = SSHConfig.parse(readFileSync(file, "utf8"));
    for (const [keyword, value] of Object.entries(config.compute(name, { matchExec: false })))
      words.set(keyword.toLowerCase(), Array.isArray(value) ? value : [value]);
    // ssh -G has put it in already, and a name may hold a percent sign itself: fe80::1%hn0.
    words.set(
      "hostname",
      (words.get("hostname") ?? []).map((host) => withTokens(host, { "%": "%", h: name })),
    );
    for (const line of config) for (const keyword of foreign(line)) words.set(keyword, [keyword]);
    return words;
  } catch (error) {
    throw new PolicyRoutingError("invalid", {
      topic: "ssh-configuration",
      host: name,
      what: `${file} cannot be read`,
      cameBack: messageOf(error),
      next: "correct it",
    });
  }
}

/** What only ssh itself can follow. */
function foreign(line: Line): string[] {
  if (!("param" in line)) return [];
  const below = "config" in line ? [...line.config].flatMap(foreign) : [];
  const keyword = line.param.toLowerCase();
  if (keyword === "include") return ["include", ...below];
  return "criteria" in line && Object.keys(line.criteria).some((one) => one.toLowerCase() === "exec") ? ["match exec", ...below] : below;
}
