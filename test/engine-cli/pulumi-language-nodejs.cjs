// A Pulumi language host for Node.js: the engine starts it to run a program, and talks to it over gRPC. With `python` as its first argument it is one for
// Python, with the script of Pulumi's own that POLICY_ROUTING_PYTHON_EXEC names (see python.ts).
//
// The official one is a Go program that comes only with a downloaded CLI. This one knows as much of the protocol as preview, up,
// refresh and destroy need; every other call is answered "unimplemented", and the engine says so by name.
// It is CommonJS in one file because it is copied next to the CLI, away from every package.json and every node_modules.
"use strict";
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { createRequire } = require("node:module");
const { dirname, join, resolve } = require("node:path");

// The engine starts a language host in the program's folder (`main:` of the Pulumi.yaml) and passes its own address last.
const engineAddress = process.argv.at(-1);
const isPython = process.argv[2] === "python";
// Its own dependencies are resolved from the SDK's folder: a strict package manager (pnpm) does not give them to the program.
const sdk = requireFrom(dirname(requireFrom(isPython ? __dirname : process.cwd()).resolve("@pulumi/pulumi/package.json")));
const grpc = sdk("@grpc/grpc-js");
const { LanguageRuntimeService } = sdk("@pulumi/pulumi/proto/language_grpc_pb");
const messages = sdk("@pulumi/pulumi/proto/language_pb");
const { PluginInfo } = sdk("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb");
const { version } = sdk("@pulumi/pulumi/package.json");

/** cmd/run exits with it after it has told the user what is wrong: the engine is to stop without another message. */
const bailExitCode = 32;
const millisecondsToObeyAnInterrupt = 5_000;
const largestMessage = 400 * 1024 * 1024; // as in the SDK: a stack's configuration may be large

/** The programs that run now. The engine asks for one at a time, but nothing in the protocol says so. */
const programs = new Set();

const calls = {
  getPluginInfo: (_call, reply) => reply(null, new PluginInfo().setVersion(version)),
  // Nothing is named in advance: the engine loads a provider's plugin when the program registers its first resource.
  getRequiredPackages: (_call, reply) => reply(null, new messages.GetRequiredPackagesResponse()),
  run,
  cancel(_call, reply) {
    for (const program of programs) interrupt(program);
    reply(null, new Empty());
  },
};

function run(call, reply) {
  const request = call.request;
  let program;
  try {
    program = start(request);
  } catch (error) {
    reply(null, new messages.RunResponse().setError(error.message));
    return;
  }
  programs.add(program);
  call.on("cancelled", () => interrupt(program));
  program.on("error", (error) => reply(null, new messages.RunResponse().setError(`cannot start ${process.execPath}: ${error.message}`)));
  program.on("exit", (code, signal) => {
    programs.delete(program);
    reply(null, outcome(code, signal));
  });
}

function outcome(code, signal) {
  const response = new messages.RunResponse();
  if (code === bailExitCode) return response.setBail(true);
  if (signal) return response.setError(`Program was ended by ${signal}`);
  if (code !== 0) return response.setError(`Program exited with non-zero exit code: ${code}`);
  return response;
}

function start(request) {
  const info = request.getInfo();
  const options = info.getOptions()?.toJavaScript() ?? {};
  const [command, args] = isPython
    ? [resolve(info.getRootDirectory(), options.virtualenv, "bin", "python"), pythonArguments(request, info)]
    : [process.execPath, [...words(options.nodeargs), ...runArguments(request, info)]];
  return spawn(command, args, {
    // Inherited, not piped through: what a program prints just before it exits must not get lost in between.
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...configuration(request), ...typeScript(options) },
  });
}

const flags = (all) => Object.entries(all).flatMap(([name, value]) => (value ? [`--${name}`, String(value)] : []));

function shared(request, info) {
  return {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: info.getProgramDirectory(),
    parallel: request.getParallel(),
  };
}

/** The script is one program, `-u` as the official host has it: what is printed just before an end must not get lost. */
function pythonArguments(request, info) {
  const more = { root_directory: info.getRootDirectory(), dry_run: String(request.getDryrun()) };
  const named = flags({ ...shared(request, info), parallel: request.getParallel() || 1, ...more });
  return ["-u", process.env.POLICY_ROUTING_PYTHON_EXEC, ...named, info.getEntryPoint() || ".", ...request.getArgsList()];
}

function runArguments(request, info) {
  return [
    runScript(info.getProgramDirectory()),
    ...flags({ ...shared(request, info), "root-directory": info.getRootDirectory() }),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

/** Of the SDK that the program itself will load: a workspace may hold several. */
function runScript(programFolder) {
  return join(dirname(requireFrom(programFolder).resolve("@pulumi/pulumi/package.json")), "cmd", "run");
}

function configuration(request) {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** `runtime.options` of the Pulumi.yaml. TypeScript is on unless switched off, as in the official host. */
function typeScript(options) {
  return {
    ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}

function interrupt(program) {
  program.kill("SIGINT");
  setTimeout(() => program.kill("SIGKILL"), millisecondsToObeyAnInterrupt).unref();
}

function words(text) {
  return text ? text.trim().split(/\s+/) : [];
}

function requireFrom(folder) {
  return createRequire(join(folder, "package.json"));
}

/** The program goes first: a host that left at once would leave it behind, registering resources with nobody. */
async function leave() {
  await Promise.all(
    [...programs].map((program) => {
      interrupt(program);
      return once(program, "exit");
    }),
  );
  process.exit(0);
}

process.on("SIGINT", leave);
process.on("SIGTERM", leave);
// The engine holds the other end of our stdin and writes nothing there. Its end means that the engine died, even of SIGKILL.
process.stdin.on("end", leave).resume();

const unimplemented = (_call, reply) => reply({ code: grpc.status.UNIMPLEMENTED, details: "not in this small language host" });
const implementation = Object.fromEntries(Object.keys(LanguageRuntimeService).map((name) => [name, calls[name] ?? unimplemented]));
const server = new grpc.Server({ "grpc.max_receive_message_length": largestMessage, "grpc.max_send_message_length": largestMessage });
server.addService(LanguageRuntimeService, implementation);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`); // the first line on stdout tells the engine where to connect
});
