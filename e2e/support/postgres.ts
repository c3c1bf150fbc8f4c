/** A PostgreSQL that exists already, as users have one: with a password, on a TCP port, and with real databases in it. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { freePort, poll } from "./system.ts";

const programs = process.env["MATHESAR_TEST_PG_BIN"];
const testdata = resolve(import.meta.dirname, "../../testdata");

/** Its superuser's name and password; the password has what breaks naive connection strings. */
export const ROLE = "keeper";
export const PASSWORD = `p'a"ss \\ w:ö@rd%/?#`;

export class Postgres {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  /** Makes a cluster with these of the databases `chinook`, `northwind` and `pagila`. */
  static async start(...databases: string[]): Promise<Postgres> {
    if (!programs) throw new Error("MATHESAR_TEST_PG_BIN must name the bin folder of a PostgreSQL; `cargo xtask test` sets it");
    const folder = mkdtempSync(join(tmpdir(), "mathesar-pg-"));
    const port = await freePort();
    // PostgreSQL refuses to run as root: the cluster then belongs to the user `postgres`.
    const account = process.getuid?.() === 0 ? accountOf("postgres") : undefined;
    const password = join(folder, "password");
    writeFileSync(password, PASSWORD);
    chmodSync(folder, 0o755);
    const data = join(folder, "data");
    execFileSync("mkdir", [data]);
    if (account) for (const path of [data, password]) chownSync(path, account.uid, account.gid);
    const initdb = ["-D", data, "-U", ROLE, "-A", "scram-sha-256", `--pwfile=${password}`, "-E", "UTF8", "--locale=C", "--no-sync"];
    execFileSync(join(programs, "initdb"), initdb, { ...account, stdio: "ignore" });
    const flags = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", "", "-c", "fsync=off"];
    const server = new Postgres(port, folder, spawn(join(programs, "postgres"), flags, { ...account, stdio: "ignore" }));
    await poll(30_000, async () => server.answers());
    for (const database of databases) server.load(database);
    return server;
  }

  /** Where one of its databases is. */
  url(database: string): string {
    return `postgresql://${ROLE}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/${database}?sslmode=disable`;
  }

  /** Runs SQL as another program would, behind the product's back. */
  run(database: string, sql: string): string {
    return this.psql(database, ["--tuples-only", "--no-align", "--command", sql]);
  }

  async dispose(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGINT");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private load(database: string): void {
    const file = database === "pagila" ? "pagila-schema" : database;
    this.run("postgres", `create database ${database}`);
    this.psql(database, ["--quiet", "--file", join(testdata, "databases", `${file}.sql`)]);
  }

  private answers(): boolean {
    try {
      return this.run("postgres", "select 1").trim() === "1";
    } catch {
      return false;
    }
  }

  private psql(database: string, rest: string[]): string {
    const target = ["--no-psqlrc", "--set", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", String(this.port), "-U", ROLE, "-d", database];
    const env = { ...process.env, PGPASSWORD: PASSWORD };
    return execFileSync("psql", [...target, ...rest], { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  }
}

function accountOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
