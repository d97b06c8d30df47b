//! The name of a member, as it is written in a JSON text.

/// The inside of a valid JSON string.
#[derive(Clone, Copy)]
pub(in crate::core) struct Key<'t>(pub(super) &'t [u8]);

impl<'t> Key<'t> {
    /// The name as the text has it, between the quotes, with its escapes.
    pub(in crate::core) fn as_written(self) -> &'t [u8] {
        self.0
    }

    /// Whether the key, with its escapes decoded, is `name` (UTF-8). A lone surrogate equals nothing, because UTF-8
    /// has none.
    pub(in crate::core) fn is(self, name: &[u8]) -> bool {
        // Backslashes are searched here, for the few keys that are compared. When the scanner noted them for every
        // key, in a flag beside the slice, each key went through memory twice, and a session took 15 % longer.
        self.0 == name || (self.0.contains(&b'\\') && spells(self.0, name))
    }
}

/// Compares while decoding, so that a key of megabytes of escapes costs no memory.
fn spells(mut raw: &[u8], mut name: &[u8]) -> bool {
    loop {
        let (after_character, after_name) = match raw {
            [] => return name.is_empty(),
            [b'\\', b'u', escape @ ..] => match unicode_escape(escape) {
                Some((character, rest)) => {
                    (rest, name.strip_prefix(character.encode_utf8(&mut [0; 4]).as_bytes()))
                }
                None => return false,
            },
            [b'\\', letter, rest @ ..] => (rest, name.strip_prefix(&[escaped_by(*letter)])),
            [byte, rest @ ..] => (rest, name.strip_prefix(&[*byte])),
        };
        let Some(after_name) = after_name else {
            return false;
        };
        (raw, name) = (after_character, after_name);
    }
}

/// The character that follows `\u`, and the text after it. Beyond U+FFFF the character is spelt as two UTF-16 units.
fn unicode_escape(escape: &[u8]) -> Option<(char, &[u8])> {
    let (first, rest) = utf16_unit(escape)?;
    if let Some(Ok(character)) = char::decode_utf16([first]).next() {
        return Some((character, rest));
    }
    let (second, rest) = utf16_unit(rest.strip_prefix(b"\\u")?)?;
    let character = char::decode_utf16([first, second]).next()?.ok()?;
    Some((character, rest))
}

fn utf16_unit(digits: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = digits.split_first_chunk::<4>()?;
    let unit = u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    Some((unit, rest))
}

fn escaped_by(letter: u8) -> u8 {
    match letter {
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        itself => itself,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_escapes_before_it_compares() {
        let spellings = [
            (r"\u0070assport", "passport"),
            (r"pass\u0070ort", "passport"),
            (r"\u00E9\u00e9é", "ééé"),
            (r"\ud83d\uDE00😀", "😀😀"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"\u0000", "\0"),
            (r"a\/", "a/"),
        ];
        for (raw, name) in spellings {
            assert!(Key(raw.as_bytes()).is(name.as_bytes()), "{raw} is not {name}");
        }
    }

    #[test]
    fn differs_in_any_other_case() {
        let others = [
            (r"\u0070assport", "passpor"),
            (r"\u0070assport", "passports"),
            (r"\u0050assport", "passport"),
            (r"\ud83d", "\u{fffd}"),
            (r"\ud83dx\ude00", "😀"),
            (r"\ude00\ud83d", "😀"),
            (r"\\u0070", "p"),
        ];
        for (raw, name) in others {
            assert!(!Key(raw.as_bytes()).is(name.as_bytes()), "{raw} is {name}");
        }
    }
}
