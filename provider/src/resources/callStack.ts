import { basename, dirname, sep } from "node:path";

type Prepare = (error: Error, sites: NodeJS.CallSite[]) => unknown;

const frame = /^( +at )(?:async )?(?:(.+) \()?(?:file:\/\/)?([^()\n]+:\d+:\d+)\)?$/gm;
/** Where a bundler made one file of program and packages, no frame says whose it is. */
const isBundled = !basename(__filename).startsWith("callStack.");
const ours = `${dirname(__dirname)}${sep}`;
const loader = "node:internal/modules/";
const machinery = /^node:|[\\/]@pulumi[\\/]pulumi[\\/]/;

type Site = Pick<NodeJS.CallSite, "getFileName">;
const fileOf = (site: Site): string => site.getFileName() ?? "";

/**
 * The SDK takes what stands behind the first frame of ours for the place where the program made the resource. So the program's own frames follow there,
 * and no others: not ours, not those of Node.js and the SDK, and not how its modules came to be loaded.
 */
export function ofProgram<One extends Site>(sites: readonly One[]): One[] {
  const first = sites.findIndex((site) => fileOf(site).startsWith(ours));
  if (first < 0) return [...sites];
  const behind = sites.slice(first + 1);
  const load = behind.findIndex((site) => fileOf(site).startsWith(loader));
  const called = load < 0 ? behind : behind.slice(0, load);
  return [...sites.slice(0, first + 1), ...called.filter((site) => !fileOf(site).startsWith(ours) && !machinery.test(fileOf(site)))];
}

/** The SDK reads a place in brackets, by its path alone: not that of a callback without a name, nor of a module of ECMAScript. */
export const forSdk = (trace: string): string =>
  trace.replaceAll(frame, (_frame, at: string, name = "<anonymous>", place) => `${at}${name} (${place})`);

/**
 * Until what it answers is called, stack traces tell of the program alone: the SDK writes that of each resource into its state, where all else is some
 * 500 bytes that are the same for all of them. Whoever makes the text of frames, by source maps or not, goes on doing so.
 */
export function tellProgramAlone(): () => void {
  const { prepareStackTrace } = Error;
  if (prepareStackTrace === undefined || isBundled) return () => {};
  const prepare: Prepare = prepareStackTrace;
  Error.prepareStackTrace = (error, sites) => forSdk(String(prepare(error, ofProgram(sites))));
  return () => {
    Error.prepareStackTrace = prepareStackTrace;
  };
}
