import { describe, expect, it } from "vitest";
import { parseConnectionUrl } from "$/features/connection/connectionUrl";

describe("parseConnectionUrl", () => {
  it("takes an address apart", () => {
    expect(parseConnectionUrl("postgresql://joe:p%40ss%2Fw@db.example.org:6432/my%20db?sslmode=verify-full")).toEqual({
      parts: {
        host: "db.example.org",
        port: "6432",
        database: "my db",
        role: "joe",
        password: "p@ss/w",
        sslmode: "verify-full",
      },
      ignored: [],
    });
  });

  it.each([
    ["postgres://joe@[::1]:5433/x", "::1", "5433"],
    ["postgres://joe@h/x", "h", "5432"],
    ["postgres://joe:a@h:443/x", "h", "443"],
    ["postgres://joe:80@h/x", "h", "5432"],
  ])("reads host and port of %s", (text, host, port) => {
    expect(parseConnectionUrl(text)?.parts).toMatchObject({ host, port });
  });

  it("says which parameters it leaves", () => {
    const parsed = parseConnectionUrl("postgres://h/x?sslmode=sometimes&sslkey=/etc/key");
    expect(parsed?.ignored).toEqual(["sslmode", "sslkey"]);
    expect(parsed?.parts.sslmode).toBe("prefer");
  });

  it.each(["", "mysql://h/x", "h:5432", "postgres://"])("does not take %s for an address", (text) => {
    expect(parseConnectionUrl(text)).toBeNull();
  });
});
