import * as pulumi from "@pulumi/pulumi";
import { tellProgramAlone } from "./callStack";
import { defaultsOfProgram } from "./connectionDefaults";
import { type Door, dynamicDoor } from "./door";
import { refuseUnheard } from "./unheard";

/**
 * A dynamic resource without the serialiser: the type token and the property are what `pulumi.dynamic.Resource` registers, but the code is
 * one `require` of this package instead of a closure. So state is small, and a fixed version serves old states at once.
 */
export abstract class HostResource extends pulumi.CustomResource {
  /** The classes of `pulumi-policy-routing/plugin` say another. */
  static readonly door: Door = dynamicDoor;

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
    const { door } = new.target;
    refuseUnheard(`${kind} ${name}`, options, door.unheard);
    const defaults = defaultsOfProgram(`${kind} ${name}`, door);
    const declared = Object.fromEntries([...outputs, "persisted"].map((output) => [output, undefined]));
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const tellAll = tellProgramAlone();
    try {
      super(door.token(kind), name, { ...declared, ...args, ...defaults, ...door.inputs(kind) }, withAliases(options, door.aliases(kind)));
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      if (error instanceof Error) Error.captureStackTrace(error, HostResource);
      throw error;
    } finally {
      tellAll();
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

function withAliases(
  options: pulumi.CustomResourceOptions | undefined,
  more: readonly pulumi.Alias[],
): pulumi.CustomResourceOptions | undefined {
  return more.length === 0 ? options : pulumi.mergeOptions(options, { aliases: [...more] });
}
