import { registerKey } from "../declaration/registerKey";
import { observedKindOf } from "../kernel/observed/kinds";
import type { State } from "../kernel/observed/state";
import { deviceIn } from "../kernel/plan/followed";

type Fields = Readonly<Record<string, unknown>>;

/** An entry of ours as it was declared: of what follows a device the kernel shows what the device has, and the register which device. */
export function asDeclared(values: Fields, key: string, { register }: Pick<State, "register">, tag: number): Fields {
  const device = deviceIn(register.entries.get(registerKey(key, tag)) ?? {});
  return device === undefined ? values : (observedKindOf(key)?.following?.declared(values, device, key) ?? values);
}
