//! Percent-decoding as JavaScript's `decodeURIComponent` does it.

use std::borrow::Cow;

use super::swar;

/// ECMA-262 `decodeURIComponent` on UTF-8 bytes. `None` where JavaScript throws `URIError`: for a `%` without two
/// hexadecimal digits, and for escapes that are not whole UTF-8 characters (RFC 3629: nothing overlong, no
/// surrogates).
///
/// `+` stays `+`. Borrowed if nothing is encoded.
#[must_use]
pub fn decode(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    let Some(first) = swar::position(raw, b'%') else {
        return Some(Cow::Borrowed(raw));
    };
    let mut decoded = Vec::with_capacity(raw.len());
    let (mut literal, mut rest) = raw.split_at_checked(first)?;
    loop {
        decoded.extend_from_slice(literal);
        let [b'%', high, low, after @ ..] = rest else {
            return None;
        };
        decoded.push(hex_digit(*high)? << 4 | hex_digit(*low)?);
        let Some(next) = swar::position(after, b'%') else {
            decoded.extend_from_slice(after);
            break;
        };
        (literal, rest) = after.split_at_checked(next)?;
    }
    // One check of the whole equals ECMA-262's check of each escaped character. The text around the escapes is whole
    // UTF-8 characters, which an escaped byte can neither complete nor be completed by.
    std::str::from_utf8(&decoded).is_ok().then_some(Cow::Owned(decoded))
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(raw: &str) -> Option<String> {
        decode(raw.as_bytes()).map(|text| String::from_utf8(text.into_owned()).unwrap())
    }

    #[test]
    fn borrows_what_is_not_encoded() {
        assert!(matches!(decode(b"s:a+b.c"), Some(Cow::Borrowed(b"s:a+b.c"))));
        assert!(matches!(decode(b""), Some(Cow::Borrowed(b""))));
    }

    #[test]
    fn decodes_either_case_and_whole_characters() {
        assert_eq!(decoded("s%3Aab%3a%2B").as_deref(), Some("s:ab:+"));
        assert_eq!(decoded("é%C3%A9%F0%9F%98%80%00x").as_deref(), Some("éé😀\0x"));
    }

    #[test]
    fn refuses_what_throws_uri_error() {
        let truncated = ["%", "%4", "%4g", "%g4", "a%", "a%%41", "%+1", "% 1"];
        let not_utf8 =
            ["%C3", "%C3é", "é%A9", "%A9", "%C0%80", "%E0%80%80", "%ED%A0%80", "%F4%90%80%80", "%FF"];
        for raw in truncated.into_iter().chain(not_utf8) {
            assert_eq!(decoded(raw), None, "{raw}");
        }
    }
}
