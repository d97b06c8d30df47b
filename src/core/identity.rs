//! By what a user key is recognised.

use super::json::Scanner;

/// The part of a user key (a valid JSON text) that says who the user is: the value of `id`, or else of `_id`, where the
/// key is an object that has one, and else the whole key. Apps that serialize the whole profile change it while the user
/// stays the same. `null` is no value here.
///
/// Returned as it is written. Equal bytes are the same user. Different bytes may be the same value in another notation.
#[must_use]
pub fn identity(user_key: &[u8]) -> &[u8] {
    let mut scanner = Scanner::new(user_key);
    if !scanner.at_object() {
        return user_key;
    }
    let (mut id, mut underscore_id) = (None, None);
    let mut next = scanner.first_key();
    while let Ok(Some(name)) = next {
        let Ok(value) = scanner.value() else { break };
        // The last of duplicate members counts, as in V8.
        if name.is(b"id") {
            id = Some(value);
        } else if name.is(b"_id") {
            underscore_id = Some(value);
        }
        next = scanner.next_key();
    }
    let is_value = |value: &&[u8]| *value != b"null";
    id.filter(is_value).or(underscore_id.filter(is_value)).unwrap_or(user_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(user_key: &str) -> &str {
        std::str::from_utf8(identity(user_key.as_bytes())).unwrap()
    }

    #[test]
    fn a_profile_is_recognised_by_its_id() {
        assert_eq!(of(r#"{"name":"ann","id":7}"#), "7");
        assert_eq!(of(r#"{"_id":"5f","roles":["id"]}"#), r#""5f""#);
        assert_eq!(of(r#"{"_id":"5f","id":7}"#), "7");
        assert_eq!(of(r#"{"id": {"a": 1} }"#), r#"{"a": 1}"#);
        assert_eq!(of(r#"{"\u0069d":0}"#), "0");
        assert_eq!(of(r#"{"id":1,"id":2}"#), "2");
    }

    #[test]
    fn without_an_id_the_whole_key_counts() {
        let keys = [
            "7",
            r#""ann""#,
            "true",
            "[1]",
            r#"[{"id":1}]"#,
            "{}",
            r#"{"a":{"id":1}}"#,
            r#"{"id":null}"#,
            r#"{"id":1,"id":null}"#,
            r#""{\"id\":1}""#,
        ];
        for key in keys {
            assert_eq!(of(key), key);
        }
        assert_eq!(of(r#"{"id":null,"_id":3}"#), "3");
    }
}
