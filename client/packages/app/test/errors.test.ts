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
