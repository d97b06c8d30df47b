use super::*;

fn position(text: &str) -> Option<usize> {
    validate(text.as_bytes()).err().map(|refused| refused.at)
}

#[test]
fn accepts_what_v8_accepts() {
    let texts = [
        "null",
        " true\t",
        "\r\nfalse",
        "0",
        "-0",
        "-0.0e-0",
        "1E+2",
        "12.50e3",
        "1e999",
        "1e-999",
        "\"\"",
        r#""\ud800""#,
        r#""\u00Ff\"\\\/\b\f\n\r\t""#,
        "\"\u{7f}\u{2028}é😀\"",
        "[]",
        "{}",
        "[ 1 , [ ] , { } ]",
        r#"{ "a" : 1 , "a" : { "" : [ ] } }"#,
        r#"{"__proto__":null}"#,
    ];
    for text in texts {
        assert_eq!(position(text), None, "{text}");
    }
}

#[test]
fn says_where_it_stops() {
    let texts = [
        ("", 0),
        (" ", 1),
        ("\u{feff}1", 0),
        ("\u{a0}1", 0),
        ("\u{b}1", 0),
        ("undefined", 0),
        ("'a'", 0),
        ("/**/1", 0),
        ("+1", 0),
        (".5", 0),
        ("NaN", 0),
        ("-", 1),
        ("--1", 1),
        ("-Infinity", 1),
        ("01", 1),
        ("-01", 2),
        ("0x1", 1),
        ("1.", 2),
        ("1.e1", 2),
        ("1e", 2),
        ("1e+", 3),
        ("1 1", 2),
        ("1,", 1),
        ("tru", 3),
        ("trux", 3),
        ("nulll", 4),
        ("TRUE", 0),
        ("\"", 1),
        ("\"a", 2),
        ("\"a\n\"", 2),
        ("\"12345678\t\"", 9),
        ("\"\\", 2),
        ("\"\\x\"", 2),
        ("\"\\u12\"", 5),
        ("\"\\u12g4\"", 5),
        ("\"\\U1234\"", 2),
        ("[", 1),
        ("[1", 2),
        ("[1,]", 3),
        ("[,1]", 1),
        ("[1 2]", 3),
        ("[1}", 2),
        ("]", 0),
        ("{", 1),
        ("{1:2}", 1),
        ("{a:2}", 1),
        ("{\"a\"}", 4),
        ("{\"a\":}", 5),
        ("{\"a\":1,}", 7),
        ("{\"a\":1", 6),
        ("{\"a\":1]", 6),
        ("{\"a\":1}}", 7),
        ("{\"a\" 1}", 5),
    ];
    for (text, at) in texts {
        assert_eq!(position(text), Some(at), "{text:?}");
    }
}

#[test]
fn only_a_string_may_hold_bytes_that_are_not_utf8() {
    assert_eq!(validate(b"\"\xff\xc3\""), Ok(()));
    assert_eq!(validate(b"{\"\xff\":1}"), Ok(()));
    assert_eq!(validate(b"[1\xff]"), Err(NotJson { at: 2 }));
}

#[test]
fn nests_a_million_levels() {
    const LEVELS: usize = 1_000_000;
    let arrays = [vec![b'['; LEVELS], vec![b']'; LEVELS]].concat();
    assert_eq!(validate(&arrays), Ok(()));
    assert_eq!(validate(&arrays[..2 * LEVELS - 1]), Err(NotJson { at: 2 * LEVELS - 1 }));

    let mixed = ["{\"a\":[".repeat(LEVELS / 2), "]}".repeat(LEVELS / 2)].concat();
    assert_eq!(position(&mixed), None);
    let crossed = mixed.replacen("]}", "}]", 1);
    assert_eq!(position(&crossed), Some(6 * LEVELS / 2));
}

#[test]
fn truthiness_is_that_of_javascript() {
    for falsy in ["null", "false", "\"\"", "0", "-0", "0.0", "-0.00e9", "0E-5", "1e-999", "2e-324", "-1e-400"]
    {
        assert!(!is_truthy(falsy.as_bytes()), "{falsy}");
    }
    for truthy in
        ["true", "\"0\"", "\" \"", "{}", "[]", "1", "-1", "0.1", "5e-324", "3e-324", "1e999", "-1e999"]
    {
        assert!(is_truthy(truthy.as_bytes()), "{truthy}");
    }
}
