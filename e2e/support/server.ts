/** Starts and stops the real executable, as a user would: one process, or several behind nginx. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { Nginx } from "./nginx.ts";
import { Postgres } from "./postgres.ts";
import { freePort, poll } from "./system.ts";

/** Who administers a server that is not started for its first run. */
export const ADMIN = { username: "admin", password: "correct horse battery" } as const;

const executable =
  process.env["MATHESAR_TEST_EXECUTABLE"] ?? resolve(import.meta.dirname, "../../target/release/mathesar");

/** How many processes make a server; more than one stand behind nginx, on an internal database in a PostgreSQL of their own. */
const PROCESSES = Number(process.env["MATHESAR_TEST_PROCESSES"] ?? 1);

/** How long a start may take: unpacking PostgreSQL and making a cluster included. */
const START_MS = 60_000;
/** How long a clean stop may take. */
const STOP_MS = 15_000;

/** A process of the program. */
class Process {
  /** What it printed, both streams. */
  output = "";

  readonly #url: string;
  readonly #child: ChildProcess;

  constructor(dataDir: string, port: number, settings: Record<string, string>) {
    this.#url = `http://127.0.0.1:${port}`;
    // The tests' data may be lost, and is where /tmp is memory.
    const forTests = { MATHESAR_EPHEMERAL: "true" };
    const environment = { PATH: process.env["PATH"], HOME: dataDir, LANG: "C.UTF-8", ...forTests, ...settings };
    this.#child = spawn(executable, ["serve", "--bind", `127.0.0.1:${port}`, "--data-dir", dataDir], { env: environment });
    const listen = (chunk: Buffer) => (this.output += chunk.toString());
    this.#child.stdout?.on("data", listen);
    this.#child.stderr?.on("data", listen);
  }

  async ready(): Promise<void> {
    await poll(START_MS, async () => {
      if (this.#child.exitCode !== null) throw new Error(`the program ended:\n${this.output}`);
      return (await fetch(`${this.#url}/readyz`).catch(() => undefined))?.ok;
    });
  }

  /** Ends it as Ctrl+C does. */
  async interrupt(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(late);
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}

export class Server {
  #processes: Process[] = [];
  #front: { readonly nginx: Nginx; readonly internal: Postgres } | undefined;

  private constructor(
    readonly dataDir: string,
    readonly url: string,
    private readonly ports: readonly number[],
  ) {}

  /** Starts with an empty data directory. */
  static async fresh(): Promise<Server> {
    return Server.start({});
  }

  /** Starts with an empty data directory, the superuser `ADMIN`, and settings as environment variables. */
  static async withSuperuser(settings: Record<string, string> = {}): Promise<Server> {
    return Server.start({ MATHESAR_SUPERUSER_USERNAME: ADMIN.username, MATHESAR_SUPERUSER_PASSWORD: ADMIN.password, ...settings });
  }

  private static async start(settings: Record<string, string>): Promise<Server> {
    const dataDir = await mkdtemp(join(tmpdir(), "mathesar-e2e-"));
    const ports = await Promise.all(Array.from({ length: PROCESSES }, freePort));
    if (PROCESSES === 1) {
      const server = new Server(dataDir, `http://127.0.0.1:${ports[0]}`, ports);
      await server.launch(settings);
      return server;
    }
    const internal = await Postgres.start();
    internal.run("postgres", "create database internal");
    const nginx = await Nginx.before(ports);
    const server = new Server(dataDir, nginx.url, ports);
    server.#front = { nginx, internal };
    await server.launch({
      DATABASE_URL: internal.url("internal"),
      SECRET_KEY: "what the processes of the tests share with each other",
      MATHESAR_TRUSTED_PROXIES: "127.0.0.1",
      ...settings,
    });
    return server;
  }

  /** The one-time link that the program prints; it knows nothing of an nginx before it. */
  async setupLink(): Promise<string> {
    const link = await this.printed(/https?:\/\/\S+\/setup#token=\S+/);
    return this.#front ? link.replace(/^https?:\/\/[^/]+/, this.url) : link;
  }

  /** Stops it as Ctrl+C does, and starts it again on the same data. */
  async restart(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.interrupt()));
    await this.launch({});
  }

  /** Ends it as a power cut does, and starts it again on the same data. */
  async crash(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()));
    await this.launch({});
  }

  /** Stops it and removes its data. */
  async dispose(): Promise<void> {
    await this.#front?.nginx.dispose();
    await Promise.all(this.#processes.map((process) => process.interrupt()));
    await this.#front?.internal.dispose();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async launch(settings: Record<string, string>): Promise<void> {
    this.#processes = [];
    // One after the other, since the first one makes the internal database.
    for (const port of this.ports) {
      const process = new Process(this.dataDir, port, settings);
      this.#processes.push(process);
      await process.ready();
    }
  }

  private async printed(pattern: RegExp): Promise<string> {
    // Of what each process prints for itself, as the link is, the newest holds.
    const newest = this.#processes.at(-1)!;
    let found: string | undefined;
    await poll(START_MS, async () => (found = pattern.exec(newest.output)?.[0]) !== undefined);
    return found!;
  }
}
