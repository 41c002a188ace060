import assert from "node:assert/strict";
import { sameness } from "../../../provider/src/runtime/machine";

const here = { bootId: "b1", netns: "4026531840", machineId: "m1" };

describe("whether two addresses lead to one machine", () => {
  it("is told by the boot id and the network namespace, whatever the machine-ids are", () => {
    for (const machineId of ["m1", "m2", ""]) {
      assert.equal(sameness(here, { ...here, machineId }), "same");
      assert.equal(sameness(here, { ...here, machineId, netns: "4026532000" }), "other");
      assert.equal(sameness(here, { ...here, machineId, bootId: "b2" }), "other");
    }
    assert.equal(sameness({ ...here, netns: "" }, { ...here, netns: "" }), "same");
  });

  it("is not known where one of them does not say", () => {
    assert.equal(sameness(here, { ...here, netns: "" }), "unknown");
    assert.equal(sameness(here, { ...here, bootId: "" }), "unknown");
    assert.equal(sameness({ ...here, bootId: "" }, { ...here, bootId: "", machineId: "" }), "unknown");
  });

  it("is no for different machine-ids where the boot ids are not said; equal ones are copied with an image", () => {
    assert.equal(sameness({ ...here, bootId: "" }, { ...here, machineId: "m2" }), "other");
    assert.equal(sameness({ ...here, bootId: "" }, here), "unknown");
  });
});
