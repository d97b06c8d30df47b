//! The core against what JavaScript says: vectors written by `tests/data/generate.js` from cookie 0.7.2,
//! cookie-parser 1.4.7, cookie-signature 1.0.6 and V8's own `decodeURIComponent` and `JSON.parse`.

use std::collections::BTreeMap;

use passport_socketio_native::core::{
    cookie, json, percent,
    session::{self, Session},
    signature::Secrets,
};
use serde_json::Value;

#[test]
fn cookies_are_those_of_cookie_0_7_2() {
    let rows: Vec<(String, Vec<(String, String)>)> =
        serde_json::from_str(include_str!("data/cookies.json")).unwrap();
    for (header, expected) in &rows {
        let mut cookies = BTreeMap::new();
        for (name, raw) in cookie::pairs(header.as_bytes()) {
            cookies.entry(text(name)).or_insert_with(|| text(&cookie::value(raw)));
        }
        assert_eq!(cookies, expected.iter().cloned().collect(), "{header:?}");

        for name in ["a", "connect.sid", "__proto__", "constructor", ""] {
            let found = cookie::find(header.as_bytes(), name.as_bytes()).map(|raw| text(&cookie::value(raw)));
            assert_eq!(found.as_ref(), cookies.get(name), "{header:?} {name:?}");
        }
    }
    assert!(rows.len() > 2000);
}

#[test]
fn percent_decoding_is_that_of_decode_uri_component() {
    let rows: Vec<(String, Option<String>)> =
        serde_json::from_str(include_str!("data/percent.json")).unwrap();
    for (raw, expected) in &rows {
        let decoded = percent::decode(raw.as_bytes()).map(|decoded| text(&decoded));
        assert_eq!(decoded, *expected, "{raw:?}");
    }
    assert!(rows.len() > 500);
}

#[test]
fn signed_cookies_are_those_of_cookie_parser_1_4_7() {
    let rows: Vec<(String, Vec<String>, Value)> =
        serde_json::from_str(include_str!("data/signatures.json")).unwrap();
    for (header, secrets, expected) in &rows {
        let secrets = Secrets::new(secrets);
        let value = cookie::find(header.as_bytes(), b"sid").map(cookie::value).unwrap();
        let id = match value.strip_prefix(b"s:") {
            Some(signed) => secrets.unsign(signed).map_or(Value::Bool(false), |id| Value::String(text(id))),
            None => Value::Null,
        };
        assert_eq!(id, *expected, "{header:?}");
    }
    assert!(rows.len() > 500);
}

#[test]
fn sessions_are_those_of_json_parse() {
    let rows: Vec<(String, String, Vec<Value>)> =
        serde_json::from_str(include_str!("data/sessions.json")).unwrap();
    let mut positions = 0;
    for (text, passport_key, expected) in &rows {
        let said = session::read(text.as_bytes(), passport_key.as_bytes());
        assert_eq!(outcome(&said), expected[0], "{text:?}");
        match said {
            Session::User(key) => {
                let start = key.as_ptr().addr() - text.as_ptr().addr();
                assert_eq!(
                    [expected[1].clone(), expected[2].clone()],
                    [start, start + key.len()],
                    "{text:?}"
                );
            }
            Session::NotJson(refused) => {
                assert_eq!(json::validate(text.as_bytes()), Err(refused));
                // Where V8 names a position, it is ours.
                if !expected[1].is_null() {
                    assert_eq!(expected[1], refused.at, "{text:?}");
                    positions += 1;
                }
            }
            Session::Absent | Session::NotInitialized | Session::NotLoggedIn => {
                assert_eq!(json::validate(text.as_bytes()).is_ok(), !text.is_empty(), "{text:?}");
            }
        }
    }
    assert!(rows.len() > 1000 && positions > 100);
}

#[test]
fn bytes_that_are_not_utf8_are_read_as_node_reads_them() {
    let rows: Vec<(String, String)> = serde_json::from_str(include_str!("data/bytes.json")).unwrap();
    for (hex, expected) in &rows {
        let digits = hex.as_bytes().chunks(2).map(|byte| str::from_utf8(byte).unwrap());
        let bytes: Vec<u8> = digits.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        assert_eq!(outcome(&session::read(&bytes, b"passport")), expected, "{hex}");
    }
    assert!(rows.len() > 30);
}

/// What is not UTF-8 would show as U+FFFD, and differ from what JavaScript said.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn outcome(said: &Session<'_>) -> &'static str {
    match said {
        Session::User(_) => "User",
        Session::Absent => "Absent",
        Session::NotInitialized => "NotInitialized",
        Session::NotLoggedIn => "NotLoggedIn",
        Session::NotJson(_) => "NotJson",
    }
}
