import { subscribe } from "node:diagnostics_channel";

const cancelled = "/pulumirpc.ResourceProvider/Cancel";

/**
 * The engine tells its plugins by `Cancel` that a person stopped the run (and again at the end of every run, when nothing is left to stop). The SDK's server of
 * dynamic resources answers it and tells nobody, so it is heard where Node says which calls come in. A Node without this channel (22 before 22.17,
 * 23, 24 before 24.2) hears nothing, and dials go on to their end.
 */
export function onCancel(stop: () => void): void {
  subscribe("http2.server.stream.created", (message) => {
    if (pathOf(message) === cancelled) stop();
  });
}

function pathOf(message: unknown): unknown {
  const headers = typeof message === "object" && message !== null && "headers" in message ? message.headers : undefined;
  return typeof headers === "object" && headers !== null && ":path" in headers ? headers[":path"] : undefined;
}
