import assert from "node:assert/strict";
import { campaign } from "./campaign";

/** Some ten seconds; `npm run test:lookup -- --flows N --seed S` asks as many as one likes. */
const flows = 20_000;
/** One in so many may hang on what a host does not show. */
const openAtMost = 0.02;

describe("the lookup and the kernel of this machine", () => {
  it(`agree on ${flows} flows through random rules, routes and next hops, with devices up and down`, async () => {
    const { differences, seen, open } = await campaign(flows, 1);
    assert.deepEqual(differences, []);
    assert.ok(open < flows * openAtMost, `${open} flows could not be told`);
    // A kernel that refused everything would agree easily.
    for (const family of ["inet", "inet6"])
      for (const what of ["type 1", "type 2", "Network is unreachable", "Permission denied"])
        assert.ok(seen.has(`${family} ${what}`), `no flow ended in ${family} ${what}`);
  });
});
