//! Identifiers, at two digits per byte. The 24 digits of an `ObjectId`, the 21 of a Google account and the 19 of a
//! snowflake then fit into a value in place. Unpacked, each takes an allocation of 48 bytes.

/// How many digits are packed. Fewer fit in place as they are; more do not fit, packed or not.
const LENGTHS: std::ops::RangeInclusive<usize> = 14..=LONGEST;
/// The most digits that are packed.
pub const LONGEST: usize = 26;

/// Packs the digits of a string, two per byte. If their number is odd, the first has a byte of its own. `None` for a
/// string with other characters than `0` to `9` and `a` to `f`, or of another length.
pub fn pack(units: &[u16]) -> Option<impl Iterator<Item = u8>> {
    if !LENGTHS.contains(&units.len()) || !units.iter().all(|unit| value_of(*unit).is_some()) {
        return None;
    }
    let (first, pairs) = units.split_at(units.len() % 2);
    let value = |unit: &u16| value_of(*unit).unwrap_or_default();
    let pairs = pairs.as_chunks().0.iter().map(move |[high, low]| value(high) << 4 | value(low));
    Some(first.iter().map(value).chain(pairs))
}

/// The digits, in ASCII.
pub fn unpack(bytes: &[u8], is_odd: bool) -> Vec<u8> {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).skip(usize::from(is_odd));
    digits.map(|digit| if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }).collect()
}

fn value_of(unit: u16) -> Option<u8> {
    let unit = u8::try_from(unit).ok()?;
    match unit {
        b'0'..=b'9' => Some(unit - b'0'),
        b'a'..=b'f' => Some(unit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &str) -> Option<Vec<u8>> {
        let units: Vec<_> = text.encode_utf16().collect();
        pack(&units).map(Iterator::collect)
    }

    #[test]
    fn digits_of_every_length_come_back() {
        let digits = "0123456789abcdef0000000000".repeat(2);
        for (length, start) in (0..=30).flat_map(|length| (0..16).map(move |start| (length, start))) {
            let text = &digits[start..start + length];
            let packed = packed(text);
            assert_eq!(packed.is_some(), (14..=26).contains(&length), "{text}");
            if let Some(packed) = packed {
                assert_eq!(packed.len(), length.div_ceil(2));
                assert_eq!(unpack(&packed, length % 2 == 1), text.as_bytes());
            }
        }
    }

    #[test]
    fn other_strings_stay_as_they_are() {
        for other in ["A", "g", "/", ":", "`", " ", "-", "\0", "\u{130}", "\u{ff11}"] {
            for place in [0, 13, 23] {
                let mut text = vec!["0"; 24];
                text[place] = other;
                assert_eq!(packed(&text.concat()), None, "{other} at {place}");
            }
        }
    }
}
