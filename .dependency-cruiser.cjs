/** One-way imports: the folders of provider/src are stages of the flow. errors.ts and messages/ are free for all. */
const may = {
  messages: [],
  declaration: ["declaration"],
  kernel: ["kernel", "declaration"],
  managers: ["managers", "kernel", "declaration"],
  host: ["host", "managers", "kernel", "declaration"],
  runtime: ["runtime", "host", "managers", "kernel", "declaration"],
  // The program's side knows what may be said; the rest it reaches by the package's name, in the plugin.
  resources: ["resources", "declaration"],
  // The second door: the engine's protocol around the same life cycle, and the components for programs in every language. Nobody imports it.
  plugin: ["plugin", "resources", "runtime", "host", "managers", "kernel", "declaration"],
  cli: ["cli", "runtime", "host", "managers", "kernel", "declaration"],
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
      from: { path: "^provider/src/", pathNot: "^provider/src/(resources/|plugin/|runtime/(engineLog|ofSdk)\\.ts$)" },
      to: { path: "@pulumi/pulumi" },
    },
    {
      name: "zod-is-one-file",
      severity: "error",
      from: { path: "^provider/src/", pathNot: "^provider/src/declaration/zod\\.ts$" },
      to: { path: "node_modules/zod/" },
    },
    {
      name: "only-host-has-effects",
      severity: "error",
      from: { path: "^provider/src/(declaration|managers|kernel)/" },
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
