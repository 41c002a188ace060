import { randomBytes } from "node:crypto";

/** One process of the plugin is one `up`: what it says of itself comes from the environment, since as an input it would be a diff of everything. */
export interface ThisRun {
  readonly run: string;
  readonly why?: string;
  readonly commit?: string;
}

const random = randomBytes(5).toString("hex");

const fromEnvironment = (...names: string[]): string | undefined =>
  names.map((name) => oneLine(process.env[name] ?? "")).find((value) => value !== "");

/** Of a person: any text, of which a line is kept. */
export const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim().slice(0, 500);

export function thisRun(): ThisRun {
  const why = fromEnvironment("POLICY_ROUTING_REASON");
  const commit = fromEnvironment("POLICY_ROUTING_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA");
  return {
    run: fromEnvironment("POLICY_ROUTING_RUN") ?? random,
    ...(why === undefined ? {} : { why }),
    ...(commit === undefined ? {} : { commit }),
  };
}

/** A run's name as a part of a file's. */
export const fileNameOf = (run: string): string => run.replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(0, 40);

/** How many runs a host keeps; 0 for none. */
export function runsKept(): number {
  const said = process.env["POLICY_ROUTING_HISTORY"] ?? "";
  return /^[0-9]{1,4}$/.test(said) ? Number(said) : 30;
}
