// The run of a program: with Automation API a program may be a function, of which one process makes many runs, one after the other or at once.
import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";

const outsideAnyStack = {};

/** What a unit test gave to `setMocks`: a monitor with no engine behind it. Each `setMocks` begins a run. */
const mocks = (): object | undefined => (pulumi.runtime.getEngine() === undefined ? pulumi.runtime.getMonitor() : undefined);

/** What is kept for a run is kept under this. */
export const thisRun = (): object => pulumi.runtime.getStackResource() ?? mocks() ?? outsideAnyStack;

/** Mocks need not name an organization, though the SDK would demand one: there it is that of a local backend. */
export function organizationOfRun(): string {
  try {
    return pulumi.getOrganization();
  } catch (error) {
    if (mocks() === undefined) throw error;
    return "organization";
  }
}

/** What the SDK keeps for this run where the process is somebody else's, and not the program itself. */
const kept = (): unknown => {
  const storage = field(globalThis, "asyncLocalStorage");
  return storage instanceof AsyncLocalStorage ? storage.getStore() : undefined;
};

/**
 * Makes the run end as failed when it is over, by something that was logged. 32 tells the language host that the person has read what is wrong. Where
 * the run is a function's the SDK looks for itself whether anything was logged, and how the process ends is not ours to say.
 */
export function failRun(): void {
  if (kept() === undefined) process.exitCode = 32;
}

const secretKeys = "PULUMI_CONFIG_SECRET_KEYS";

/** Whether the stack's configuration keeps this as a secret. Undefined where the SDK's host does not say. */
export function isSecretOfStack(key: string): boolean | undefined {
  const known = field(field(kept(), "config"), secretKeys) ?? process.env[secretKeys];
  return typeof known === "string" ? known.includes(JSON.stringify(key)) : undefined;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
