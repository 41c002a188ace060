import type { Fault } from "./fault";
import { machineFaults } from "./machine";
import { pathFaults } from "./path";
import { processFaults } from "./process";
import { serverFaults } from "./server";

export const faults: readonly Fault[] = [...processFaults, ...pathFaults, ...serverFaults, ...machineFaults];
