import type { Client } from "ssh2";
import { isObject } from "../../declaration/isObject";

const told = "hostkeys-00@openssh.com";

/**
 * Behind a login sshd tells all keys of its host, for clients that keep them. ssh2 has each of them proved by a signature, though nobody here
 * listens, and has no option against it. So its own handler does not hear it.
 */
export function leaveUnproved(client: Client): void {
  const protocol: unknown = Reflect.get(client, "_protocol");
  const handlers: unknown = isObject(protocol) ? protocol["_handlers"] : undefined;
  const own: unknown = isObject(handlers) ? handlers["GLOBAL_REQUEST"] : undefined;
  if (!isObject(handlers) || typeof own !== "function") return;
  Reflect.set(handlers, "GLOBAL_REQUEST", (...heard: readonly unknown[]) => {
    const [, name, wantsReply] = heard;
    if (name !== told || wantsReply === true) Reflect.apply(own, undefined, heard);
  });
}
