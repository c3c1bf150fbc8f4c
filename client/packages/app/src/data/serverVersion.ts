/** The major version of a PostgreSQL that calls itself by that `server_version`, such as `16.4 (Debian 16.4-1)`. */
export function majorVersion(serverVersion: string): number {
  return Number.parseInt(serverVersion, 10);
}
