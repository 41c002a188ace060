import { mkdir, readdir, readlink, rm, symlink } from "node:fs/promises";
import { MAX_SLOTS } from "./addresses";
import { bornAt } from "./process";

const ROOT = "/run/policy-routing-lab";
const SLOTS = `${ROOT}/slots`;

/** Two checkouts on one machine run the same tests side by side when each says another word here, such as `-b`: it ends the names of its labs. */
export function labName(name: string): string {
  const end = process.env["POLICY_ROUTING_CHECKOUT"] ?? "";
  return name.endsWith(end) ? name : `${name}${end}`;
}

/** Where a lab keeps everything that is not in the kernel: a tmpfs. */
export const directoryOf = (lab: string): string => `${ROOT}/lab-${lab}`;

/** A slot gives a lab its management network. */
export interface Slot {
  slot: number;
  lab: string;
  /** The process that a lab lives for, if there is one. */
  pid: number | undefined;
  /** Whether that process is no more: the lab is a leftover. */
  orphaned: boolean;
}

/** Takes a free slot. A symbolic link is made whole or not at all: it is the lock, and its text names the owner. */
export async function takeSlot(lab: string, pid?: number): Promise<number> {
  const owner = pid === undefined ? lab : `${lab} ${pid} ${await bornAt(pid)}`;
  await mkdir(SLOTS, { recursive: true });
  for (let slot = 0; slot < MAX_SLOTS; slot++) {
    try {
      await symlink(owner, `${SLOTS}/${slot}`);
      return slot;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
  throw new Error(`all ${MAX_SLOTS} slots of ${SLOTS} are taken: see \`npm run lab -- list\``);
}

export async function takenSlots(): Promise<Slot[]> {
  const names = await readdir(SLOTS).catch(() => []);
  return (await Promise.all(names.map(readSlot))).flat();
}

export async function freeSlot({ slot }: Slot): Promise<void> {
  await rm(`${SLOTS}/${slot}`, { force: true });
}

/** None where its lab ended since the names were read. */
async function readSlot(name: string): Promise<Slot[]> {
  const owner = await readlink(`${SLOTS}/${name}`).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (owner === undefined) return [];
  const [lab = "", pid, born] = owner.split(" ");
  if (pid === undefined) return [{ slot: Number(name), lab, pid: undefined, orphaned: false }];
  return [{ slot: Number(name), lab, pid: Number(pid), orphaned: (await bornAt(Number(pid))) !== born }];
}
