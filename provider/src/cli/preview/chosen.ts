import { escapeOutput } from "../../errors";
import { WrongUse } from "../exit";
import type { PlannedHost } from "./gathering";

/** The host that is asked for, as the program names it; where there is only one, it need not be asked for. `unsure` says what the file may leave out. */
export function chosen(hosts: readonly PlannedHost[], asked: string | undefined, unsure: readonly string[] = []): PlannedHost {
  const [only, ...others] = hosts.filter((one) => asked === undefined || one.name === asked || one.connection.host === asked);
  if (only !== undefined && others.length === 0) return only;
  const known = escapeOutput(hosts.map((one) => one.name).join(", "));
  if (asked === undefined) throw new WrongUse(`several hosts are declared, choose one by --host: ${known}`);
  const there = [known === "" ? "it names none" : known, ...unsure.map(escapeOutput)].join("; ");
  throw new WrongUse(`there ${only === undefined ? "is no host" : "are several hosts"} ${escapeOutput(asked)} in it: ${there}`);
}
