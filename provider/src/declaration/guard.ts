import { addressSchema, familyOf } from "./address";
import { field, type Values } from "./attribute";
import { objectOf } from "./canonical";
import type { Problem } from "./failures";
import { deviceSchema, integer, oneOf, switchedOn, textOf } from "./number";
import { z } from "./zod";

const expectedProbe = "expected an object such as { ping: ... }, { tcp: ... } or { route: ..., dev: ... }";

const probeFields = {
  ping: field({ schema: addressSchema, doc: "Address that must answer an ICMP echo.", absent: "no ping", example: "192.0.2.1" }),
  tcp: field({
    schema: textOf("ADDRESS:PORT").regex(
      /^(\[[0-9a-fA-F:]+\]|[0-9.]+):[0-9]{1,5}$/,
      "expected ADDRESS:PORT, with an IPv6 address in brackets",
    ),
    doc: "Address and port that must accept a TCP connection.",
    absent: "no connection",
    example: "192.0.2.1:443",
  }),
  route: field({
    schema: addressSchema,
    doc: "Destination whose route is looked up by `ip route get`.",
    absent: "no lookup",
    example: "192.0.2.1",
  }),
  from: field({ schema: addressSchema, doc: "Source address of the probe.", absent: "chosen by the kernel", example: "203.0.113.10" }),
  dev: field({
    schema: deviceSchema,
    doc: "Device by which `route` must leave; for ping and tcp, the device they are bound to.",
    absent: "any",
    example: "eth1",
  }),
  vrf: field({
    schema: deviceSchema,
    doc: "VRF to which the probe is bound; for `route`, in which it is looked up.",
    absent: "none",
    example: "red",
  }),
  via: field({ schema: addressSchema, doc: "Gateway by which `route` must leave.", absent: "any", example: "203.0.113.1" }),
  expect: field({
    ...switchedOn,
    doc: "Must pass after the change, even if it did not before.",
    absent: "false: demanded only if it passed before",
  }),
};
export type Probe = Values<typeof probeFields>;

function settleProbe(probe: Probe, pending: ReadonlySet<string>) {
  const kinds = (["ping", "tcp", "route"] as const).filter((kind) => probe[kind] !== undefined || pending.has(kind));
  if (kinds.length !== 1) return [{ path: [], text: expectedProbe }];
  if (probe.route !== undefined && probe.dev === undefined && probe.via === undefined && !pending.has("dev") && !pending.has("via"))
    return [{ path: ["route"], text: "needs the expected dev or via" }];
  if (probe.vrf !== undefined && probe.dev !== undefined && probe.route === undefined && !pending.has("route"))
    return [{ path: ["vrf"], text: "cannot be combined with dev: a socket is bound to one" }];
  const target = probe.ping ?? probe.route ?? probe.tcp;
  return target !== undefined &&
    probe.from !== undefined &&
    familyOf(target.replace(/:[0-9]+$/, "")) !== familyOf(probe.from) &&
    probe.tcp === undefined
    ? [{ path: ["from"], text: "is of another address family" }]
    : [];
}

const guardFields = {
  confirmTimeout: field({
    schema: integer(2, 3600),
    doc: "Seconds after which the host undoes the change by itself, unless it was confirmed over a fresh login.",
    absent: "30",
    example: 30,
  }),
  probes: field({
    schema: z.array(objectOf(probeFields, expectedProbe, settleProbe), "expected a list of probes"),
    doc: "Checks that run on the host before and after the change: `ping`, `tcp`, `route`. One that passed before and fails after undoes the change.",
    absent: "none",
    example: [{ ping: "192.0.2.1" }],
  }),
  hold: field({
    schema: integer(1, 3600),
    doc:
      "Seconds for which the change stands under guard after it was read back: a fresh login gives the guard more time again and again, and each time reads the entries back, " +
      "runs the probes and asks about what is expected. What fails meanwhile undoes it; so does a controller that is gone, `confirmTimeout` after its last sign. " +
      "Only of HostRouting and MultihomedHost.",
    absent: "confirmed at once",
    example: 300,
  }),
  confirmBy: field({
    schema: oneOf(["controller", "person"]),
    settle: (value) => (value === "controller" ? undefined : value),
    doc: "Who confirms at the end of `hold`: the run itself, or a person, by `policy-routing confirm HOST` at any time before. Where nobody does, it is undone.",
    absent: "controller",
    example: "person",
  }),
  allowManagementPathChange: field({
    ...switchedOn,
    doc: "Lets a change move the way by which replies to this SSH connection leave, or one of which that cannot be told.",
    absent: "false: such a change is refused",
  }),
  disabled: field({
    ...switchedOn,
    doc: "Applies without the timed undo: what cuts the host off then stays.",
  }),
};
export type Guard = Values<typeof guardFields>;

function settleGuard({ hold, confirmBy, disabled }: Guard, pending: ReadonlySet<string>): Problem[] {
  return [
    ...(hold !== undefined && disabled === true ? [{ path: ["hold"], text: "needs the guard, which is disabled" }] : []),
    ...(confirmBy === "person" && hold === undefined && !pending.has("hold")
      ? [{ path: ["confirmBy"], text: "needs hold: how long a person has for it" }]
      : []),
  ];
}

export const guardSchema = objectOf(guardFields, "expected an object such as { confirmTimeout: 30 }", settleGuard);
export const defaultConfirmTimeout = 30;
export { guardFields, probeFields };
