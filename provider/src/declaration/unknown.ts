/** What the engine sends in a preview for a value that is not known yet: sdk/nodejs/runtime/rpc.ts, `unknownValue`. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True when any part of the value, at any depth, is not known yet. */
export function isUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(isUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}
