// `pulumi-policy-routing/plugin`: the same classes behind the second door. A stack moves to it by this one import.
import { pluginDoor } from "./door";
import * as dynamic from "./index";

export * from "./index";

export class PolicyRule extends dynamic.PolicyRule {
  static override readonly door = pluginDoor;
}
export class PolicyRoute extends dynamic.PolicyRoute {
  static override readonly door = pluginDoor;
}
export class NextHop extends dynamic.NextHop {
  static override readonly door = pluginDoor;
}
export class RoutingTable extends dynamic.RoutingTable {
  static override readonly door = pluginDoor;
}
export class HostRouting extends dynamic.HostRouting {
  static override readonly door = pluginDoor;
}
export class MultihomedHost extends dynamic.MultihomedHost {
  static override readonly whole = HostRouting;
}
