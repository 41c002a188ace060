import { parseArgs } from "node:util";
import type { Connection } from "../../declaration/connection";
import { escapeOutput, isPolicyRoutingError, messageOf, PolicyRoutingError } from "../../errors";
import { type RolledBack, rollback as rollbackOn } from "../../host/history/rollback";
import { oneLine } from "../../host/history/thisRun";
import { closeHosts } from "../../host/host";
import { wordsFor } from "../../kernel/history/held";
import { commandOf } from "../../kernel/plan/step";
import { type Exit, exits, WrongUse } from "../exit";
import { hostsFrom } from "../hostsFrom";
import { loginOptions } from "../source";

const options = {
  ...loginOptions,
  hosts: { type: "string" },
  to: { type: "string" },
  run: { type: "string" },
  why: { type: "string" },
  stack: { type: "string" },
  "dry-run": { type: "boolean" },
  force: { type: "boolean" },
  "no-mark": { type: "boolean" },
  "confirm-timeout": { type: "string" },
  "allow-management-path-change": { type: "boolean" },
} as const;

/** How it went on one host, for the table. */
interface Result {
  readonly host: string;
  readonly outcome: string;
  readonly entries: number;
  readonly persisted: string;
  readonly isDone: boolean;
  readonly isKnown: boolean;
}

/** Takes back what was confirmed on hosts: all at once, each for itself. */
export async function rollback(args: string[]): Promise<Exit> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const dryRun = values["dry-run"] === true;
  if ((values.to === undefined) === (values.run === undefined)) throw new WrongUse("give --to N or --run ID");
  const why = oneLine(values.why ?? "");
  if (why === "" && !dryRun) throw new WrongUse("give --why TEXT: it stands in the history, and whoever is refused reads it");
  const timeout = values["confirm-timeout"];
  const request = {
    to: values.to === undefined ? undefined : numberOf("--to", values.to, 0, 999_999_999),
    run: values.run,
    stack: values.stack,
    force: values.force,
    why,
    dryRun,
    mark: values["no-mark"] !== true,
    guard: {
      ...(timeout === undefined ? {} : { confirmTimeout: numberOf("--confirm-timeout", timeout, 2, 3600) }),
      ...(values["allow-management-path-change"] === true ? { allowManagementPathChange: true } : {}),
    },
  };
  const connections = await hostsFrom(positionals, values, "rollback");
  try {
    const results = await Promise.all(
      connections.map((connection) =>
        rollbackOn(connection, request).then(
          (done) => told(connection, done),
          (error: unknown) => failed(connection, error),
        ),
      ),
    );
    process.stdout.write(tableOf(results));
    // A slip in the run's name must not pass for a run that was taken back.
    const isSlip = results.every(({ isKnown }) => !isKnown);
    if (isSlip) process.stderr.write(`policy-routing rollback: ${unknownRun(values.run ?? "").message}\n`);
    return !isSlip && results.every(({ isDone }) => isDone) ? exits.done : exits.found;
  } finally {
    closeHosts();
  }
}

const unknownRun = (run: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", {
    topic: "rollback-refused",
    what: `nothing was taken back: run ${run} is in no host's history`,
    next: "npx --no-install policy-routing history HOST lists the runs that a host keeps",
  });

function numberOf(option: string, text: string, least: number, most: number): number {
  const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new WrongUse(`${option} wants a number from ${least} to ${most}`);
  return number;
}

function told({ host }: Connection, { outcome, back, steps, persisted, isKnown }: RolledBack): Result {
  const lines = [
    ...back.map(({ key, from, to }) => `${host}: ${key}: ${wordsFor(from)} -> ${wordsFor(to)}`),
    ...steps.map((step) => `${host}:   ${commandOf(step)}`),
  ];
  process.stdout.write(lines.map((line) => `${escapeOutput(line).replaceAll("\n", " ")}\n`).join(""));
  const words = { applied: "applied (verified)", planned: "would be applied", nothing: "nothing of it here" }[outcome];
  return { host, outcome: words, entries: back.length, persisted, isDone: true, isKnown };
}

function failed({ host }: Connection, error: unknown): Result {
  process.stderr.write(`policy-routing rollback: ${isPolicyRoutingError(error) ? error.message : escapeOutput(messageOf(error))}\n`);
  const outcome = isPolicyRoutingError(error) ? (error.outcome ?? (error.kind === "unreachable" ? "not reachable" : "refused")) : "failed";
  const words: Record<string, string> = { reverted: "reverted (verified)", differs: "reverted, but differs" };
  return { host, outcome: words[outcome] ?? outcome, entries: 0, persisted: "", isDone: false, isKnown: true };
}

function tableOf(results: readonly Result[]): string {
  const rows = [
    ["host", "outcome", "entries", "after a reboot"],
    ...results.map(({ host, outcome, entries, persisted }) => [host, outcome, String(entries), persisted]),
  ].map((row) => row.map((cell) => escapeOutput(cell).replaceAll("\n", " ")));
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
