import { field, required } from "./attribute";
import { describedBy } from "./canonical";
import { deviceSchema } from "./number";
import { z } from "./zod";

/** What stores and registers on hosts say in place of a value that the host resolves: `@` and the device. */
export const mark = "@";

const device = deviceSchema.refine((name) => !name.includes(mark), `expected a device name without ${mark}`);

export const addressesOfFields = {
  addressesOf: field({
    schema: device,
    doc: "Device whose addresses are meant, as they are on the host at each moment: of IPv4 each global address, of IPv6 the /64 that it lies in.",
    absent: required,
    example: "eth1",
  }),
};

/** The addresses of a device, whatever they are. */
export const addressesOfSchema = describedBy(addressesOfFields, z.strictObject({ addressesOf: device }));
export type AddressesOf = z.infer<typeof addressesOfSchema>;

export const gatewayOfFields = {
  gatewayOf: field({
    schema: device,
    doc: "Device whose gateway is meant, as it is on the host at each moment: that of the first default route by it which is not ours, in table main before other tables. Where that route has no gateway, the device alone.",
    absent: required,
    example: "eth1",
  }),
};

/** The gateway of a device, whatever it is. */
export const gatewayOfSchema = describedBy(gatewayOfFields, z.strictObject({ gatewayOf: device }));
export type GatewayOf = z.infer<typeof gatewayOfSchema>;

export const isGatewayOf = (value: unknown): value is GatewayOf =>
  typeof value === "object" && value !== null && "gatewayOf" in value && typeof value.gatewayOf === "string";

export const isAddressesOf = (value: unknown): value is AddressesOf =>
  typeof value === "object" && value !== null && "addressesOf" in value && typeof value.addressesOf === "string";

/** A rule as it is declared, where whatever addresses this device has are its sources. */
export const followingAddresses = <T extends object>(rule: T, device: string): T & { from: AddressesOf } => ({
  ...rule,
  from: { addressesOf: device },
});

interface Leaving {
  readonly via?: unknown;
  readonly dev?: unknown;
  readonly onlink?: unknown;
}

/** A route as it is declared, where it goes by whatever gateway this device has. */
export const followingGateway = <T extends Leaving>(
  { via: _via, dev: _dev, onlink: _onlink, ...rest }: T,
  device: string,
): Omit<T, keyof Leaving> & { via: GatewayOf } => ({ ...rest, via: { gatewayOf: device } });

/** Where values hold something that a host resolves, however deep, with the word for it; undefined where nothing does. */
export function followedIn(values: unknown): string[] | undefined {
  if (isAddressesOf(values)) return ["addressesOf"];
  if (isGatewayOf(values)) return ["gatewayOf"];
  if (typeof values !== "object" || values === null) return undefined;
  for (const [name, value] of Object.entries(values)) {
    const path = followedIn(value);
    if (path !== undefined) return [name, ...path];
  }
  return undefined;
}
