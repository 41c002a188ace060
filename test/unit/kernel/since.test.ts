import assert from "node:assert/strict";
import { unmet } from "../../kernel/objects";
import { readSeen } from "../../kernels/seen";
import { trials } from "../../kernels/trials";

/** What a kernel has though its gate is shut: ported back into stable releases, of which a version such as 6.1.0-57 says nothing. Shut is safe. */
const portedBack = ["nexthop group"];

describe("what an attribute needs of a host", () => {
  const { tried } = readSeen();

  it("is what kernels and iproute2 were seen to need: what is gated was refused, what is not was made as asked", () => {
    assert.ok(tried.length > 0, "nothing was recorded: npm run test:kernels -- --record");
    const wrong = tried.flatMap(({ said, ...versions }) =>
      trials.flatMap(({ name, attribute, wanted }) => {
        const [why, lacks] = [said[name], unmet(wanted, versions)];
        if (why === undefined || (why === "") === (lacks.length === 0)) return [];
        if (why === "" && portedBack.includes(attribute)) return [];
        const seen = why === "" ? "made" : why;
        return [`iproute2 ${versions.iproute2}, Linux ${versions.kernel}: ${name}: ${seen}; the gate: ${lacks.join(", ") || "open"}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  it("was tried of each attribute and value that needs anything", () => {
    const seen = new Set(tried.flatMap(({ said }) => Object.keys(said)));
    const missing = trials.filter(({ name, wanted }) => wanted.needs.length > 0 && !seen.has(name)).map(({ name }) => name);
    assert.deepEqual(missing, [], "npm run test:kernels -- --record");
  });
});
