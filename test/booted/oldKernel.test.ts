import assert from "node:assert/strict";
import { closeHosts } from "../../provider/src/host/host";
import { judge } from "../kernels/judge";
import { bootMachine, type Machine } from "../kernels/machines";
import { whyNoVm } from "../lab/vm/kernel";

/** A short form of `npm run test:kernels`: enough to notice what an old kernel takes in another way. */
const amounts = { objects: 40, flows: 200, vrfFlows: 200 };

describe("Linux 5.10 in a virtual machine", function () {
  this.timeout(900_000);
  let machine: Machine | undefined;

  before(async function () {
    const reason = await whyNoVm();
    if (reason !== undefined) {
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
    machine = await bootMachine("5.10");
  });
  after(async () => {
    closeHosts();
    await machine?.stop();
  });

  it("takes the whole grammar, agrees with the lookup, and is given back by the guard, by whatever way we came", async () => {
    assert.ok(machine !== undefined);
    const seed = Math.floor(Math.random() * 1e6);
    const { wrong, lives, objects, flows, vrfFlows, seconds } = await judge({ ...amounts, seed }, machine.lives, { place: machine.place });
    console.log(`      seed ${seed}: ${objects} objects, ${flows} flows, ${vrfFlows} with VRFs, ${seconds} s`);
    assert.deepEqual(wrong, []);
    assert.deepEqual(lives, [2, 2]);
  });
});
