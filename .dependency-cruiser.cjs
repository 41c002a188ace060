/** One-way imports: the folders of provider/src are stages of the flow. errors.ts and messages/ are free for all. */
const may = {
  messages: [],
  spec: ["spec"],
  kernel: ["kernel", "spec"],
  host: ["host", "kernel", "spec"],
  runtime: ["runtime", "host", "kernel", "spec"],
  // The program's side knows what may be said; the rest it reaches by the package's name, in the plugin.
  resources: ["resources", "spec"],
  // The second door: the engine's protocol around the same life cycle. Nobody imports it.
  plugin: ["plugin", "runtime", "host", "kernel", "spec"],
  cli: ["cli", "runtime", "host", "kernel", "spec"],
};

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphans", severity: "error", from: { orphan: true, pathNot: "index\\.ts$" }, to: {} },
    ...Object.entries(may).map(([folder, allowed]) => ({
      name: `${folder}-imports-${allowed.join("-") || "nothing"}`,
      severity: "error",
      from: { path: `^provider/src/${folder}/` },
      to: { path: "^provider/src/", pathNot: `^provider/src/(errors\\.ts|(${["messages", ...allowed].join("|")})/)` },
    })),
    {
      name: "only-resources-know-the-engine",
      severity: "error",
      from: { path: "^provider/src/", pathNot: "^provider/src/(resources/|plugin/|runtime/engineLog\\.ts$)" },
      to: { path: "@pulumi/pulumi" },
    },
    {
      name: "only-host-has-effects",
      severity: "error",
      from: { path: "^provider/src/(spec|kernel)/" },
      to: {
        dependencyTypes: ["core"],
        path: "^(node:)?(fs|child_process|net|http|https|dgram|tls|cluster|worker_threads|os)",
        pathNot: "^(node:)?net$",
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "provider/tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "default"] },
  },
};
