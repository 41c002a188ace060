import { shipped } from "../host/shipped";

/** What the engine and the generators of SDKs are told of this package: generated from the descriptors. */
export const schemaText = (): string => shipped("schema.json");
