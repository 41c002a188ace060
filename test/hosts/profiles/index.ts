import type { Profile } from "../profile";
import { crowds } from "./crowds";
import { foreign } from "./foreign";
import { logins } from "./logins";
import { machines } from "./machines";
import { namespaces } from "./namespaces";
import { shells } from "./shells";

/** Every host that the contract must hold on. */
export const profiles: readonly Profile[] = [...shells, ...logins, ...machines, ...crowds, ...foreign, ...namespaces];
