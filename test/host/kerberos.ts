import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../lab/lab";
import { must } from "../lab/run";
import { until } from "../lab/until";

export const kerberosPackages = ["krb5-kdc", "krb5-admin-server", "krb5-user"];

/** A realm of its own on loopback: root of this machine holds a ticket, and the host knows its own name in the realm. */
export async function withKerberos(host: Host, below: string, action: () => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(below, "kerberos-"));
  const port = await freePort();
  const file = (name: string): string => join(folder, name);
  await writeFile(
    file("krb5.conf"),
    `[libdefaults]\n default_realm = LAB\n dns_canonicalize_hostname = false\n rdns = false\n dns_lookup_kdc = false\n[realms]\n LAB = {\n  kdc = 127.0.0.1:${port}\n }\n`,
  );
  await writeFile(
    file("kdc.conf"),
    `[kdcdefaults]\n kdc_listen = 127.0.0.1:${port}\n kdc_tcp_listen = 127.0.0.1:${port}\n[realms]\n LAB = {\n  database_name = ${file("principal")}\n  key_stash_file = ${file("stash")}\n  acl_file = ${file("acl")}\n }\n`,
  );
  const env = { KRB5_CONFIG: file("krb5.conf"), KRB5_KDC_PROFILE: file("kdc.conf"), KRB5CCNAME: `FILE:${file("tickets")}` };
  const inRealm = (words: [string, ...string[]], input?: string): Promise<string> =>
    must(words, { env, ...(input === undefined ? {} : { input }) });
  const local = (query: string): Promise<string> => inRealm(["kadmin.local", "-q", query]);
  await inRealm(["kdb5_util", "create", "-s", "-r", "LAB", "-P", "for a test"]);
  await local("addprinc -pw ticket person");
  await local(`addprinc -randkey host/${host.address}`);
  await local(`ktadd -k ${file("keytab")} host/${host.address}`);
  const center = spawn("krb5kdc", ["-n"], { env: { ...process.env, ...env }, stdio: "ignore" });
  const there = {
    "/etc/krb5.keytab": await readFile(file("keytab")),
    "/etc/krb5.conf": await readFile(file("krb5.conf")),
    "/root/.k5login": "person@LAB\n",
  };
  try {
    for (const [path, text] of Object.entries(there)) await writeFile(await host.file(path), text, { mode: 0o600 });
    await until("a ticket", () =>
      inRealm(["kinit", "person"], "ticket\n").then(
        () => true,
        () => undefined,
      ),
    );
    Object.assign(process.env, env);
    await action();
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    center.kill();
    await host.exec(`rm -f ${Object.keys(there).join(" ")}`);
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
