import { createRequire } from "node:module";

/** The SDK's own copies: its messages and clients take no others, and a strict package manager gives them to nobody else. Bundled they are told by name (scripts/bundle). */
export const ofSdk = createRequire(require.resolve("@pulumi/pulumi"));
