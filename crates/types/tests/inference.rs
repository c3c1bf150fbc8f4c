//! What columns are taken for, and that what is accepted is read back as the same value.

use mathesar_types::{
    infer::{ColumnInference, DateOrder, Guess, LossKind, Normaliser, Reading, Refusal, Separators},
    pgtype::Modifier,
};
use proptest::prelude::*;

fn guess<S: AsRef<str>>(fields: &[S]) -> Guess {
    let mut column = ColumnInference::new(1000);
    for (line, field) in (2..).zip(fields) {
        column.observe(line, Some(field.as_ref()).filter(|field| !field.is_empty()));
    }
    column.finish()
}

fn normalised(reading: Reading, field: &str) -> Result<Option<String>, Refusal> {
    let mut scratch = String::new();
    Normaliser::new(reading, Modifier::None).normalise(field, &mut scratch).map(|field| field.map(str::to_owned))
}

const COMMA: Reading = Reading::Numeric(Separators::CommaGroups);
const POINT: Reading = Reading::Numeric(Separators::PointGroups);
const PLAIN: Reading = Reading::Numeric(Separators::Plain);

/// Columns, and what they are taken for.
const COLUMNS: &[(&[&str], Reading)] = &[
    (&[], Reading::Text),
    (&["", ""], Reading::Text),
    (&["1", "2", "-3"], Reading::Integer),
    (&["0", "1", "1"], Reading::Integer),
    (&["1", "2147483648"], Reading::Bigint),
    (&["-9223372036854775808"], Reading::Bigint),
    (&["9223372036854775808"], PLAIN),
    (&["99999999999999999999"], PLAIN),
    (&["100000000000000000000"], Reading::Text),
    (&["007", "12"], Reading::Text),
    (&["00"], Reading::Text),
    (&["-07"], Reading::Text),
    (&["+49", "12"], Reading::Text),
    (&["1", "2", ""], Reading::Integer),
    (&[" 1", "2 "], Reading::Integer),
    (&["1", "  "], Reading::Integer),
    (&["1", "two"], Reading::Text),
    (&["1.5", ".097", "-2"], PLAIN),
    (&["1."], Reading::Text),
    (&["1e5", "2"], Reading::Text),
    (&["NaN", "1"], Reading::Text),
    (&["1,234.50", "12.00"], COMMA),
    (&["1,234", "567.5"], COMMA),
    (&["1,234,567", "5"], COMMA),
    (&["1.234,50", "12,00"], POINT),
    (&["3,99", "12,5"], POINT),
    (&["1,234", "5,678"], Reading::Text),
    (&["1,234.50", "1.234,50"], Reading::Text),
    (&["1,23,456.00"], Reading::Text),
    (&["$5", "$6"], Reading::Text),
    (&["12%"], Reading::Text),
    (&["true", "FALSE"], Reading::Boolean),
    (&["t", "f"], Reading::Boolean),
    (&["yes", "no"], Reading::Boolean),
    (&["no", "no"], Reading::Text),
    (&["yes", "f"], Reading::Text),
    (&["M", "F"], Reading::Text),
    (&["1998-06-12", "2024-02-29"], Reading::Date(DateOrder::Ymd)),
    (&["2023-02-29"], Reading::Text),
    (&["0044-03-15 BC"], Reading::Date(DateOrder::Ymd)),
    (&["1998/06/12"], Reading::Date(DateOrder::Ymd)),
    (&["1998-06/12"], Reading::Text),
    (&["12.06.1998", "13.06.1998"], Reading::Date(DateOrder::Dmy)),
    (&["06/12/1998", "06/13/1998"], Reading::Date(DateOrder::Mdy)),
    (&["06/12/1998", "07/11/1998"], Reading::Text),
    (&["13/06/1998", "06/13/1998"], Reading::Text),
    (&["06/13/98"], Reading::Text),
    (&["Jun 12 1998", "Sept 3, 2001"], Reading::Date(DateOrder::Named)),
    (&["12 June 1998", "3-Feb-2001"], Reading::Date(DateOrder::Named)),
    (&["Feb 30 1998"], Reading::Text),
    (&["19980612"], Reading::Integer),
    (&["2020-01-02 03:04", "2020-01-02T03:04:05.678"], Reading::Timestamp(DateOrder::Ymd)),
    (&["1/15/2020 1:45 PM"], Reading::Timestamp(DateOrder::Mdy)),
    (&["2020-01-02T03:04:05Z", "2020-01-02 03:04:05+02"], Reading::TimestampTz(DateOrder::Ymd)),
    (&["2020-01-02T03:04:05Z", "2020-01-02 03:04:05"], Reading::Text),
    (&["2020-01-02", "2020-01-02 03:04:05"], Reading::Text),
    (&["2020-01-02 03:04:05.1234567"], Reading::Text),
    (&["2020-01-02 03:04:05.123456000"], Reading::Timestamp(DateOrder::Ymd)),
    (&["2020-01-02 24:00"], Reading::Text),
    (&["09:30", "23:59:59.5"], Reading::Time),
    (&["09:30:00", "25:00:00"], Reading::Interval),
    (&["25:61:00"], Reading::Text),
    (&["P1Y2M3DT4H5M6.7S", "PT0S"], Reading::Interval),
    (&["P1D2Y"], Reading::Text),
    (&["P", "PT"], Reading::Text),
    (&["PLUMBER", "P"], Reading::Text),
    (&["f47ac10b-58cc-4372-a567-0e02b2c3d479", "12345678-58cc-4372-a567-0e02b2c3d479"], Reading::Uuid),
    (&["{\"a\": 1}", "[1, 2]"], Reading::Json),
    (&["{\"a\": 1}", "{a: 1}"], Reading::Text),
    (&["[\"\\u0000\"]"], Reading::Text),
    (&["192.168.0.1", "::1"], Reading::Text),
    (&["192.168.100.200"], Reading::Text),
    (&["Customer 2471"], Reading::Text),
    (&["12 Acacia Avenue"], Reading::Text),
    (&["555-1234"], Reading::Text),
    (&["٣"], Reading::Text),
];

#[test]
fn columns_are_taken_for_what_they_surely_are() {
    for (fields, reading) in COLUMNS {
        assert_eq!(guess(fields).reading, *reading, "{fields:?}");
    }
}

#[test]
fn fields_become_what_postgresql_reads_in_one_way() {
    let dmy = DateOrder::Dmy;
    let cases = [
        (COMMA, "1,234.50", "1234.50"),
        (POINT, "-1.234,5", "-1234.5"),
        (POINT, "12", "12"),
        (PLAIN, ".097", ".097"),
        (PLAIN, "1e5", "1e5"),
        (Reading::Integer, " 7 ", "7"),
        (Reading::Text, " 7 ", " 7 "),
        (Reading::Date(dmy), "3.6.1998", "1998-06-03"),
        (Reading::Date(DateOrder::Mdy), "3/6/1998", "1998-03-06"),
        (Reading::Date(DateOrder::Named), "Jun 12 1998", "1998-06-12"),
        (Reading::Date(DateOrder::Ymd), "infinity", "infinity"),
        (Reading::Date(DateOrder::Ymd), "0044-03-15 BC", "0044-03-15 BC"),
        (Reading::Timestamp(dmy), "3.6.1998 12:05 am", "1998-06-03 00:05:00"),
        (Reading::TimestampTz(DateOrder::Ymd), "2020-01-02T03:04:05,5-0330", "2020-01-02 03:04:05.5-03:30"),
        (Reading::TimestampTz(DateOrder::Ymd), "2020-01-02T03:04:05.120000000Z", "2020-01-02 03:04:05.120000+00:00"),
        (Reading::Time, "1:45 PM", "13:45:00"),
        (Reading::Time, "24:00:00", "24:00:00"),
        (Reading::Date(DateOrder::Ymd), "5874897-12-31", "5874897-12-31"),
        (Reading::Timestamp(DateOrder::Ymd), "294276-02-29T23:59:59.5", "294276-02-29 23:59:59.5"),
        (Reading::Boolean, "Yes", "Yes"),
    ];
    for (reading, field, expected) in cases {
        assert_eq!(normalised(reading, field), Ok(Some(expected.to_owned())), "{reading:?} {field:?}");
    }
    assert_eq!(normalised(Reading::Integer, "  "), Ok(None), "a blank field is NULL in every type but text");
}

#[test]
fn a_field_that_would_be_changed_silently_is_refused() {
    let ymd = DateOrder::Ymd;
    let unreadable = [
        (Reading::Date(ymd), "06/12/1998"),
        (Reading::Date(ymd), "12345678-01-01"),
        (Reading::Date(ymd), "29990-13-01"),
        (Reading::Date(ymd), "1998-06-12 10:00"),
        (Reading::Timestamp(ymd), "1998-06-12 10:00Z"),
        (Reading::Timestamp(ymd), "1998-06-12"),
        (Reading::TimestampTz(ymd), "1998-06-12 10:00"),
        (Reading::Time, "1998-06-12 10:00"),
        (Reading::Interval, "90"),
        (POINT, "1,234.50"),
    ];
    for (reading, field) in unreadable {
        assert_eq!(normalised(reading, field), Err(Refusal::NotReadable), "{reading:?} {field:?}");
    }
    let mut scratch = String::new();
    let cents = Normaliser::new(PLAIN, Modifier::Numeric { precision: 10, scale: 2 });
    assert_eq!(cents.normalise("1.239", &mut scratch), Err(Refusal::TooManyFractionDigits { kept: 2 }));
    assert_eq!(cents.normalise("1.2300", &mut scratch), Ok(Some("1.2300")));
    let whole_seconds = Normaliser::new(Reading::Time, Modifier::TimePrecision(0));
    assert_eq!(whole_seconds.normalise("10:00:00.5", &mut scratch), Err(Refusal::TooManyFractionDigits { kept: 0 }));
}

#[test]
fn a_mixed_column_says_which_rows_stand_in_the_way() {
    let mut fields: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    fields[4] = "see note".to_owned();
    fields[9] = "12 (est.)".to_owned();
    let guess = guess(&fields);
    assert_eq!(guess.reading, Reading::Text);
    assert!(guess.confidence < 0.6, "{}", guess.confidence);
    let integer = &guess.alternatives[0];
    assert_eq!((integer.reading, integer.failing), (Reading::Integer, 2));
    let samples: Vec<_> = integer.samples.iter().map(|sample| (sample.line, sample.value.as_str())).collect();
    assert_eq!(samples, [(6, "see note"), (11, "12 (est.)")]);
}

#[test]
fn codes_offer_the_number_and_say_what_it_would_lose() {
    let guess = guess(&["01234", "99999"]);
    let integer = guess.alternatives.iter().find(|other| other.reading == Reading::Integer).unwrap();
    assert_eq!((integer.failing, integer.losses.len()), (0, 1));
    assert_eq!((integer.losses[0].kind, integer.losses[0].rows), (LossKind::LeadingZeros, 1));
    assert_eq!(integer.losses[0].samples[0].value, "01234");
}

#[test]
fn days_that_could_be_months_are_offered_in_both_orders() {
    let guess = guess(&["01/02/2020", "03/04/2020"]);
    let offered: Vec<_> = guess.alternatives.iter().map(|other| other.reading).collect();
    assert_eq!(offered, [Reading::Date(DateOrder::Dmy), Reading::Date(DateOrder::Mdy)]);
}

#[test]
fn three_decimals_that_could_be_thousands_are_less_sure_and_offered_both_ways() {
    let guess = guess(&["1.234", "22.500"]);
    assert_eq!(guess.reading, PLAIN);
    assert!(guess.confidence < 0.5);
    assert!(guess.alternatives.iter().any(|other| other.reading == POINT));
}

#[test]
fn the_counts_are_of_all_rows() {
    let guess = guess(&["1", "", " ", "2"]);
    assert_eq!((guess.rows, guess.empties), (4, 1));
    assert_eq!(guess.losses.iter().map(|loss| (loss.kind, loss.rows)).collect::<Vec<_>>(), [(LossKind::Blank, 1)]);
}

#[test]
fn a_key_is_recognised_within_the_limit_and_beyond_it_when_it_rises() {
    assert!(guess(&["b", "a", "c"]).unique);
    assert!(!guess(&["b", "a", "b"]).unique);
    assert!(!guess(&["1", "", "3"]).unique);
    let rising: Vec<String> = (0..5000).map(|number| number.to_string()).collect();
    assert!(guess(&rising).unique);
    let falling: Vec<String> = (0..5000).rev().map(|number| number.to_string()).collect();
    assert!(!guess(&falling).unique, "beyond the limit nothing is promised");
}

#[test]
fn a_reading_survives_its_names() {
    for reading in
        [COMMA, POINT, PLAIN, Reading::Date(DateOrder::Mdy), Reading::TimestampTz(DateOrder::Named), Reading::Json]
    {
        assert_eq!(Reading::choose(reading.pg_type(), reading.format()), Some(reading));
    }
    assert_eq!(Reading::choose("double precision", Some("1.234,5")), Some(POINT));
    assert_eq!(Reading::choose("mood", None), Some(Reading::Verbatim));
    assert_eq!(Reading::choose("date", Some("ydm")), None);
    assert_eq!(Reading::choose("uuid", Some("dmy")), None);
}

proptest! {
    #[test]
    fn any_text_is_survived(fields in proptest::collection::vec(".{0,40}|[-+0-9.,:/TZ PM]{0,30}", 0..20)) {
        let guess = guess(&fields);
        prop_assert!((0.0..=1.0).contains(&guess.confidence));
        for field in fields.iter().filter(|field| !field.is_empty()) {
            prop_assert!(normalised(guess.reading, field).is_ok(), "{:?} refuses {field:?}", guess.reading);
        }
    }

    #[test]
    fn integers_are_integers(numbers in proptest::collection::vec(any::<i32>(), 1..50)) {
        let fields: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        prop_assert_eq!(guess(&fields).reading, Reading::Integer);
    }

    #[test]
    fn grouped_numbers_come_back_digit_for_digit(cents in any::<i32>()) {
        let plain = format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
        let (whole, fraction) = plain.split_once('.').unwrap();
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
        let grouped = |separator: &str| {
            let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
            groups.join(separator)
        };
        let comma = format!("{sign}{}.{fraction}", grouped(","));
        let point = format!("{sign}{},{fraction}", grouped("."));
        prop_assert_eq!(normalised(COMMA, &comma), Ok(Some(plain.clone())));
        prop_assert_eq!(normalised(POINT, &point), Ok(Some(plain)));
    }

    #[test]
    fn days_come_back_in_the_order_that_the_column_shows(year in 1u16..=9999, month in 1u8..=12, day in 13u8..=28) {
        let iso = format!("{year:04}-{month:02}-{day:02}");
        for (field, order) in [
            (format!("{day}.{month}.{year:04}"), DateOrder::Dmy),
            (format!("{month:02}/{day:02}/{year:04}"), DateOrder::Mdy),
            (iso.clone(), DateOrder::Ymd),
        ] {
            let reading = guess(std::slice::from_ref(&field)).reading;
            prop_assert_eq!(reading, Reading::Date(order));
            prop_assert_eq!(normalised(reading, &field), Ok(Some(iso.clone())));
        }
    }
}

#[test]
fn words_for_no_value_do_not_make_numbers_text() {
    for (fields, reading) in [
        (&["1", "NA", "3"][..], Reading::Integer),
        (&["1.5", "\\N", "-"], PLAIN),
        (&["2020-01-01", "null", " N/A "], Reading::Date(DateOrder::Ymd)),
        (&["yes", "no", "-"], Reading::Boolean),
    ] {
        let found = guess(fields);
        assert_eq!((found.reading, found.null_words_are_null, found.unique), (reading, true, false), "{fields:?}");
    }
    let found = guess(&["1", "NA", "NA", "null", "3"]);
    let words: Vec<_> = found.null_words.iter().map(|word| (word.word, word.rows, word.line)).collect();
    assert_eq!(words, [("NA", 2, 3), ("null", 1, 5)]);
    assert_eq!(found.alternatives[0].reading, Reading::Text);
}

#[test]
fn words_for_no_value_stay_what_they_are_in_text() {
    for fields in [&["EU", "NA", "AS"][..], &["-", "-"], &["NA"], &["1", "many", "-"], &["007", "NA"]] {
        let found = guess(fields);
        assert_eq!((found.reading, found.null_words_are_null), (Reading::Text, false), "{fields:?}");
        assert_eq!(found.null_words.len(), 1, "they are told of all the same: {fields:?}");
    }
    // Other capitals, or more around them, are other words.
    assert!(guess(&["nA", "- x", "nully"]).null_words.is_empty());
    let found = guess(&["1", "many", "NA", "4"]);
    assert_eq!(found.alternatives[0].failing, 1, "only what is no such word is at fault");
}
