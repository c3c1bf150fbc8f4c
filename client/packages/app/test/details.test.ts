import { expect, it } from "vitest";
import { changedDetails } from "$/features/schema-objects/details";

it("says of a schema or a table only what differs", () => {
  const before = { name: "films", description: "All of them" };
  expect(changedDetails(before, before)).toEqual({});
  expect(changedDetails(before, { name: "movies", description: "All of them" })).toEqual({ name: "movies" });
  expect(changedDetails(before, { name: "films", description: "" })).toEqual({ description: null });
  expect(changedDetails({ name: "films" }, { name: "films", description: "" })).toEqual({});
});
