//! What a session's text is made of: names and types of its members, never values. For `authorizer.explain`, off the hot path.

use super::json::{self, Key, NotJson, Scanner};

/// Describes a session as JSON: `{"type":"object","members":[["cookie","object"],…],"login":{"type":…,"members":…}}`.
///
/// `members` are those of the outermost object, in the order of the text, duplicates included; the last one counts. `login` is
/// the member named `passport_key` (UTF-8), described in the same way, or `null` where there is none. What is no object has no
/// members. Names stand as they are written in the text, so that V8 reads them.
///
/// # Errors
/// The text is not JSON, by V8's rules.
pub fn describe(text: &[u8], passport_key: &[u8]) -> Result<Vec<u8>, NotJson> {
    let mut scanner = Scanner::new(text);
    let mut login = None;
    let mut out = Vec::new();
    describe_value(&mut scanner, &mut out, |key, value| {
        if key.is(passport_key) {
            login = Some(value);
        }
    })?;
    scanner.end()?;
    out.extend_from_slice(b",\"login\":");
    match login {
        Some(value) => {
            describe_value(&mut Scanner::new(value), &mut out, |_, _| {})?;
            out.push(b'}');
        }
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
    Ok(out)
}

/// Writes `{"type":…,"members":[…]`, without the brace at the end. `see` gets each member.
fn describe_value<'t>(
    scanner: &mut Scanner<'t>,
    out: &mut Vec<u8>,
    mut see: impl FnMut(Key<'t>, &'t [u8]),
) -> Result<(), NotJson> {
    out.extend_from_slice(b"{\"type\":");
    if !scanner.at_object() {
        json::push_string(out, type_of(scanner.value()?));
        out.extend_from_slice(b",\"members\":[]");
        return Ok(());
    }
    out.extend_from_slice(b"\"object\",\"members\":[");
    let mut next = scanner.first_key()?;
    while let Some(key) = next {
        let value = scanner.value()?;
        out.extend_from_slice(b"[\"");
        out.extend_from_slice(key.as_written());
        out.extend_from_slice(b"\",");
        json::push_string(out, type_of(value));
        out.push(b']');
        see(key, value);
        next = scanner.next_key()?;
        if next.is_some() {
            out.push(b',');
        }
    }
    out.push(b']');
    Ok(())
}

/// The type of a valid JSON value.
fn type_of(value: &[u8]) -> &'static [u8] {
    match value.first() {
        Some(b'{') => b"object",
        Some(b'[') => b"array",
        Some(b'"') => b"string",
        Some(b't' | b'f') => b"boolean",
        Some(b'n') => b"null",
        _ => b"number",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn described(text: &str) -> Value {
        serde_json::from_slice(&describe(text.as_bytes(), b"passport").unwrap()).unwrap()
    }

    #[test]
    fn names_and_types_of_the_outermost_members_and_of_passports() {
        let text = r#" {"cookie":{"path":"/"},"passport":{"user":"u-1","at":[1]},"n":-1.5e3,"s":"x","l":[],"t":true,"f":false,"z":null} "#;
        let members = json!([
            ["cookie", "object"],
            ["passport", "object"],
            ["n", "number"],
            ["s", "string"],
            ["l", "array"],
            ["t", "boolean"],
            ["f", "boolean"],
            ["z", "null"]
        ]);
        let login = json!({ "type": "object", "members": [["user", "string"], ["at", "array"]] });
        assert_eq!(described(text), json!({ "type": "object", "members": members, "login": login }));
    }

    #[test]
    fn no_value_is_in_it() {
        let text = r#"{"a":"secret","passport":{"user":"secret"},"b":["secret",{"secret":"secret"}]}"#;
        assert!(!described(text).to_string().contains("secret"));
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        for (text, name) in
            [("[1]", "array"), ("1", "number"), ("\"x\"", "string"), ("true", "boolean"), ("{}", "object")]
        {
            assert_eq!(described(text), json!({ "type": name, "members": [], "login": null }), "{text}");
        }
        assert_eq!(described(r#"{"passport":7}"#)["login"], json!({ "type": "number", "members": [] }));
    }

    #[test]
    fn escaped_names_are_the_same_names_and_the_last_duplicate_is_the_login() {
        let described = described(r#"{"\u0070assport":{"a":1},"passport":{"b":2},"q\"\n":0}"#);
        assert_eq!(
            described["members"],
            json!([["passport", "object"], ["passport", "object"], ["q\"\n", "number"]])
        );
        assert_eq!(described["login"]["members"], json!([["b", "number"]]));
    }

    #[test]
    fn what_v8_refuses_is_refused() {
        for text in ["", "{", "{\"a\":1}x", "{\"a\":01}"] {
            assert!(describe(text.as_bytes(), b"passport").is_err(), "{text}");
        }
    }
}
