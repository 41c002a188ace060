// remote.Command of @pulumi/command, as far as examples/new-host needs it.
const { provider } = require("@pulumi/pulumi");
const { Client } = require("ssh2");

/** What @pulumi/command 1.2.1 knows of a connection: anything else is refused, as it would be there. */
const known = [
  "host",
  "port",
  "user",
  "password",
  "privateKey",
  "privateKeyPassword",
  "agentSocketPath",
  "hostKey",
  "dialErrorLimit",
  "perDialTimeout",
  "proxy",
];

/** A secret comes wrapped. */
const plain = (value) => (value["4dabf18193072939515e22adb298388d"] === undefined ? value : value.value);

const run = ({ host, port = 22, user = "root", privateKey }, command) =>
  new Promise((resolve, reject) => {
    const client = new Client();
    client.on("error", reject).on("ready", () =>
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let stdout = "";
        channel.on("data", (data) => {
          stdout += data;
        });
        channel.on("close", (code) => {
          client.end();
          if (code === 0) resolve(stdout.trimEnd());
          else reject(new Error(`exit code ${code}`));
        });
      }),
    );
    client.connect({ host, port, username: user, privateKey });
  });

const command = {
  version: "1.2.1",
  check: async (_urn, _olds, news) => ({
    inputs: news,
    failures: Object.keys(plain(news.connection))
      .filter((name) => !known.includes(name))
      .map((name) => ({ property: "", reason: `connection.${name} is unknown` })),
  }),
  diff: async () => ({ changes: false }),
  create: async (_urn, inputs) => ({
    id: "ready",
    outs: { ...inputs, stdout: await run(plain(inputs.connection), inputs.create), stderr: "" },
  }),
  delete: async () => {},
};

provider.main(command, process.argv.slice(2));
