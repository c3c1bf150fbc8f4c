import type { SslMode } from "@mathesar/api";

/** The parts of a connection as a form holds them. */
export interface ConnectionParts {
  host: string;
  port: string;
  database: string;
  role: string;
  password: string;
  sslmode: SslMode;
}

export interface ParsedUrl {
  readonly parts: ConnectionParts;
  /** Parameters that say something which we do not take from an address. */
  readonly ignored: readonly string[];
}

export const sslModes: readonly SslMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/** Reads `postgres://role:password@host:port/database?sslmode=…`; null when it is no such address. */
export function parseConnectionUrl(text: string): ParsedUrl | null {
  const match = /^\s*postgres(?:ql)?:\/\/(.*)$/is.exec(text);
  if (!match) return null;
  let url: URL;
  try {
    // The standard parser fills in hosts and ports only for schemes that it knows.
    url = new URL(`https://${match[1]?.trim() ?? ""}`);
  } catch {
    return null;
  }
  const sslmode = url.searchParams.get("sslmode");
  const known = sslModes.find((mode) => mode === sslmode);
  const ignored = [...url.searchParams.keys()].filter((name) => name !== "sslmode" || !known);
  return {
    parts: {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: portIn(match[1] ?? "") ?? "5432",
      database: decode(url.pathname.slice(1)),
      role: decode(url.username),
      password: decode(url.password),
      sslmode: known ?? "prefer",
    },
    ignored,
  };
}

/** The port as written; the standard parser drops 443, which it takes for the usual one. */
function portIn(address: string): string | null {
  const authority = address.split(/[/?#]/, 1)[0] ?? "";
  return /:(\d+)$/.exec(authority.slice(authority.lastIndexOf("@") + 1))?.[1] ?? null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
