import { describe, expect, test } from "vitest";
import { hasUnseenSigns, nameParts } from "../../src/kernels/name-parts.ts";
import { countingSeries, findSeries, type SeriesKind } from "../../src/kernels/series.ts";

/** The next values after those given, and the one before them. */
function next(kind: SeriesKind, values: readonly string[], locale = "en"): (string | null)[] | null {
  const series = findSeries(values, kind, locale);
  return series && [series(-1), series(values.length), series(values.length + 1)];
}

describe("numbers", () => {
  test("go on by an even distance, exactly", () => {
    expect(next("number", ["1", "2"])).toEqual(["0", "3", "4"]);
    expect(next("number", ["1.10", "1.35", "1.60"])).toEqual(["0.85", "1.85", "2.10"]);
    expect(next("number", ["9223372036854775805", "9223372036854775806"])?.[1]).toBe("9223372036854775807");
    expect(next("number", ["0.1", "0.2"])?.[1]).toBe("0.3");
    expect(next("number", ["5", "3"])).toEqual(["7", "1", "-1"]);
  });
  test("are repeated when they are one, uneven or no digits", () => {
    expect(next("number", ["1"])).toBeNull();
    expect(next("number", ["1", "2", "4"])).toBeNull();
    expect(next("number", ["1", "NaN"])).toBeNull();
    expect(countingSeries("41")?.(1)).toBe("42");
    expect(countingSeries("Infinity")).toBeNull();
  });
});

describe("dates", () => {
  test("go on by days", () => {
    expect(next("date", ["2024-02-28"])).toEqual(["2024-02-27", "2024-02-29", "2024-03-01"]);
    expect(next("date", ["2023-12-18", "2023-12-25"])?.slice(1)).toEqual(["2024-01-01", "2024-01-08"]);
  });
  test("go on by months and years where the day is the same", () => {
    expect(next("date", ["2024-01-15", "2024-02-15"])).toEqual(["2023-12-15", "2024-03-15", "2024-04-15"]);
    expect(next("date", ["2020-02-29", "2024-02-29"])?.[1]).toBe("2028-02-29");
    expect(next("date", ["2021-05-01", "2022-05-01"])?.[1]).toBe("2023-05-01");
  });
  test("stay at the ends of months", () => {
    expect(next("date", ["2024-01-31", "2024-02-29"])?.slice(1)).toEqual(["2024-03-31", "2024-04-30"]);
    expect(next("date", ["2024-01-30", "2024-03-30"])?.[1]).toBe("2024-05-30");
    expect(next("date", ["2023-12-30", "2024-01-30"])?.[1]).toBe("2024-02-29");
  });
  test("pass the turn of the eras, and repeat what is no day", () => {
    expect(next("date", ["0001-01-01"])?.[0]).toBe("0001-12-31 BC");
    expect(next("date", ["infinity"])).toBeNull();
  });
});

describe("times", () => {
  test("keep their clock on the next day", () => {
    expect(next("timestamp", ["2024-02-29T09:30:00.000001"])?.[1]).toBe("2024-03-01T09:30:00.000001");
    expect(next("timestamp", ["2024-01-31 10:00:00", "2024-02-29 10:00:00"])?.[1]).toBe("2024-03-31 10:00:00");
  });
  test("go on by an even distance across midnight", () => {
    expect(next("timestamp", ["2024-12-31T22:00:00", "2024-12-31T23:30:00"])?.[1]).toBe("2025-01-01T01:00:00");
    expect(next("time", ["22:30:00"])?.slice(1)).toEqual(["23:30:00", "00:30:00"]);
    expect(next("time", ["10:00:00", "10:00:00.25"])?.[1]).toBe("10:00:00.5");
  });
});

describe("text", () => {
  test("weekdays and months go round, in the user's language and as they are written", () => {
    expect(next("text", ["Monday"])).toEqual(["Sunday", "Tuesday", "Wednesday"]);
    expect(next("text", ["NOV"])?.slice(1)).toEqual(["DEC", "JAN"]);
    expect(next("text", ["Mon", "Wed"])?.[1]).toBe("Fri");
    expect(next("text", ["mardi"], "fr")?.[1]).toBe("mercredi");
    expect(next("text", ["März"], "de")?.[1]).toBe("April");
    expect(next("text", ["Q3"])?.slice(1)).toEqual(["Q4", "Q1"]);
  });
  test("a number in it counts, and keeps its zeros", () => {
    expect(next("text", ["Item 009"])?.slice(1)).toEqual(["Item 010", "Item 011"]);
    expect(next("text", ["a9b", "a11b"])?.[1]).toBe("a13b");
    expect(next("text", ["Item 99999999999999999999"])?.[1]).toBe("Item 100000000000000000000");
    expect(next("text", ["Item 1"])?.[0]).toBe("Item 0");
  });
  test("other text is repeated", () => {
    expect(next("text", ["apple"])).toBeNull();
    expect(next("text", ["Item 1", "Thing 2"])).toBeNull();
    expect(next("text", ["Monday", "apple"])).toBeNull();
  });
});

describe("names", () => {
  test("show what nobody would see, and stay what they are", () => {
    for (const name of [" a", "a ", "a  b", "a\u00a0b", "a\tb", "a\u200bb", "a\u202eb"]) {
      expect(hasUnseenSigns(name), JSON.stringify(name)).toBe(true);
      expect(nameParts(name).map((part) => part.text).join("")).toBe(name);
    }
    for (const name of ["a b", "Größe", "👩\u200d👩\u200d👧", "می\u200cخواهم"]) expect(hasUnseenSigns(name), name).toBe(false);
    expect(nameParts(" x ")).toEqual([{ text: " ", unseen: true }, { text: "x", unseen: false }, { text: " ", unseen: true }]);
  });
});
