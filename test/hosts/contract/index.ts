import { address, machine } from "./addresses";
import { rollback } from "./back";
import { create, destroy, ipv6, names, rename, update } from "./changes";
import { hold } from "./hold";
import { replay } from "./lasting";
import { adopt, drift } from "./others";
import type { Step } from "./step";
import { cutOff, killed } from "./undone";

export const contract: readonly Step[] = [
  create,
  names,
  ipv6,
  update,
  rollback,
  hold,
  rename,
  address,
  machine,
  cutOff,
  killed,
  replay,
  drift,
  adopt,
  destroy,
];
