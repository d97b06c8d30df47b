//! What the text of a stored session says about its user: `JSON.parse(text)[passport_key].user`, by V8's rules.

use std::fmt;

use super::json::{NotJson, Scanner, is_truthy};

/// What a stored session says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Session<'t> {
    /// The user key: the JSON text of `session[passport_key].user`, as it is written. Any value that Passport accepts
    /// as a key, `0` included.
    User(&'t [u8]),
    /// The text is empty or a falsy JSON value (`null`, `false`, `0`, `""`): a store then has no session.
    Absent,
    /// `session[passport_key]` is absent or falsy.
    NotInitialized,
    /// `session[passport_key]` is truthy (an object without `user`, an array, a string, …) but has no own `user`, or
    /// one that is no key: `null`, `false`, `""`.
    NotLoggedIn,
    /// `JSON.parse` would throw. An error anywhere in the text counts, also behind the user.
    NotJson(NotJson),
}

/// The user key is personal data: `Debug` does not show it.
impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(key) => write!(f, "User({} bytes)", key.len()),
            Self::Absent => f.write_str("Absent"),
            Self::NotInitialized => f.write_str("NotInitialized"),
            Self::NotLoggedIn => f.write_str("NotLoggedIn"),
            Self::NotJson(refused) => f.debug_tuple("NotJson").field(refused).finish(),
        }
    }
}

/// Reads a session's text. `passport_key` (UTF-8) is the name of Passport's member in it.
///
/// As after `JSON.parse`, the last of duplicate members counts, an escaped key (`"\u0070assport"`) is the same key,
/// and `__proto__` is an ordinary one. Only own members of objects count: neither `"length"` of an array nor
/// `"constructor"` of anything is found.
#[must_use]
pub fn read<'t>(text: &'t [u8], passport_key: &[u8]) -> Session<'t> {
    if text.is_empty() {
        return Session::Absent;
    }
    let mut scanner = Scanner::new(text);
    let said = read_session(&mut scanner, passport_key);
    said.and_then(|said| scanner.end().map(|()| said)).unwrap_or_else(Session::NotJson)
}

fn read_session<'t>(scanner: &mut Scanner<'t>, passport_key: &[u8]) -> Result<Session<'t>, NotJson> {
    if !scanner.at_object() {
        let is_session = is_truthy(scanner.value()?);
        return Ok(if is_session { Session::NotInitialized } else { Session::Absent });
    }
    let mut said = Session::NotInitialized;
    let mut next = scanner.first_key()?;
    while let Some(key) = next {
        if key.is(passport_key) {
            said = read_passport(scanner)?;
        } else {
            scanner.value()?;
        }
        next = scanner.next_key()?;
    }
    Ok(said)
}

/// Reads `session[passport_key]`, at which the scanner is.
fn read_passport<'t>(scanner: &mut Scanner<'t>) -> Result<Session<'t>, NotJson> {
    if !scanner.at_object() {
        let is_initialized = is_truthy(scanner.value()?);
        return Ok(if is_initialized { Session::NotLoggedIn } else { Session::NotInitialized });
    }
    let mut said = Session::NotLoggedIn;
    let mut next = scanner.first_key()?;
    while let Some(key) = next {
        let value = scanner.value()?;
        if key.is(b"user") {
            said = if is_user_key(value) { Session::User(value) } else { Session::NotLoggedIn };
        }
        next = scanner.next_key()?;
    }
    Ok(said)
}

/// Passport's own session strategy tests `if (su || su === 0)`: of the falsy values only a number is a key.
fn is_user_key(user: &[u8]) -> bool {
    !matches!(user, b"null" | b"false" | b"\"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Session<'_> {
        read(text.as_bytes(), b"passport")
    }

    fn user(key: &str) -> Session<'_> {
        Session::User(key.as_bytes())
    }

    #[test]
    fn cuts_the_user_out_as_it_is_written() {
        let keys =
            ["1", "0", "-0", "1e999", "true", "\" \"", "\"ab\\ud800\"", "{\"id\": [1, {}]}", "[]", "{}"];
        for key in keys {
            let text = format!(
                r#"{{"cookie":{{"path":"/"}},"passport":{{"a":[{{}}] , "user" : {key} ,"b":2}},"c":3}}"#
            );
            assert_eq!(said(&text), user(key), "{text}");
        }
    }

    #[test]
    fn the_last_duplicate_counts() {
        assert_eq!(said(r#"{"passport":{"user":1,"user":2}}"#), user("2"));
        assert_eq!(said(r#"{"passport":{"user":1},"passport":{"user":2}}"#), user("2"));
        assert_eq!(said(r#"{"passport":{"user":1},"passport":{}}"#), Session::NotLoggedIn);
        assert_eq!(said(r#"{"passport":{"user":1},"passport":0}"#), Session::NotInitialized);
        assert_eq!(said(r#"{"passport":null,"passport":{"user":1}}"#), user("1"));
        assert_eq!(said(r#"{"passport":{"user":1},"\u0070assport":{"us\u0065r":2}}"#), user("2"));
    }

    #[test]
    fn a_user_that_is_no_key_is_not_logged_in() {
        for key in ["null", "false", "\"\""] {
            let text = format!(r#"{{"passport":{{"a":1, "user" : {key} ,"b":2}}}}"#);
            assert_eq!(said(&text), Session::NotLoggedIn, "{text}");
        }
        assert_eq!(said(r#"{"passport":{"user":1,"user":null}}"#), Session::NotLoggedIn);
        assert_eq!(said(r#"{"passport":{"user":null,"user":1}}"#), user("1"));
        assert_eq!(said(r#"{"passport":{"user":"\u0000"}}"#), user(r#""\u0000""#));
    }

    #[test]
    fn tells_no_session_from_no_passport_from_no_user() {
        for text in ["", "null", " false ", "0", "-0.0", "\"\"", "1e-999"] {
            assert_eq!(said(text), Session::Absent, "{text}");
        }
        let not_initialized = [
            "{}",
            "[]",
            "1",
            "true",
            "\"passport\"",
            r#"[{"passport":{"user":1}}]"#,
            r#"{"passport":false}"#,
            r#"{"passport":""}"#,
            r#"{"cookie":{"passport":{"user":1}}}"#,
            r#"{"Passport":{"user":1}}"#,
            r#"{"__proto__":{"passport":{"user":1}}}"#,
        ];
        for text in not_initialized {
            assert_eq!(said(text), Session::NotInitialized, "{text}");
        }
        let not_logged_in = [
            r#"{"passport":{}}"#,
            r#"{"passport":[]}"#,
            r#"{"passport":"user"}"#,
            r#"{"passport":7}"#,
            r#"{"passport":[{"user":1}]}"#,
            r#"{"passport":{"__proto__":{"user":1}}}"#,
            r#"{"passport":{"a":{"user":1}}}"#,
        ];
        for text in not_logged_in {
            assert_eq!(said(text), Session::NotLoggedIn, "{text}");
        }
    }

    #[test]
    fn invalid_anywhere_is_not_json() {
        for (text, at) in [
            (" ", 1),
            (r#"{"passport":{"user":1}}x"#, 23),
            (r#"{"passport":{"user":1},"a":01}"#, 28),
            (r#"{"passport":{"user":1},}"#, 23),
            (r#"{"passport":{"user":}}"#, 20),
        ] {
            assert_eq!(said(text), Session::NotJson(NotJson { at }), "{text}");
        }
    }

    #[test]
    fn any_name_may_be_passports() {
        assert_eq!(read(br#"{"":{"user":1}}"#, b""), user("1"));
        assert_eq!(read(br#"{"__proto__":{"user":1}}"#, b"__proto__"), user("1"));
        assert_eq!(read(br#"{"a":{"user":1}}"#, b"constructor"), Session::NotInitialized);
        assert_eq!(read(r#"{"p\u00e4ss":{"user":1}}"#.as_bytes(), "päss".as_bytes()), user("1"));
    }

    #[test]
    fn debug_does_not_show_the_user() {
        assert_eq!(format!("{:?}", said(r#"{"passport":{"user":"secret"}}"#)), "User(8 bytes)");
    }
}
