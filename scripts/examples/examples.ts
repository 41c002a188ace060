/** Another resource's output. */
export class Reference {
  constructor(
    readonly resource: string,
    readonly output: string,
  ) {}
}
export type Value = string | number | boolean | Reference | readonly Value[] | { readonly [name: string]: Value };

export interface ExampleResource {
  readonly kind: string;
  readonly name: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly dependsOn?: string;
}

/** The first program of each page of the reference, as data: it stands there in each language. */
const connection = { host: "edge-1.example.net", user: "root" };
const of = (kind: string, name: string, args: Readonly<Record<string, Value>>, dependsOn?: string): ExampleResource => ({
  kind,
  name,
  args: { connection, ...args },
  ...(dependsOn === undefined ? {} : { dependsOn }),
});

export const examples: Readonly<Record<string, readonly ExampleResource[]>> = {
  PolicyRule: [of("PolicyRule", "source", { priority: 1000, from: "203.0.113.10", table: 102 })],
  PolicyRoute: [
    of("PolicyRoute", "link", { table: 102, destination: "203.0.113.0/24", dev: "eth1", src: "203.0.113.10" }),
    of("PolicyRoute", "uplink", { table: 102, destination: "default", via: "203.0.113.1", dev: "eth1" }, "link"),
  ],
  NextHop: [
    of("NextHop", "isp1", { nhid: 1, via: "198.51.100.1", dev: "eth0" }),
    of("NextHop", "isp2", { nhid: 2, via: "203.0.113.1", dev: "eth1" }),
    of("NextHop", "both", {
      nhid: 10,
      group: [{ nhid: new Reference("isp1", "nhid"), weight: 3 }, { nhid: new Reference("isp2", "nhid") }],
    }),
    of("PolicyRoute", "uplink", { destination: "default", family: "inet", table: 100, nhid: new Reference("both", "nhid") }),
  ],
  RoutingTable: [
    of("RoutingTable", "isp2", { tableId: 102, name: "isp2" }),
    of("PolicyRule", "source", { priority: 1000, from: "203.0.113.10", table: new Reference("isp2", "tableId") }),
  ],
  HostRouting: [
    of("HostRouting", "edge", {
      routes: {
        "isp2-link": { destination: "203.0.113.0/24", dev: "eth1", src: "203.0.113.10", table: 102 },
        "isp2-default": { destination: "default", via: "203.0.113.1", dev: "eth1", table: 102 },
      },
      rules: { "isp2-from": { priority: 1000, from: "203.0.113.10", table: 102 } },
      expect: [{ from: "203.0.113.10", to: "192.0.2.7", dev: "eth1" }],
    }),
  ],
  MultihomedHost: [
    of("MultihomedHost", "edge", {
      uplinks: {
        isp1: { device: "eth0", address: "198.51.100.10/24", gateway: "198.51.100.1", table: 101 },
        isp2: {
          device: "eth1",
          address: "203.0.113.10/24",
          gateway: "203.0.113.1",
          table: 102,
          v6: { address: "2001:db8:2::10/64", gateway: "2001:db8:2::1" },
        },
      },
      outside: ["192.0.2.7"],
    }),
  ],
};
