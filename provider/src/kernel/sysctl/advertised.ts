import { type Sysctl, sysctlKey } from "../../declaration/sysctl/sysctl";
import type { State } from "../observed/state";

/** The kernel itself listens to routers, and stops where the host forwards. */
const listening = 1;

/** The devices whose default routes, which a router advertises, the kernel drops with this write. */
export function lostRoutes({ file, device, value }: Sysctl, { sysctls, uplinks }: State): string[] {
  if (file !== "ipv6_forwarding" || value === 0 || device === "default") return [];
  return [...(uplinks?.ways.get("inet6") ?? [])].flatMap(([dev, { isAdvertised }]) =>
    isAdvertised === true && sysctls.get(sysctlKey({ file: "accept_ra", device: dev })) === listening ? [dev] : [],
  );
}
