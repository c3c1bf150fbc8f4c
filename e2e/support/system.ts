/** The machine that the tests run on: its time and its ports. */

import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

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
