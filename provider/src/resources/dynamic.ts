import * as pulumi from "@pulumi/pulumi";
import { defaultOwner } from "../spec/owner";
import { refuseUnheard } from "./unheard";

/**
 * A dynamic resource without the serialiser: the type token and the property are what `pulumi.dynamic.Resource` registers, but the code is
 * one `require` of this package instead of a closure. So state is small, and a fixed version serves old states at once.
 */
const token = (kind: string): string => `pulumi-nodejs:dynamic/policyrouting:${kind}`;
const providerText = (kind: string): string => `exports.handler = () => require("pulumi-policy-routing/runtime").handlers("${kind}");`;

/** Whose the entries are on the host: this stack, under the `proto` number of its configuration (`policy-routing:owner`). */
function ownerOfStack(): { stack: string; proto?: number } {
  const proto = new pulumi.Config("policy-routing").getNumber("owner");
  return {
    stack: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
    ...(proto === undefined || proto === defaultOwner ? {} : { proto }),
  };
}

export abstract class HostResource extends pulumi.CustomResource {
  /** What puts it back after a reboot, `none`, or `no: ` and why not. */
  declare readonly persisted: pulumi.Output<string>;

  /**
   * `outputs` are the fields that the program may read although it may leave them out.
   *
   * Without stack traces: the SDK takes four for each property, to say which promise leaked, through source maps and up to 100 calls deep.
   * That is 12 ms a resource, more than all else that a program does for it.
   */
  protected constructor(
    kind: string,
    name: string,
    args: pulumi.Inputs,
    outputs: readonly string[],
    options?: pulumi.CustomResourceOptions,
  ) {
    refuseUnheard(`${kind} ${name}`, options);
    const declared = Object.fromEntries([...outputs, "persisted"].map((output) => [output, undefined]));
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      super(token(kind), name, { ...declared, ...args, owner: ownerOfStack(), __provider: providerText(kind) }, options);
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      if (error instanceof Error) Error.captureStackTrace(error, HostResource);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}
