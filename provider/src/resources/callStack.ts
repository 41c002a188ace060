import { dirname, sep } from "node:path";

type Prepare = (error: Error, sites: NodeJS.CallSite[]) => unknown;

const ours = `${dirname(__dirname)}${sep}`;
const loader = "node:internal/modules/";
const machinery = /^node:|[\\/]@pulumi[\\/]pulumi[\\/]/;

const fileOf = (site: NodeJS.CallSite): string => site.getFileName() ?? "";

/**
 * The SDK takes what stands behind the first frame of ours for the place where the program made the resource. So the program's own frames follow there,
 * and no others: not ours, not those of Node.js and the SDK, and not how its modules came to be loaded.
 */
export function ofProgram(sites: readonly NodeJS.CallSite[]): NodeJS.CallSite[] {
  const first = sites.findIndex((site) => fileOf(site).startsWith(ours));
  const behind = sites.slice(first + 1);
  const load = behind.findIndex((site) => fileOf(site).startsWith(loader));
  const program = (load < 0 ? behind : behind.slice(0, load)).filter(
    (site) => !fileOf(site).startsWith(ours) && !machinery.test(fileOf(site)),
  );
  return [...sites.slice(0, first + 1), ...program];
}

/**
 * Until what it answers is called, stack traces tell of the program alone: the SDK writes that of each resource into its state, where all else is some
 * 500 bytes that are the same for all of them. Whoever makes the text of frames, by source maps or not, goes on doing so.
 */
export function tellProgramAlone(): () => void {
  const { prepareStackTrace } = Error;
  if (prepareStackTrace === undefined) return () => {};
  const prepare: Prepare = prepareStackTrace;
  Error.prepareStackTrace = (error, sites) => prepare(error, ofProgram(sites));
  return () => {
    Error.prepareStackTrace = prepareStackTrace;
  };
}
