import { tags } from "../words";

/** The numbers that a sort of resources takes its own from: sorts are not in each other's way, and within one there is some crowding. */
export interface Room {
  readonly tag: number;
  readonly priorities: readonly [from: number, to: number];
  readonly tables: readonly [number, ...number[]];
  readonly nhids: readonly [from: number, to: number];
  readonly names: readonly [from: number, to: number];
}

export const rooms = {
  /** One resource an entry. */
  single: { tag: tags.first, priorities: [1000, 1013], tables: [100, 101, 102], nhids: [1, 9], names: [300, 304] },
  /** Many entries in one resource. */
  whole: { tag: tags.first, priorities: [1100, 1129], tables: [110, 111], nhids: [20, 27], names: [310, 312] },
  /** The same, held under guard. */
  held: { tag: tags.first, priorities: [1200, 1229], tables: [112, 113], nhids: [60, 67], names: [340, 342] },
  /** Hundreds of them: lists of several messages of the kernel. */
  many: { tag: tags.first, priorities: [3000, 3899], tables: [115, 116], nhids: [30, 39], names: [320, 320] },
  /** The other stack's: the same priorities as the first one's, since rules of two tags are two rules. */
  second: { tag: tags.second, priorities: [1000, 1013], tables: [120, 121], nhids: [50, 55], names: [330, 332] },
} as const satisfies Record<string, Room>;

/** A device that comes and goes; its other end is in the host too. */
export const looseDevice = "loose0";
/** The uplink whose address and carrier come and go. */
export const looseUplink = "eth1";
