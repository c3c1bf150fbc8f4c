/** nginx before several processes, each request to the next one. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, poll } from "./system.ts";

const program = process.env["MATHESAR_TEST_NGINX"] ?? "nginx";

export class Nginx {
  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  /** Starts it; what listens on `ports` may come later. */
  static async before(ports: readonly number[]): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), "mathesar-nginx-"));
    const port = await freePort();
    const file = join(folder, "nginx.conf");
    await writeFile(file, configuration(folder, port, ports));
    const child = spawn(program, ["-e", "stderr", "-p", folder, "-c", file], { stdio: ["ignore", "ignore", "inherit"] });
    const nginx = new Nginx(`http://127.0.0.1:${port}`, folder, child);
    await poll(10_000, async () => {
      if (child.exitCode !== null) throw new Error("nginx ended");
      return fetch(nginx.url).catch(() => undefined);
    });
    return nginx;
  }

  async dispose(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** As the documentation has it for several processes, but without TLS. */
function configuration(folder: string, port: number, ports: readonly number[]): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
events {}
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n  ")}
  upstream mathesar { ${ports.map((one) => `server 127.0.0.1:${one} max_fails=0;`).join(" ")} }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    location / {
      proxy_pass http://mathesar;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_read_timeout 15m;
    }
  }
}
`;
}
