/** A server with a superuser beside a PostgreSQL that exists already: what most of the tests need. */

import { test, type Page } from "@playwright/test";

import { enter, type Credentials } from "./app.ts";
import { PASSWORD, Postgres, ROLE } from "./postgres.ts";
import { ADMIN, Server } from "./server.ts";

export class World {
  readonly #databases = new Map<string, number>();

  private constructor(
    readonly server: Server,
    readonly postgres: Postgres,
  ) {}

  /** Starts both, and connects the databases that are named. */
  static async with(...databases: string[]): Promise<World> {
    const [server, postgres] = await Promise.all([Server.withSuperuser(), Postgres.start("chinook", "northwind", "pagila")]);
    const world = new World(server, postgres);
    for (const database of databases) await world.connect(database);
    return world;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.server.dispose(), this.postgres.dispose()]);
  }

  /** Connects a database as scripts do, for tests that are about something else. */
  async connect(database: string): Promise<number> {
    const { port } = this.postgres;
    const where = { host: "127.0.0.1", port, database, role: ROLE, password: PASSWORD, sslmode: "disable", sample_data: [] };
    const made = await this.call<{ database: { id: number } }>("databases.setup.connect_existing", where);
    this.#databases.set(database, made.database.id);
    return made.database.id;
  }

  /** Lets somebody into the database that was connected first, as a role of PostgreSQL that may only sign in. */
  async addCollaborator(who: Credentials, role: string): Promise<void> {
    const password = "what PostgreSQL knows";
    const [[database, id]] = [...this.#databases] as [[string, number]];
    this.postgres.run(database, `create role ${role} login password '${password}'`);
    const [server] = await this.call<{ id: number }[]>("servers.configured.list", {});
    const stored = await this.call<{ id: number }>("roles.configured.add", { server_id: server!.id, name: role, password });
    const first = { ...who, password: "only for the first time" };
    const user = await this.call<{ id: number }>("users.add", { user_def: { ...first, is_superuser: false } });
    await this.call("users.password.replace_own", { old_password: first.password, new_password: who.password }, first);
    await this.call("collaborators.add", { database_id: id, user_id: user.id, configured_role_id: stored.id });
  }

  async call<Result>(method: string, params: object, who: Credentials = ADMIN): Promise<Result> {
    const authorization = `Basic ${btoa(`${who.username}:${who.password}`)}`;
    const headers = { "content-type": "application/json", authorization };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(`${this.server.url}/api/rpc/v0/`, { method: "POST", headers, body });
    const answer = (await response.json()) as { result?: Result; error?: { message: string } };
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result!;
  }

  /** The address of a schema. */
  schemaUrl(database: string, schema: string): string {
    const oid = this.postgres.run(database, `select oid from pg_namespace where nspname = '${schema}'`).trim();
    return `${this.server.url}/db/${this.#databases.get(database)}/schemas/${oid}`;
  }

  /** The address of a table, which is named as in SQL. */
  tableUrl(database: string, table: string): string {
    const found = this.postgres.run(database, `select relnamespace, oid from pg_class where oid = '${table}'::regclass`);
    const [schema, oid] = found.trim().split("|");
    return `${this.server.url}/db/${this.#databases.get(database)}/schemas/${schema}/tables/${oid}`;
  }

  /** Signs in and opens an address. */
  async open(page: Page, url = this.server.url): Promise<void> {
    await enter(page, url, ADMIN);
  }
}

/** A world for all tests of a file. */
export function useWorld(...databases: string[]): () => World {
  let world: World | undefined;
  test.beforeAll(async () => {
    world = await World.with(...databases);
  });
  test.afterAll(() => world?.dispose());
  return () => world!;
}
