//! Searches bytes eight at a time ("SIMD within a register"), in safe Rust.
//!
//! Both searches run on every connection. Byte by byte, finding the cookie in a header of 181 bytes takes 50 ns
//! instead of 26, and a session of 2.2 KB in long strings 1,380 ns instead of 540. The `memchr` crate gains nothing
//! on headers (24 ns, and 36 instead of 32 where the cookie is missing) and does not search for control characters.

const LANES: usize = size_of::<u64>();
const ONES: u64 = u64::from_ne_bytes([0x01; LANES]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; LANES]);

/// Index of the first `needle`.
pub(super) fn position(haystack: &[u8], needle: u8) -> Option<usize> {
    first(haystack, 0, |word| zero_bytes(word ^ repeat(needle)), |byte| byte == needle)
}

/// Index, from `start` on, of the first byte that needs attention inside a JSON string: a quote, a backslash or a
/// control character.
pub(super) fn json_string_stop(text: &[u8], start: usize) -> Option<usize> {
    first(
        text,
        start,
        |word| {
            // As in `zero_bytes`: a byte below 0x20 borrows from its high bit, which was clear.
            let controls = word.wrapping_sub(repeat(0x20)) & !word & HIGH_BITS;
            zero_bytes(word ^ repeat(b'"')) | zero_bytes(word ^ repeat(b'\\')) | controls
        },
        |byte| matches!(byte, b'"' | b'\\' | 0..0x20),
    )
}

/// `in_word` sets the high bit of each lane that matches. Lanes after the first match may be wrong.
#[inline]
fn first(
    bytes: &[u8],
    start: usize,
    in_word: impl Fn(u64) -> u64,
    is_hit: impl Fn(u8) -> bool,
) -> Option<usize> {
    let mut rest = bytes.get(start..)?;
    let mut at = start;
    while let Some((word, after)) = rest.split_first_chunk() {
        let hits = in_word(u64::from_le_bytes(*word));
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += LANES;
        rest = after;
    }
    rest.iter().position(|&byte| is_hit(byte)).map(|index| at + index)
}

/// The high bit of each zero byte. Exact up to the first one: a borrow can only change lanes above it.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH_BITS
}

#[inline]
const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; LANES])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte at every place of a word, among bytes that borrow from their neighbours or nearly do.
    #[test]
    fn agrees_with_the_byte_loop() {
        for filler in *b"\0\x01\x1f\x20\x21\"#:;<[\\]\x7f\x80\xff" {
            for hit in 0..=u8::MAX {
                for at in 0..19 {
                    let mut text = [filler; 19];
                    text[at] = hit;
                    assert_eq!(position(&text, b';'), text.iter().position(|&b| b == b';'));
                    let stop = text.iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20);
                    assert_eq!(json_string_stop(&text, 0), stop, "{filler:#x} {hit:#x} {at}");
                }
            }
        }
    }

    #[test]
    fn starts_where_it_is_told() {
        let text = b"\"a\"bcdefghijk\"";
        assert_eq!(json_string_stop(text, 1), Some(2));
        assert_eq!(json_string_stop(text, 3), Some(13));
        assert_eq!(json_string_stop(text, 14), None);
        assert_eq!(json_string_stop(text, 15), None);
    }
}
