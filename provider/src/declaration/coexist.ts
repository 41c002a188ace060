import { field } from "./attribute";
import { oneOf } from "./number";
import type { z } from "./zod";

const coexistSchema = oneOf(["warn", "configure", "ignore"]);
/** Left out means warn. */
export type Coexist = z.infer<typeof coexistSchema>;

export const coexistField = field({
  schema: coexistSchema,
  settle: (value) => (value === "warn" ? undefined : value),
  doc:
    "What to do about others on the host that remove rules and routes which they did not make (systemd-networkd, NetworkManager, agents of clouds): `warn` names them and what " +
    "would help, `configure` writes the drop-in for systemd-networkd (where something is persisted), `ignore` says nothing.",
  absent: "warn",
  example: "configure",
});
