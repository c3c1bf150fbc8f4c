import type { SslMode } from "@mathesar/api";
import { m } from "$/paraglide/messages.js";
import { sslModes } from "./connectionUrl";

const labels: Record<SslMode, () => string> = {
  disable: m.tls_disable,
  prefer: m.tls_prefer,
  require: m.tls_require,
  "verify-ca": m.tls_verify_ca,
  "verify-full": m.tls_verify_full,
};

export function tlsOptions(): { value: SslMode; label: string }[] {
  return sslModes.map((value) => ({ value, label: labels[value]() }));
}

/** Whether the mode looks at the server's certificate. */
export function verifies(mode: SslMode): boolean {
  return mode === "verify-ca" || mode === "verify-full";
}
