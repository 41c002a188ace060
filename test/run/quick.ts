// `npm run quick`: between two edits. Types, form, all that needs no host, and a few that go through a whole transaction on one.
import { alone } from "./alone";
import { testFiles } from "./belongs";
import { command, type Job, jobsOf } from "./jobs";

const onHosts = ["test/host/plan.test.ts", "test/guard/told.test.ts", "test/host/nexthop.test.ts"];

export const quick = (): Job[] => [
  command("types", "tsc", "--noEmit", "--incremental", "--tsBuildInfoFile", "node_modules/.cache/policy-routing-types.json"),
  command("form", "biome", "check", "--error-on-warnings"),
  ...jobsOf([...testFiles().filter((file) => /^test\/(unit|golden|types)\//.test(file) && alone[file] === undefined), ...onHosts]),
];
