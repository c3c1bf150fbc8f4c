// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { cellKinds, editValue, emptyValue, parseInput, parseTyped, showValue } from "../src/cells/registry.ts";
import { isFollowable } from "../src/cells/links.ts";
import type { CellValue, Column, KindId } from "../src/index.ts";
import { columnOf, contextOf } from "./support.ts";

const MASH = "0a".repeat(32);
const A_FILE = `{"uri": "s3://box/0a/my scan.png", "mash": "${MASH}"}`;
const people = { choices: [{ value: "7", label: "Ada" }, { value: "8", label: "ada" }, { value: "12", label: "Grace" }] };
const mood = { enumValues: ["sad", "ok", "Happy"] };

describe("what is shown", () => {
  test.each<[KindId, CellValue, string, Partial<Column>?]>([
    ["text", "two\nlines", "two ⏎ lines"],
    ["text", null, ""],
    ["number", "1234.50", "1,234.50"],
    ["number", "1234", "1234", { primaryKey: true }],
    ["number", "1234567", "1234567", { format: { grouping: false } }],
    ["number", "1921", "1921", { integer: true }],
    ["number", "19210", "19,210", { integer: true }],
    ["money", "-1234.5", "-€1,234.50", { format: { currency: "€", minFraction: 2 } }],
    ["money", "5", "5\u00a0CHF", { format: { currency: "CHF", currencyPosition: "end" } }],
    ["money", "$1,000.00", "$1,000.00"],
    ["boolean", true, "Yes"],
    ["boolean", "f", "No"],
    ["boolean", false, "off", { format: { falseLabel: "off" } }],
    ["date", "2024-02-01", "02/01/2024"],
    ["date", "0044-03-15 BC", "03/15/0044 BC"],
    ["time", "21:05:00", "21:05"],
    ["time", "21:05:00+02", "9:05 PM+02", { format: { hour12: true } }],
    ["timestamp", "2024-02-01T10:20:30.5", "02/01/2024 10:20:30.5"],
    ["timestamptz", "2024-02-01T10:20:30.5Z", "02/01/2024 11:20:30.5"],
    ["timestamptz", "infinity", "infinity"],
    ["interval", "P1DT2H", "1 day 02:00:00"],
    ["json", '{\n  "a": 1\n}', '{ "a": 1 }'],
    ["array", '{red,"light blue",NULL}', "red, light blue, ∅"],
    ["bytes", "\\xdeadbeef", "4 byte"],
    ["bytes", `\\x${"00".repeat(1500)}`, "1.5 kB"],
    ["link", "7", "7"],
    ["file", A_FILE, "my scan.png"],
    ["file", '{"uri": "s3://box/x.png", "mash": "../../api"}', '{"uri": "s3://box/x.png", "mash": "../../api"}'],
    ["file", "[1]", "[1]"],
    ["records", '{"labels": ["Ada", "Grace"], "count": 2}', "Ada, Grace"],
    ["records", '{"labels": ["Ada"], "count": 30}', "Ada, +29"],
    ["records", '{"labels": [], "count": 0}', ""],
    ["records", "[1]", "[1]"],
    ["user", "7", "Ada", people],
    ["user", "9", "9", people],
    ["other", "10.0.0.0/8", "10.0.0.0/8"],
  ])("%s %j", (kind, value, shown, over) => expect(showValue(value, contextOf(columnOf(kind, over)))).toBe(shown));

  test("a link shows its record's label", () => {
    expect(showValue("7", contextOf(columnOf("link"), { label: "Ada" }))).toBe("Ada");
  });
});

describe("what is understood", () => {
  test.each<[KindId, string, CellValue, Partial<Column>?]>([
    ["text", " keep spaces ", " keep spaces "],
    ["text", "äöü", "äöü", { maxLength: 3 }],
    ["user", "Ada", "7", people],
    ["user", " grace ", "12", people],
    ["user", "99", "99", people],
    ["text", "👍👍👍", "👍👍👍", { maxLength: 3 }],
    ["number", "1,234.50", "1234.50"],
    ["number", "9223372036854775807", "9223372036854775807", { integer: true, max: "9223372036854775807" }],
    ["number", "5.00", "5", { integer: true }],
    ["number", "NaN", "NaN"],
    ["money", "€ 1,234.50", "1234.50", { format: { currency: "€" } }],
    ["boolean", "yes", true], ["boolean", "FALSE", false], ["boolean", "0", false], ["boolean", "off", false, { format: { falseLabel: "off" } }],
    ["date", "2/1/24", "2024-02-01"], ["date", "infinity", "infinity"],
    ["time", "9:30 pm", "21:30:00"], ["time", "21:30+02", "21:30:00+02:00"],
    ["timestamp", "2/1/2024 9:30 pm", "2024-02-01T21:30:00"], ["timestamp", "2024-02-01T10:20:30.123456", "2024-02-01T10:20:30.123456"], ["timestamp", "2024-02-01", "2024-02-01T00:00:00"],
    ["timestamptz", "2024-07-01 12:00", "2024-07-01T12:00:00+02:00"], ["timestamptz", "2024-07-01T12:00:00Z", "2024-07-01T12:00:00+00:00"],
    ["timestamptz", "2024-01-01 12:00 -05:00", "2024-01-01T12:00:00-05:00"],
    ["interval", "1 day 2:00", "1d 02:00:00"],
    ["email", "ada@example.org", "ada@example.org"], ["email", "mailto:ada@example.org", "ada@example.org"],
    ["uri", "example.org/x", "https://example.org/x"], ["uri", "urn:isbn:123", "urn:isbn:123"],
    ["uuid", "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
    ["json", '{"a": 12345678901234567890.10}', '{"a": 12345678901234567890.10}'],
    ["array", "a, b", "{a,b}"], ["array", "[1,2]", "{1,2}"], ["array", '{"x y"}', '{"x y"}'], ["array", "[0:1]={5,6}", "[0:1]={5,6}"],
    ["enum", "happy", "Happy", mood], ["enum", "ok", "ok", mood],
    ["bytes", "\\xDEAD", "\\xdead"],
    ["link", " 7 ", "7"], ["other", "10.0.0.0/8", "10.0.0.0/8"],
    ["number", "", null], ["date", "", null], ["text", "", null],
  ])("%s %j", (kind, text, value, over) => {
    expect(parseInput(text, contextOf(columnOf(kind, over)))).toEqual({ ok: true, value });
  });
});

describe("what is refused, with a reason", () => {
  test.each<[KindId, string, RegExp, Partial<Column>?]>([
    ["text", "four", /4 characters are more than 3/, { maxLength: 3 }],
    ["number", "abc", /not a number/], ["number", "1.5", /not a whole number/, { integer: true }], ["number", "NaN", /not a whole number/, { integer: true }],
    ["number", "32768", /from -32768 to 32767/, { integer: true, min: "-32768", max: "32767" }],
    ["boolean", "maybe", /neither yes nor no/], ["date", "2024-02-30", /not a date like MM\/DD\/YYYY/], ["time", "25:00", /not a time/],
    ["timestamp", "tomorrow", /MM\/DD\/YYYY HH:MM:SS/], ["timestamptz", "x", /date and time/], ["interval", "soon", /duration/],
    ["email", "ada at example", /e-mail/], ["uri", "not an address", /address/], ["uuid", "123", /UUID/], ["json", "{a}", /JSON/], ["array", "{a", /array/],
    ["enum", "furious", /one of the values/, mood], ["bytes", "\\xabc", /hexadecimal/], ["number", "", /must have a value/, { nullable: false }],
  ])("%s %j", (kind, text, reason, over) => {
    const parsed = parseInput(text, contextOf(columnOf(kind, over)));
    expect(parsed.ok ? "accepted" : parsed.message).toMatch(reason);
  });
});

test("every kind reads back what its editor opens with", () => {
  const samples: Record<Exclude<KindId, "records">, CellValue> = {
    text: "a\tb", number: "-1234.50", boolean: true, date: "2024-02-29", time: "21:05:00", timestamp: "2024-02-29T10:20:30.123456",
    timestamptz: "2024-07-01T12:00:00+02:00", interval: "1y 2mon 3d 04:05:06.7", money: "12.50", email: "a@b.org", uri: "https://b.org", json: '{"a":1}',
    uuid: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", array: '{a,"b c"}', enum: "ok", bytes: "\\xdead", link: "7", file: A_FILE,
    user: "12", other: "(1,2)",
  };
  for (const locale of ["en", "de", "fr", "ja"]) {
    for (const kind of Object.keys(samples) as (keyof typeof samples)[]) {
      const context = contextOf(columnOf(kind, mood), { locale });
      expect(parseTyped(editValue(samples[kind], context), context), `${locale} ${kind}`).toEqual({ ok: true, value: samples[kind] });
    }
  }
});

describe("emptiness", () => {
  test("Delete means NULL where the column allows it", () => {
    expect(emptyValue(contextOf(columnOf("text")))).toEqual({ ok: true, value: null });
    expect(emptyValue(contextOf(columnOf("text", { nullable: false })))).toEqual({ ok: true, value: "" });
    expect(emptyValue(contextOf(columnOf("number", { nullable: false }))).ok).toBe(false);
  });
  test("an emptied text editor means the empty string", () => {
    expect(parseTyped("", contextOf(columnOf("text")))).toEqual({ ok: true, value: "" });
    expect(parseTyped("", contextOf(columnOf("number")))).toEqual({ ok: true, value: null });
  });
});

test.each([["https://a.org", true], ["mailto:a@b.org", true], ["javascript:alert(1)", false], ["data:text/html,x", false], [" javascript:x", false], ["file:///etc/passwd", false]])(
  "following %s: %s", (address, allowed) => expect(isFollowable(address)).toBe(allowed),
);

describe("a file in a cell", () => {
  function painted(value: string, over: Partial<Column> = { files: "/sub/files/" }): HTMLElement {
    const element = document.createElement("div");
    element.textContent = showValue(value, contextOf(columnOf("file", over)));
    cellKinds.file.paint?.(element, value, contextOf(columnOf("file", over)));
    return element;
  }
  test("a picture has its small picture beside its name", () => {
    const image = painted(A_FILE).querySelector("img")!;
    expect(image.getAttribute("src")).toBe(`/sub/files/${MASH}/thumbnail/?width=48&height=48`);
    image.onerror?.(new Event("error"));
    expect(painted(A_FILE).textContent).toBe("my scan.png");
  });
  test("other files have their names alone", () => {
    expect(painted(A_FILE.replace(".png", ".pdf")).querySelector("img")).toBeNull();
    expect(painted(A_FILE, {}).querySelector("img")).toBeNull();
    expect(painted('{"other": 1}').textContent).toBe('{"other": 1}');
  });
});
