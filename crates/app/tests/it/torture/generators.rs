//! SQL expressions for any value of a type.

use std::fmt::Display;
use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;

/// An SQL expression whose value is of a type, or is cast to it.
pub type Expression = String;

/// A literal, and NULL among the items of arrays and the fields of composites.
fn literal(text: &str) -> Expression {
    format!("'{}'", text.replace('\'', "''"))
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = Expression> {
    proptest::sample::select(texts).prop_map(literal)
}

/// An integer, its extremes among them.
pub fn number<N: Arbitrary + Display + 'static>() -> impl Strategy<Value = Expression> {
    any::<N>().prop_map(|number| format!("'{number}'"))
}

/// Up to 60 digits on either side of the point, whatever the zeros at the end, and what is no number.
pub fn numeric() -> impl Strategy<Value = Expression> {
    prop_oneof![
        9 => "-?[0-9]{1,60}(\\.[0-9]{1,60})?".prop_map(|digits| format!("'{digits}'::numeric")),
        1 => one_of(&["NaN", "Infinity", "-Infinity", "0.000", "1e-1000", "1e1000"]).prop_map(|text| format!("{text}::numeric")),
    ]
}

/// Any double that PostgreSQL reads: all but NaNs with a sign or a load.
pub fn float8() -> impl Strategy<Value = Expression> {
    any::<f64>().prop_map(|value| format!("'{}'::float8", float(value)))
}

/// Any real.
pub fn float4() -> impl Strategy<Value = Expression> {
    any::<f32>().prop_map(|value| {
        let text = if value.is_finite() { format!("{value:e}") } else { float(value.into()) };
        format!("'{text}'::float4")
    })
}

fn float(value: f64) -> String {
    if value.is_nan() { "NaN".to_owned() } else { format!("{value:e}").replace("inf", "Infinity") }
}

/// True or false.
pub fn boolean() -> impl Strategy<Value = Expression> {
    any::<bool>().prop_map(|value| value.to_string())
}

/// A text of so many characters: quotes, controls, spaces at the end and all planes of Unicode among them.
pub fn text(length: Range<usize>) -> impl Strategy<Value = Expression> {
    let character = prop_oneof![
        3 => any::<char>().prop_filter("no text has it", |c| *c != '\0'),
        1 => proptest::sample::select(&['\'', '"', '\\', ' ', ',', '{', '}', '(', ')', '\n', '\t', '\u{1}'][..]),
    ];
    // Of names and of char, bytes count.
    vec(character, length).prop_map(|characters| literal(&characters.into_iter().collect::<String>()))
}

/// One character or none.
pub fn ascii() -> impl Strategy<Value = Expression> {
    "[ -~]?".prop_map(|text| literal(&text))
}

/// From 4713 BC to 5874897, and infinity.
pub fn date() -> impl Strategy<Value = Expression> {
    prop_oneof![
        9 => (-2_451_545..2_145_031_948_i64).prop_map(|days| format!("(date '2000-01-01' + ({days}))")),
        3 => (-750_000..750_000_i64).prop_map(|days| format!("(date '2000-01-01' + ({days}))")),
        1 => one_of(&["infinity", "-infinity", "0001-01-01 BC", "0001-01-01"]).prop_map(|text| format!("date {text}")),
    ]
}

/// From midnight to midnight.
pub fn time() -> impl Strategy<Value = Expression> {
    (0..=86_400_000_000_i64).prop_map(|micros| format!("'{}'", clock(micros)))
}

fn clock(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    format!("{:02}:{:02}:{:02}.{:06}", seconds / 3600, seconds / 60 % 60, seconds % 60, micros % 1_000_000)
}

/// A duration as an interval of days and hours: one of that many microseconds is no number for PostgreSQL 14.
fn days_and_clock(micros: i64) -> String {
    const DAY: i64 = 86_400_000_000;
    format!("interval '{} days {}'", micros.div_euclid(DAY), clock(micros.rem_euclid(DAY)))
}

/// With a zone to the second.
pub fn timetz() -> impl Strategy<Value = Expression> {
    (0..=86_400_000_000_i64, -57_599..=57_599_i64).prop_map(|(micros, zone)| {
        let (sign, zone) = (if zone < 0 { '-' } else { '+' }, zone.abs());
        format!("'{}{sign}{:02}:{:02}:{:02}'", clock(micros), zone / 3600, zone / 60 % 60, zone % 60)
    })
}

/// From 4713 BC to 294276 to the microsecond, and infinity.
pub fn timestamp(ty: &'static str) -> impl Strategy<Value = Expression> {
    let at = move |micros: i64| format!("({ty} '2000-01-01 00:00:00+00' + {})", days_and_clock(micros));
    prop_oneof![
        9 => (-211_813_488_000_000_000..9_223_371_331_000_000_000_i64).prop_map(at),
        3 => (-65_000_000_000_000_000..30_000_000_000_000_000_i64).prop_map(at),
        1 => one_of(&["infinity", "-infinity"]).prop_map(move |text| format!("{ty} {text}")),
    ]
}

/// Months, days and microseconds of any sign; infinity from PostgreSQL 17 on.
pub fn interval(version: u32) -> impl Strategy<Value = Expression> {
    let finite = (-100_000_000..100_000_000_i32, -1_000_000_000..1_000_000_000_i32, any::<i64>()).prop_map(
        |(months, days, micros)| {
            // What PostgreSQL 14 reads: fewer than 2^31 hours.
            let micros = micros / 2;
            let sign = if micros < 0 { '-' } else { '+' };
            format!("interval '{months} mons {days} days {sign}{}'", clock(micros.abs()))
        },
    );
    let special: &[&str] = if version >= 170_000 { &["infinity", "-infinity", "0"] } else { &["0", "-1 year +2 mons"] };
    prop_oneof![9 => finite, 1 => proptest::sample::select(special).prop_map(|text| format!("interval '{text}'"))]
}

/// All cents there are.
pub fn money() -> impl Strategy<Value = Expression> {
    any::<i64>().prop_map(|cents| {
        let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
        format!("'{sign}{}.{:02}'", cents / 100, cents % 100)
    })
}

/// Any bits.
pub fn uuid() -> impl Strategy<Value = Expression> {
    any::<u128>().prop_map(|bits| format!("'{bits:032x}'"))
}

/// Objects with keys that come twice, spaces, numbers of many digits.
pub fn json() -> impl Strategy<Value = Expression> {
    let text = "[ -~ä-ü]{0,8}".prop_map(|text| serde_json::to_string(&text).unwrap());
    let leaf = prop_oneof![
        text.clone(),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,20})?",
        Just("null".to_owned()),
        Just(" true ".to_owned())
    ];
    let tree = leaf.prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(|items| format!("[ {}]", items.join(",  "))),
            vec((text.clone(), inner), 0..3).prop_map(|pairs| {
                let pairs: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key} :{value}")).collect();
                format!("{{{}}}", pairs.join(" , "))
            }),
        ]
    });
    tree.prop_map(|json| literal(&json))
}

/// Content of an element, and text without one.
pub fn xml() -> impl Strategy<Value = Expression> {
    ("[a-z]{1,5}", "[ -%'-;=?-~\n]{0,10}")
        .prop_map(|(name, text)| literal(&format!("<{name} a=\"&lt;\">{text}</{name}> &amp;")))
}

/// Any bytes.
pub fn bytes() -> impl Strategy<Value = Expression> {
    vec(any::<u8>(), 0..12).prop_map(|bytes| {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("'\\x{digits}'::bytea")
    })
}

/// So many bits.
pub fn bits(length: Range<usize>) -> impl Strategy<Value = Expression> {
    vec(any::<bool>(), length).prop_map(|bits| {
        let digits: String = bits.iter().map(|bit| if *bit { '1' } else { '0' }).collect();
        format!("B'{digits}'")
    })
}

/// Addresses of both families with a netmask.
pub fn inet() -> impl Strategy<Value = Expression> {
    prop_oneof![
        (any::<u32>(), 0..=32_u8).prop_map(|(bits, mask)| format!("inet '{}/{mask}'", std::net::Ipv4Addr::from(bits))),
        (any::<u128>(), 0..=128_u8)
            .prop_map(|(bits, mask)| format!("inet '{}/{mask}'", std::net::Ipv6Addr::from(bits))),
    ]
}

/// So many bytes of a hardware address.
pub fn hardware(length: usize, ty: &'static str) -> impl Strategy<Value = Expression> {
    vec(any::<u8>(), length).prop_map(move |bytes| {
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{ty} '{}'", bytes.join(":"))
    })
}

/// A label of the torture's enum.
pub fn mood() -> impl Strategy<Value = Expression> {
    one_of(&["sad", "so so", "it's \"ok\"", "a,b", "{}", "NULL", ""]).prop_map(|label| format!("{label}::torture.mood"))
}

fn or_null(values: impl Strategy<Value = Expression> + 'static) -> BoxedStrategy<Expression> {
    prop_oneof![1 => Just("NULL".to_owned()), 4 => values].boxed()
}

/// A composite.
pub fn part() -> impl Strategy<Value = Expression> {
    (or_null(number::<i32>()), or_null(text(0..8)), or_null(mood()))
        .prop_map(|(a, b, c)| format!("ROW({a}, {b}, {c})::torture.part"))
}

/// A composite of composites, arrays of them and a moment.
pub fn whole() -> impl Strategy<Value = Expression> {
    let many = array("torture.part", part());
    (or_null(part()), or_null(many), or_null(timestamp("timestamptz")))
        .prop_map(|(one, many, at)| format!("ROW({one}, {many}, {at})::torture.whole"))
}

/// Any shape.
pub fn shape(ty: &'static str) -> impl Strategy<Value = Expression> {
    let number =
        prop_oneof![-1e6..1e6_f64, any::<f64>().prop_filter("a shape is somewhere", |value| value.is_finite())];
    vec(number, 8).prop_map(move |numbers| {
        let point = |at: usize| format!("({:e},{:e})", numbers[at], numbers[at + 1]);
        let text = match ty {
            "point" => point(0),
            "line" => format!("{{{:e},1.5,{:e}}}", numbers[0], numbers[1]),
            "lseg" | "box" => format!("{},{}", point(0), point(2)),
            "path" if numbers[0] > 0.0 => format!("[{},{},{}]", point(0), point(2), point(4)),
            "circle" => format!("<{},{:e}>", point(0), numbers[2].abs()),
            _ => format!("({},{},{})", point(0), point(2), point(4)),
        };
        format!("{ty} '{text}'")
    })
}

/// What a function makes of some words.
pub fn words(before: &'static str, after: &'static str) -> impl Strategy<Value = Expression> {
    "[a-z'\\\\: &|!äöü]{1,20}".prop_map(move |text| format!("{before}{}{after}", literal(&text)))
}

/// A range with any bounds, open, closed, missing or equal.
pub fn range(ty: &'static str, values: impl Strategy<Value = Expression> + 'static) -> BoxedStrategy<Expression> {
    let bounds = proptest::sample::select(&["[]", "[)", "(]", "()"][..]);
    let subtype = match ty {
        "int4range" => "int4",
        "int8range" => "int8",
        "numrange" => "numeric",
        "daterange" => "date",
        "tsrange" => "timestamp",
        "tstzrange" => "timestamptz",
        _ => "float8",
    };
    let values = values.boxed();
    let ranged = (values.clone(), values, bounds, any::<[bool; 2]>()).prop_map(move |(a, b, bounds, open)| {
        let (a, b) = (format!("({a})::{subtype}"), format!("({b})::{subtype}"));
        let lower = if open[0] { format!("least({a}, {b})") } else { "NULL".to_owned() };
        let upper = if open[1] { format!("greatest({a}, {b})") } else { "NULL".to_owned() };
        format!("{ty}({lower}, {upper}, '{bounds}')")
    });
    prop_oneof![1 => Just(format!("'empty'::{ty}")), 6 => ranged].boxed()
}

/// Up to three ranges.
pub fn multirange(ty: &'static str, ranges: BoxedStrategy<Expression>) -> impl Strategy<Value = Expression> {
    vec(ranges, 0..3).prop_map(move |ranges| format!("{ty}({})", ranges.join(", ")))
}

/// An array of no, one or two dimensions, with items that are NULL, and bounds of its own.
pub fn array(
    ty: &'static str,
    values: impl Strategy<Value = Expression> + 'static,
) -> impl Strategy<Value = Expression> {
    vec(or_null(values), 0..5).prop_flat_map(move |items| {
        let list = items.join(", ");
        prop_oneof![
            4 => Just(format!("ARRAY[{list}]::{ty}[]")),
            1 => Just(if items.is_empty() { format!("'{{}}'::{ty}[]") } else { format!("ARRAY[ARRAY[{list}], ARRAY[{list}]]::{ty}[]") }),
            1 => (-3..5_i32).prop_map({
                let (list, items) = (list.clone(), items.len());
                move |lower| {
                    let shifted = format!("array_fill(NULL::{ty}, ARRAY[1], ARRAY[{lower}])");
                    if items == 0 { shifted } else { format!("{shifted} || ARRAY[{list}]::{ty}[]") }
                }
            }),
        ]
    })
}
