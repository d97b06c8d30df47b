//! Reads the `Cookie` header as npm's cookie 0.7.2 `parse` reads it, on every input.
//!
//! The `cookie` crate (0.18) does not fit, because a header that two parsers read differently lets the wrong client
//! in. That crate trims every Unicode space, handles quotes differently, refuses an empty name, decodes names along
//! with values (`%61` is `a`), decodes half of a malformed value, and treats `__proto__` as a name.
//!
//! cookie 0.7.2 works like this: it splits at `;`, skips parts without `=`, splits the others at the first `=`, trims
//! spaces and tabs (nothing else), and takes one pair of quotes off the value. Every name is allowed, the empty one
//! included.

use std::borrow::Cow;

use super::{percent, swar};

/// Every (name, raw value) pair in header order, duplicates included. Of duplicates the first counts. The raw value
/// is trimmed and unquoted, not decoded; see [`value`].
///
/// A pair called `__proto__` is left out: cookie 0.7.2 assigns it to a plain object, where it disappears.
#[must_use]
pub fn pairs(header: &[u8]) -> Pairs<'_> {
    Pairs { rest: if is_too_short(header) { &[] } else { header } }
}

/// Iterator made by [`pairs`].
pub struct Pairs<'h> {
    rest: &'h [u8],
}

impl<'h> Iterator for Pairs<'h> {
    type Item = (&'h [u8], &'h [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (part, rest) = split_at_byte(self.rest, b';').unwrap_or((self.rest, &[]));
            self.rest = rest;
            if let Some((name, value)) = split_at_byte(part, b'=') {
                let name = trim_end(trim_start(name));
                if name != PROTO {
                    return Some((name, unquote(trim_end(trim_start(value)))));
                }
            }
        }
        None
    }
}

/// The raw value of the first cookie called `name`: the same as from [`pairs`], without reading the other values.
/// Names are compared as they are, never decoded.
#[must_use]
pub fn find<'h>(header: &'h [u8], name: &[u8]) -> Option<&'h [u8]> {
    if is_too_short(header) || name == PROTO {
        return None;
    }
    let mut rest = header;
    loop {
        // The name is compared in place, before the end of the pair is known: of most pairs only the `;` has to be
        // found.
        if let Some(after_name) = trim_start(rest).strip_prefix(name)
            && let [b'=', value @ ..] = trim_start(after_name)
            && can_be_a_name(name)
        {
            let value = split_at_byte(value, b';').map_or(value, |(value, _)| value);
            return Some(unquote(trim_end(trim_start(value))));
        }
        (_, rest) = split_at_byte(rest, b';')?;
    }
}

/// The percent-decoded value, or `raw` itself where that is malformed: cookie's `tryDecode`.
#[must_use]
pub fn value(raw: &[u8]) -> Cow<'_, [u8]> {
    percent::decode(raw).unwrap_or(Cow::Borrowed(raw))
}

const PROTO: &[u8] = b"__proto__";

/// cookie 0.7.2 does not parse a header of one character. So `=` alone is no pair, while `==` is one.
fn is_too_short(header: &[u8]) -> bool {
    header.len() < 2
}

/// Whether `name` can be the result of trimming and splitting. Asked only after it matched in place: `a=b` is no
/// name, but the header `a=b=c` begins with it and continues with `=`.
fn can_be_a_name(name: &[u8]) -> bool {
    !name.iter().any(|byte| matches!(byte, b'=' | b';')) && trim_end(name).len() == name.len()
}

#[inline]
fn split_at_byte(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let (before, from) = bytes.split_at_checked(swar::position(bytes, byte)?)?;
    Some((before, from.get(1..)?))
}

#[inline]
fn trim_start(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

#[inline]
fn trim_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[inline]
fn unquote(value: &[u8]) -> &[u8] {
    match value {
        // One quote is both the first and the last character. JavaScript's `slice(1, 0)` is empty.
        [b'"'] => &[],
        [b'"', inside @ .., b'"'] => inside,
        _ => value,
    }
}

#[cfg(test)]
mod tests;
