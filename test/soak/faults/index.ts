import type { Fault } from "./fault";
import { machineFaults } from "./machine";
import { otherFaults } from "./others";
import { pathFaults } from "./path";
import { processFaults } from "./process";
import { serverFaults } from "./server";
import { storageFaults } from "./storage";
import { systemdFaults } from "./systemd";

export const faults: readonly Fault[] = [
  ...processFaults,
  ...pathFaults,
  ...serverFaults,
  ...machineFaults,
  ...storageFaults,
  ...otherFaults,
  ...systemdFaults,
];
