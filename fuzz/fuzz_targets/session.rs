#![no_main]
//! The JSON scanner against serde_json skipping a value, which judges the grammar alone: no depth, no ranges, no
//! surrogates. `cargo +nightly fuzz run session`

use libfuzzer_sys::fuzz_target;
use passport_socketio_native::core::{
    json::validate,
    session::{Session, read},
};
use serde::de::IgnoredAny;

fuzz_target!(|text: &[u8]| {
    let is_json = serde_json::from_slice::<IgnoredAny>(text).is_ok();
    assert_eq!(validate(text).is_ok(), is_json);
    match read(text, b"passport") {
        Session::User(key) => {
            assert!(is_json && validate(key).is_ok());
            assert!(!matches!(key, b"null" | b"false" | b"\"\""), "nobody is logged in");
        }
        Session::NotJson(refused) => assert!(!is_json && refused.at <= text.len()),
        Session::Absent => assert!(is_json || text.is_empty()),
        Session::NotInitialized | Session::NotLoggedIn => assert!(is_json),
    }
});
