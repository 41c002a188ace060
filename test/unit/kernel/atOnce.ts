import type { IpObject } from "../../../provider/src/declaration/attribute";
import type { Family } from "../../../provider/src/declaration/family";
import { nexthopReader } from "../../../provider/src/kernel/observed/parse";
import { finish } from "../../../provider/src/kernel/observed/pieces";
import { readNexthopUsers } from "../../../provider/src/kernel/observed/read";
import type { NexthopUser, ObservedNexthop } from "../../../provider/src/kernel/observed/state";
import { type Register, readRegister } from "../../../provider/src/kernel/plan/register";

/*
 * What is read of a host in pieces, at once: a test serves nobody in between.
 */

export const parseRegister = (text: string): Register => finish(readRegister(text));

/** `ip -j -N -d nexthop show`; `inet6` are those that `ip -6` shows. */
export const parseNexthops = (objects: readonly IpObject[], inet6: readonly IpObject[]): ObservedNexthop[] =>
  objects.map(nexthopReader(new Set(inet6.map((json) => json["id"]))));

/** Lines of `ip -N -d -o route show table all` that name a next hop object. */
export const parseNexthopUsers = (text: string, family: Family): NexthopUser[] => finish(readNexthopUsers(text, family));
