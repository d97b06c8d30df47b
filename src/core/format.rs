//! What a stored text is that holds no readable session: compressed, encrypted, or written by another program. The
//! operator is told its kind. The text itself may be a session, and is never shown.

/// The shortest text that counts as base64: shorter ones may be words.
const SHORTEST_BASE64: usize = 16;

/// The kind of a text that is not JSON, where its first bytes show it.
#[must_use]
pub fn of_not_json(text: &[u8]) -> Option<&'static str> {
    Some(match text {
        [0x1f, 0x8b, ..] => "gzip",
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => "zlib",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        [0x04, 0x22, 0x4d, 0x18, ..] => "lz4",
        [b'[', b'o', b'b', b'j', b'e', b'c', b't', b' ', ..] => "an object that was not made a text",
        [b'a' | b'O', b':', b'0'..=b'9', ..] => "serialized by PHP",
        [0x80..=0x8f | 0xde | 0xdf, ..] => "MessagePack",
        _ if is_base64(text) => "base64",
        _ if std::str::from_utf8(text).is_err() => "binary",
        _ => return None,
    })
}

/// Whether a JSON text is the envelope of an encrypted session: `{"hmac":…,"ct":…}`, as the option `crypto` of
/// connect-mongo writes it, in any order.
#[must_use]
pub fn is_encrypted(text: &[u8]) -> bool {
    [&b"{\"ct\":"[..], b"{\"hmac\":", b"{\"iv\":"].iter().any(|start| text.starts_with(start))
}

/// Base64 of either alphabet. Brotli has no mark of its own, and mostly comes in this form.
fn is_base64(text: &[u8]) -> bool {
    let digits = text.trim_ascii_end();
    let padding = digits.iter().rev().take_while(|&&byte| byte == b'=').count();
    let (digits, _) = digits.split_at(digits.len() - padding);
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    padding <= 2 && digits.len() >= SHORTEST_BASE64 && digits.iter().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_show_the_kind() {
        for (text, kind) in [
            (&b"\x1f\x8b\x08\x00"[..], "gzip"),
            (b"\x78\x9c\xab\x56", "zlib"),
            (b"\x28\xb5\x2f\xfd\x04", "zstd"),
            (b"[object Object]", "an object that was not made a text"),
            (b"a:2:{s:4:\"user\";i:1;}", "serialized by PHP"),
            (b"\x82\xa6cookie", "MessagePack"),
            (b"H4sIAAAAAAAAA6tWKkktLlGyAgB6", "base64"),
            (b"H4sIAAAAAAAAA6tWKkktLlGyAg==\n", "base64"),
            (b"\xff\x00\xff", "binary"),
        ] {
            assert_eq!(of_not_json(text), Some(kind), "{text:?}");
        }
    }

    #[test]
    fn other_texts_have_no_kind() {
        for text in
            ["{", "{\"passport\":", "j:1", "a word or two", "short", "", "====================", "a==="]
        {
            assert_eq!(of_not_json(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn an_envelope_is_told_from_a_session() {
        for text in [r#"{"ct":"ab","hmac":"c"}"#, r#"{"hmac":"ab","ct":"c"}"#, r#"{"iv":"ab","ct":"c"}"#] {
            assert!(is_encrypted(text.as_bytes()), "{text}");
        }
        for text in [r#"{"cookie":{},"ct":1}"#, "{}", "", r#"{"ivy":1}"#] {
            assert!(!is_encrypted(text.as_bytes()), "{text}");
        }
    }
}
