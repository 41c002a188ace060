// A host that each test leaves as it found it.
import { strict as assert } from "node:assert";
import { after, afterEach, before } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";

export interface CleanHost {
  readonly lab: Lab;
  readonly host: Host;
  /** What it was before the first test. */
  readonly clean: string;
}

/** For a `describe`: the first host of a lab of so many. What a test made has to go before: `afterEach` that stand before this run first. */
export function cleanHost(name: string, hosts = 1): CleanHost {
  let started: Pick<CleanHost, "lab" | "clean"> | undefined;
  const at = () => started ?? assert.fail("the lab is not up yet");
  before(async () => {
    const lab = await startLab({ name, hosts });
    started = { lab, clean: await lab.hosts[0].snapshot() };
  });
  afterEach(async () => {
    closeHosts();
    assert.equal(await at().lab.hosts[0].snapshot(), at().clean);
  });
  after(async () => {
    closeHosts();
    await started?.lab.stop();
  });
  return {
    get lab() {
      return at().lab;
    },
    get host() {
      return at().lab.hosts[0];
    },
    get clean() {
      return at().clean;
    },
  };
}
