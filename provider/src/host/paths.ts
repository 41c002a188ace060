import { textAt } from "../declaration/attribute";
import type { Family } from "../declaration/family";
import { gatewayAt } from "../declaration/route/nextHop";
import { typeAt } from "../declaration/route/type";
import type { Management } from "../kernel/management/path";
import { parseIpJson } from "../kernel/observed/ipJson";
import { parseRoutes } from "../kernel/observed/parse";
import { type Answer, section, sectionAfter } from "./wire/answer";

/**
 * How our own connection is routed, as `paths` in sh/observe.sh tells it, a line of `ip` each: the routes of all tables for the client's
 * address and for the server's, which a host with many routes leaves out until they are needed, and the kernel's reply route.
 */
export function parseManagement(connection: string, answer: Answer): Management {
  const linesOf = (name: string): string[] | undefined =>
    section(answer, name)
      ?.split("\n")
      .filter((line) => line.trim() !== "");
  const later = linesOf("path later");
  const [toClient = "", toServer = "", reply = ""] = later === undefined ? (linesOf("path") ?? []) : ["", "", ...later];
  const family: Family =
    connection
      .split(" ")[0]
      ?.replace(/^::ffff:/, "")
      .includes(":") === true
      ? "inet6"
      : "inet";
  const routes = (line: string) =>
    parseIpJson(line, "the routes of this connection").flatMap((json) => parseRoutes([json], family, "main"));
  const [kernel] = parseIpJson(reply, "the route of this connection");
  return {
    connection,
    isWhole: later === undefined,
    vrf: sectionAfter(answer, "bound")?.rest,
    toClient: routes(toClient),
    toServer: routes(toServer),
    kernel: kernel === undefined ? undefined : { dev: textAt(kernel, "dev"), via: gatewayAt(kernel), isLocal: typeAt(kernel) === "local" },
  };
}
