/** Starts and stops the real executable, as a user would. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Who administers a server that is not started for its first run. */
export const ADMIN = { username: "admin", password: "correct horse battery" } as const;

const executable =
  process.env["MATHESAR_TEST_EXECUTABLE"] ?? resolve(import.meta.dirname, "../../target/release/mathesar");

/** How long a start may take: unpacking PostgreSQL and making a cluster included. */
const START_MS = 60_000;
/** How long a clean stop may take. */
const STOP_MS = 15_000;

export class Server {
  /** What the program printed, both streams. */
  output = "";

  private constructor(
    readonly dataDir: string,
    readonly url: string,
    private process: ChildProcess,
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
    const port = await freePort();
    const server = new Server(dataDir, `http://127.0.0.1:${port}`, launch(dataDir, port, settings));
    await server.ready();
    return server;
  }

  /** The one-time link that the program prints. */
  async setupLink(): Promise<string> {
    return this.printed(/https?:\/\/\S+\/setup#token=\S+/);
  }

  /** Stops it as Ctrl+C does, and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.interrupt();
    this.output = "";
    this.process = launch(this.dataDir, Number(new URL(this.url).port));
    await this.ready();
  }

  /** Ends it as a power cut does, and starts it again on the same data. */
  async crash(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
    this.output = "";
    this.process = launch(this.dataDir, Number(new URL(this.url).port));
    await this.ready();
  }

  /** Stops it and removes its data. */
  async dispose(): Promise<void> {
    await this.interrupt();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async interrupt(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGINT");
    const late = setTimeout(() => this.process.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(late);
  }

  private async ready(): Promise<void> {
    const listen = (chunk: Buffer) => (this.output += chunk.toString());
    this.process.stdout?.on("data", listen);
    this.process.stderr?.on("data", listen);
    await poll(START_MS, async () => {
      if (this.process.exitCode !== null) throw new Error(`the program ended:\n${this.output}`);
      return (await fetch(`${this.url}/readyz`).catch(() => undefined))?.ok;
    });
  }

  private async printed(pattern: RegExp): Promise<string> {
    let found: string | undefined;
    await poll(START_MS, async () => (found = pattern.exec(this.output)?.[0]) !== undefined);
    return found!;
  }
}

function launch(dataDir: string, port: number, settings: Record<string, string> = {}): ChildProcess {
  // The tests' data may be lost, and is where /tmp is memory.
  const forTests = { MATHESAR_EPHEMERAL: "true" };
  const environment = { PATH: process.env["PATH"], HOME: dataDir, LANG: "C.UTF-8", ...forTests, ...settings };
  return spawn(executable, ["serve", "--bind", `127.0.0.1:${port}`, "--data-dir", dataDir], { env: environment });
}

/** Calls `check` until it gives true; an error ends the wait at once. */
export async function poll(limitMs: number, check: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`nothing came within ${limitMs} ms`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** A TCP port that nobody uses just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
