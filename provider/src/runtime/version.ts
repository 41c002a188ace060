import { z } from "../declaration/zod";
import { shipped } from "../host/shipped";

/** Of this package, as it says itself. */
export const version = (): string => z.object({ version: z.string() }).parse(JSON.parse(shipped("package.json"))).version;
