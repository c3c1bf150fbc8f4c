import { ConnectionLost, errorCodes, RpcFailure } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { errorLine, errorWords } from "$/errors/words";

describe("errorWords", () => {
  it("says what happened, in the server's words too, and what to do next", () => {
    const words = errorWords(new RpcFailure(errorCodes.insufficientPrivilege, "permission denied for table t"));
    expect(words.title).toBe("Your PostgreSQL role may not do this");
    expect(words.detail).toBe("permission denied for table t");
    expect(words.next).not.toBe("");
  });

  it("takes from PostgreSQL's report what speaks to people", () => {
    const report =
      'UniqueViolation: duplicate key value violates unique constraint "a_key"\nDetail: Key (a)=(1) already exists.' +
      "\nConstraint: a_key\nTable: t\nSchema: public\nSQLSTATE: 23505";
    expect(errorLine(new RpcFailure(errorCodes.uniqueViolation, report))).toBe(
      'duplicate key value violates unique constraint "a_key". Key (a)=(1) already exists.',
    );
    const hinted =
      "UndefinedFunction: operator does not exist\nHint: No operator matches.\nYou might add casts.\nSQLSTATE: 42883";
    expect(errorLine(new RpcFailure(-1, hinted))).toBe(
      "operator does not exist. No operator matches.\nYou might add casts.",
    );
    expect(errorLine(new RpcFailure(-1, "Table: nothing\nTable: else"))).toBe("Table: nothing\nTable: else");
  });

  it("keeps the message of an error that it does not know", () => {
    expect(errorWords(new RpcFailure(-1, "strange")).detail).toBe("strange");
    expect(errorLine(new Error("broken"))).toBe("broken");
  });

  it("tells a lost connection apart, without the browser's words", () => {
    const words = errorWords(new ConnectionLost("Failed to fetch"));
    expect(words.title).toBe("The server cannot be reached");
    expect(words.detail).toBe("");
  });
});
