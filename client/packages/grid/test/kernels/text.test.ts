import { describe, expect, test } from "vitest";
import { readArray, writeArray } from "../../src/kernels/array-text.ts";
import { clampWidth, fitWidth } from "../../src/kernels/column-width.ts";
import { dayPattern, readDay, readTime, showDay, showTime, writeIsoDay } from "../../src/kernels/date-text.ts";
import { compare, figuresOf, isDecimal, isWhole, normalise } from "../../src/kernels/decimal.ts";
import { fromLocal, splitOffset, toLocal } from "../../src/kernels/instant-text.ts";
import { readInterval, showInterval, writeInterval } from "../../src/kernels/interval-text.ts";
import { editNumber, readNumber, showNumber } from "../../src/kernels/number-text.ts";
import { readTsv, writeTsv } from "../../src/kernels/tsv.ts";

describe("tab-separated text", () => {
  test.each([
    ["a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]],
    ["a\tb\nc\td", [["a", "b"], ["c", "d"]]],
    ['"two\nlines"\tx', [["two\nlines", "x"]]],
    ['"two\r\nlines"\tx\r\n', [["two\nlines", "x"]]],
    ['"say ""hi"""', [['say "hi"']]],
    ['5" pipe\t6"', [['5" pipe', '6"']]],
    ['"so-called" fix\tx', [['"so-called" fix', "x"]]],
    ['"not closed\tx', [['"not closed', "x"]]],
    ["\t\t", [["", "", ""]]],
    ["", [[""]]],
    ["a\n\nb", [["a"], [""], ["b"]]],
    ["a\rb", [["a"], ["b"]]],
    ['"tab\there"\ty', [["tab\there", "y"]]],
  ])("reads %j", (text, table) => expect(readTsv(text)).toEqual(table));

  test("quotes only what needs it", () => {
    expect(writeTsv([["a", 'say "hi"', '"q"'], ["two\nlines", "tab\t", ""]])).toBe('a\tsay "hi"\t"""q"""\r\n"two\nlines"\t"tab\t"\t');
  });
  test("whatever is written is read again", () => {
    const signs = ["a", '"', "\t", "\n", " ", "ä", ",", "1"];
    let seed = 3;
    const next = (limit: number): number => (seed = (seed * 1103515245 + 12345) % 2147483648) % limit;
    for (let round = 0; round < 500; round++) {
      const cell = (): string => Array.from({ length: next(6) }, () => signs[next(signs.length)]).join("");
      const table = Array.from({ length: 1 + next(3) }, () => [cell(), cell(), "end"]);
      expect(readTsv(writeTsv(table))).toEqual(table);
    }
  });
});

describe("decimals", () => {
  test.each([
    ["1e3", "1000"], ["1.50", "1.50"], ["+007", "7"], ["-0.10", "-0.10"], [".5", "0.5"], ["1e-3", "0.001"], ["12345678901234567890.123456789", "12345678901234567890.123456789"],
  ])("%s is %s", (text, expected) => expect(normalise(text)).toBe(expected));
  test.each([["", false], [".", false], ["1", true], ["-1.5e10", true], ["1,5", false], ["NaN", false]])("%j is a decimal: %s", (text, expected) => {
    expect(isDecimal(text)).toBe(expected);
  });
  test("adds what a float would spoil", () => {
    expect(figuresOf(["0.1", "0.2", "9007199254740993", "NaN"])).toEqual({
      count: 3, sum: "9007199254740993.3", average: "3002399751580331.1", min: "0.1", max: "9007199254740993",
    });
    expect(figuresOf([]).sum).toBeNull();
    expect(figuresOf(["1", "1", "2"]).average).toBe("1.3333");
    expect(figuresOf(["-1", "-1", "-2"]).average).toBe("-1.3333");
  });
  test("compares by value", () => {
    expect(compare("1.0", "1")).toBe(0);
    expect(compare("-2", "-10")).toBe(1);
    expect(compare("99999999999999999998", "99999999999999999999")).toBe(-1);
    expect([isWhole("5.00"), isWhole("5.01")]).toEqual([true, false]);
  });
});

describe("numbers", () => {
  test.each([
    ["en", "1,234.5", "1234.5"], ["en", "1,5", "1.5"], ["en", "1,234,567", "1234567"], ["en", "12,34", "12.34"], ["en", "(5)", "-5"],
    ["de", "1.234,5", "1234.5"], ["de", "1.5", "1.5"], ["de", "1.500", "1500"], ["de", "−5", "-5"],
    ["fr", "1\u202f234,5", "1234.5"], ["fr", "1 234,5", "1234.5"], ["es", "1234,5", "1234.5"], ["en-IN", "12,34,567.8", "1234567.8"],
    ["de-CH", "1’234.5", "1234.5"], ["en", "1e5", "100000"], ["en", "nan", "NaN"], ["en", "-infinity", "-Infinity"],
    ["ar-EG", "١٢٣٫٥", "123.5"], ["en", "12345678901234567890.10", "12345678901234567890.10"],
    ["en", "abc", null], ["en", "1,2,3", null], ["en", "1.2.3", null], ["en", "", null], ["en", "1 apple", null], ["de", "1,2.3", null],
  ])("in %s, %j is %j", (locale, text, expected) => expect(readNumber(text, locale)).toBe(expected));

  test.each([
    ["en", "12345678901234567890.10", true, "12,345,678,901,234,567,890.10"], ["de", "1234.50", true, "1.234,50"],
    ["en", "1234", false, "1234"], ["en", "NaN", true, "NaN"],
  ])("in %s, %j is shown exactly", (locale, text, grouping, expected) => expect(showNumber(text, locale, { grouping })).toBe(expected));

  test("decimals follow the format", () => {
    expect(showNumber("1.5", "en", { grouping: true, minFraction: 2 })).toBe("1.50");
    expect(showNumber("1.257", "en", { grouping: true, maxFraction: 2 })).toBe("1.26");
    expect(showNumber(`0.${"1".repeat(150)}`, "en", { grouping: true })).toBe(`0.${"1".repeat(150)}`);
  });
  test("what an editor opens with is read again in every locale", () => {
    for (const locale of ["en", "es", "fr", "ja", "de", "de-CH", "pt-BR"]) {
      for (const text of ["0", "-1.5", "1234.50", "99999999999999999999.000000001", "1000", "1.500"]) {
        expect(readNumber(editNumber(text, locale), locale), `${locale} ${text}`).toBe(text);
      }
    }
  });
});

describe("dates", () => {
  const today = new Date(2026, 10, 22);
  test.each([
    ["en", "2024-02-29", "2024-02-29"], ["en", "2/29/2024", "2024-02-29"], ["en", "2/30/2024", null], ["en", "12/31", "2026-12-31"],
    ["en", "1/2/99", "1999-01-02"], ["en", "1/2/45", "2045-01-02"], ["en", "Mar 5, 2020", "2020-03-05"], ["en", "5 March 2020", "2020-03-05"], ["en", "1st May 2020", "2020-05-01"],
    ["de", "29.2.2024", "2024-02-29"], ["de", "1.5.", "2026-05-01"], ["de", "5. März 2020", "2020-03-05"], ["fr", "05/03/2020", "2020-03-05"],
    ["es", "5 de marzo de 2020", "2020-03-05"], ["ja", "2020/3/5", "2020-03-05"], ["ja", "2020年3月5日", "2020-03-05"],
    ["en", "0044-03-15 BC", "0044-03-15 BC"], ["en", "12", null], ["en", "hello", null], ["en", "2024-13-01", null], ["en", "1900-02-29", null],
  ])("in %s, %j is %j", (locale, text, expected) => {
    const day = readDay(text, locale, "locale", today);
    expect(day && writeIsoDay(day)).toBe(expected);
  });
  test.each([
    ["en", "locale", "02/01/2024"], ["de", "locale", "01.02.2024"], ["ja", "locale", "2024/02/01"], ["fr", "locale", "01/02/2024"],
    ["de", "us", "02/01/2024"], ["en", "eu", "01/02/2024"], ["en", "iso", "2024-02-01"], ["en", "friendly", "Feb 1, 2024"],
  ] as const)("in %s and style %s", (locale, style, expected) => expect(showDay("2024-02-01", locale, style)).toBe(expected));
  test("what cannot be a day is shown as it came", () => expect(showDay("infinity", "en", "locale")).toBe("infinity"));
  test("the pattern is named", () => expect(dayPattern("de", "locale")).toBe("DD.MM.YYYY"));
  test("every shown day is read again", () => {
    for (const locale of ["en", "es", "fr", "ja", "de", "sv"]) {
      for (const style of ["locale", "iso", "us", "eu"] as const) {
        for (const text of ["2024-02-29", "1999-12-31", "0001-01-01", "0099-03-04"]) {
          const day = readDay(showDay(text, locale, style), locale, style, today);
          expect(day && writeIsoDay(day), `${locale} ${style} ${text}`).toBe(text);
        }
      }
    }
  });
});

describe("times", () => {
  test.each([
    ["9", "09:00:00"], ["9:30", "09:30:00"], ["9:30 pm", "21:30:00"], ["12 am", "00:00:00"], ["12:15 PM", "12:15:00"], ["23:59:59.123456", "23:59:59.123456"],
    ["24:00", "24:00:00"], ["24:01", null], ["25:00", null], ["9:60", null], ["13 pm", null], ["", null], ["x", null],
  ])("%j is %j", (text, expected) => expect(readTime(text)).toBe(expected));
  test("shows the clock that is asked for", () => {
    expect(showTime("21:05:00", "en", false)).toBe("21:05");
    expect(showTime("21:05:07.120000", "en", true)).toBe("9:05:07.120000 PM");
    expect(showTime("00:05:00+02", "en", true)).toBe("12:05 AM+02");
  });
});

describe("instants", () => {
  test.each([
    ["2024-07-01T12:00:00.123456Z", "Europe/Berlin", "2024-07-01", "14:00:00.123456"],
    ["2024-01-01 23:30:00+00", "Europe/Berlin", "2024-01-02", "00:30:00"],
    ["2024-01-01T00:00:00+05:30", "America/New_York", "2023-12-31", "13:30:00"],
    ["1999-12-31 23:59:60Z", "UTC", "1999-12-31", "23:59:60"],
  ])("%s in %s", (text, zone, day, time) => expect(toLocal(text, zone)).toEqual({ day, time }));
  test.each(["infinity", "0044-03-15T12:00:00Z BC", "12024-01-01T00:00:00Z", "2024-02-30T00:00:00Z", "1880-01-01T00:00:00+00:53:28"])("%s is left alone", (text) => {
    expect(toLocal(text, "UTC")).toBeNull();
  });
  test.each([
    ["Europe/Berlin", "2024-07-01", "2024-07-01T12:00:00+02:00"], ["Europe/Berlin", "2024-01-01", "2024-01-01T12:00:00+01:00"],
    ["Asia/Kolkata", "2024-01-01", "2024-01-01T12:00:00+05:30"], ["America/New_York", "2024-01-01", "2024-01-01T12:00:00-05:00"],
  ])("noon in %s on %s", (zone, day, expected) => expect(fromLocal({ day, time: "12:00:00" }, zone)).toBe(expected));
  test("there and back is the same instant", () => {
    for (const zone of ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham", "Australia/Lord_Howe"]) {
      for (let hour = 0; hour < 24 * 400; hour += 7) {
        const iso = new Date(Date.UTC(2023, 11, 1, hour, 17)).toISOString();
        const local = toLocal(iso, zone)!;
        const back = Date.parse(fromLocal({ ...local, time: local.time.replace(/:00\.000$/, ":00") }, zone));
        // An hour that the clock repeats in autumn has two instants; either is right.
        expect([0, 3_600_000, 1_800_000]).toContain(Math.abs(back - Date.parse(iso)));
      }
    }
  });
  test.each([
    ["2024-01-02 10:00 +02:00", "2024-01-02 10:00", "+02:00"], ["2024-01-02T10:00:00Z", "2024-01-02T10:00:00", "+00:00"],
    ["2024-01-02 10:00-0530", "2024-01-02 10:00", "-05:30"], ["2024-01-02", "2024-01-02", null], ["01-02-2024", "01-02-2024", null],
  ])("the offset of %s", (text, rest, offset) => expect(splitOffset(text)).toEqual({ rest, offset }));
});

describe("intervals", () => {
  test.each([
    ["P1Y2M3DT4H5M6.7S", "1y 2mon 3d 04:05:06.7"], ["PT0S", "00:00:00"], ["1 day 02:00:00", "1d 02:00:00"], ["1:30", "01:30:00"],
    ["-01:30:00", "-01:30:00"], ["90 min", "90m"], ["1d 2h", "1d 02:00:00"], ["2 weeks", "2w"], ["1 year 3 mons", "1y 3mon"],
    ["P-1D", "-1d"], ["PT-1H30M", "-1h 30m"], ["100:00:00", "100:00:00"],
  ])("%s is %s", (text, expected) => {
    const read = readInterval(text);
    expect(read && writeInterval(read)).toBe(expected);
    // What is written is read as the same again.
    expect(readInterval(expected)).not.toBeNull();
  });
  test.each(["", "P", "PT", "1", "abc", "1 day 1 day", "1.5 days", "1:99", "1 fortnight"])("%j is none", (text) => expect(readInterval(text)).toBeNull());
  test("is shown in words of the language", () => {
    expect(showInterval(readInterval("P1DT2H")!, "en")).toBe("1 day 02:00:00");
    expect(showInterval(readInterval("P2D")!, "de")).toBe("2 Tg.");
  });
});

describe("arrays", () => {
  test.each([
    ["{a,b}", ["a", "b"]], ['{"light blue",NULL,"NULL",""}', ["light blue", null, "NULL", ""]], ["{}", []], ["{{1,2},{3,4}}", [["1", "2"], ["3", "4"]]],
    ['{"a\\"b","c\\\\d"}', ['a"b', "c\\d"]], ["[0:1]={5,6}", ["5", "6"]], ["[1, 2.50, null, \"x\"]", ["1", "2.50", null, "x"]], [" { a , b } ", ["a", "b"]],
  ])("reads %s", (text, items) => expect(readArray(text)).toEqual(items));
  test.each(["a,b", "{a", "{a,}", "{a}b", '{"a', "[1,", "{{{{{{{1}}}}}}}", "x{1}"])("%s is none", (text) => expect(readArray(text)).toBeNull());
  test("digits in JSON stay exact", () => expect(readArray("[12345678901234567890.10]")).toEqual(["12345678901234567890.10"]));
  test("whatever is written is read again", () => {
    const items = ["a", "", "NULL", null, 'q"', "\\", "{", "a,b", " x ", ["1", null]];
    expect(readArray(writeArray(items))).toEqual(items);
  });
});

test("a column is as wide as its widest text, within limits", () => {
  const measure = (text: string): number => text.length * 7;
  expect(fitWidth("id", ["1", "1234567890"], measure)).toBe(87);
  expect(fitWidth("a long name", [], measure)).toBe(133);
  expect(fitWidth("x", ["y".repeat(1000)], measure)).toBe(1000);
  expect(clampWidth(1)).toBe(40);
});
