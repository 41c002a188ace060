import type { Fault } from "./fault";
import { heldFaults } from "./held";
import { machineFaults } from "./machine";
import { otherFaults } from "./others";
import { pathFaults } from "./path";
import { processFaults } from "./process";
import { serverFaults } from "./server";
import { storageFaults } from "./storage";
import { systemdFaults } from "./systemd";

export const faults: readonly Fault[] = [
  ...processFaults,
  ...heldFaults,
  ...pathFaults,
  ...serverFaults,
  ...machineFaults,
  ...storageFaults,
  ...otherFaults,
  ...systemdFaults,
];
