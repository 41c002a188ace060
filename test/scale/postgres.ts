// A PostgreSQL of its own for a test: Debian's binaries, a folder that goes, a port of its own on loopback.
import { access, chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../lab/run";

export interface Postgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where Debian puts the server's programs; undefined where there are none. */
export async function postgresPrograms(): Promise<string | undefined> {
  const root = "/usr/lib/postgresql";
  const [version] = (await readdir(root).catch(() => [])).sort().reverse();
  const folder = version === undefined ? undefined : join(root, version, "bin");
  return folder !== undefined &&
    (await access(join(folder, "initdb")).then(
      () => true,
      () => false,
    ))
    ? folder
    : undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** The server refuses to run as root: it gets Debian's user for it. */
export async function startPostgres(programs: string): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "policy-routing-postgres-"));
  const id = async (flag: string): Promise<number> => Number((await run(["id", flag, "postgres"])).stdout);
  await chown(folder, await id("-u"), await id("-g"));
  const asPostgres = async (command: string): Promise<void> => {
    const { code, stderr, stdout } = await run([
      "setpriv",
      "--reuid=postgres",
      "--regid=postgres",
      "--clear-groups",
      "sh",
      "-c",
      `cd ${folder} && ${command}`,
    ]);
    if (code !== 0) throw new Error(`${command}: ${stderr || stdout}`);
  };
  const port = await freePort();
  const data = join(folder, "data");
  await asPostgres(`${programs}/initdb -D ${data} -A trust -U pulumi >initdb.log`);
  await asPostgres(`${programs}/pg_ctl -D ${data} -w -l ${folder}/log -o '-p ${port} -h 127.0.0.1 -k ${folder}' start >/dev/null`);
  await asPostgres(`${programs}/createdb -h 127.0.0.1 -p ${port} -U pulumi pulumi`);
  return {
    url: `postgres://pulumi@127.0.0.1:${port}/pulumi?sslmode=disable`,
    stop: async () => {
      await asPostgres(`${programs}/pg_ctl -D ${data} -w -m fast stop >/dev/null`);
      await rm(folder, { recursive: true });
    },
  };
}
