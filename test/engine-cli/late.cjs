// Loaded before everything else by the Node.js processes of a test's engine (environment.ts). The SDK loads three things at its start
// that a program seldom uses, and a test starts it thousands of times: the compiler, with which it writes functions down; npm's tree of
// packages, for the same; and what tells its spans to a tracer. Here they are loaded when they are first used, and are what they were.
// It also starts the debugger before each program, for functions that it may have to write down: that starts it itself when one comes.
"use strict";
const Module = require("node:module");
const { sep } = require("node:path");

const sdk = `${sep}@pulumi${sep}pulumi${sep}`;
const asObject = new Set(["typescript"]);
/** Only called or constructed: their names may be taken apart where they are loaded. */
const asFunctions = /^@npmcli\/arborist$|^@opentelemetry\/(?!api$)/;
const load = Module._load;

Module._load = (request, parent, ...rest) => {
  const from = parent?.filename ?? "";
  const now = () => load.call(Module, request, parent, ...rest);
  if (!from.includes(sdk)) return now();
  if (request.endsWith("/closure/v8Hooks") && from.endsWith(`${sep}run${sep}index.js`)) return { isInitializedAsync: async () => {} };
  if (asObject.has(request)) return late(now, (loaded, name) => loaded()[name]);
  if (asFunctions.test(request) && !process.env.TRACEPARENT) return late(now, (loaded, name) => lateFunction(() => loaded()[name]));
  return now();
};

function late(load, property) {
  let module;
  const loaded = () => (module ??= load());
  // As a module of ECMAScript, it is not copied by `__importStar`.
  return new Proxy({}, { get: (_, name) => (name === "__esModule" ? true : property(loaded, name)), has: (_, name) => name in loaded() });
}

const lateFunction = (loaded) =>
  new Proxy(class {}, {
    apply: (_, self, args) => Reflect.apply(loaded(), self, args),
    construct: (_, args) => Reflect.construct(loaded(), args),
    get: (_, name) => loaded()[name],
  });
