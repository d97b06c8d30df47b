//! The `Cookie` header, read as npm's cookie 0.7.2 `parse` reads it, on every input.
//!
//! Not the `cookie` crate (0.18), and a header that two parsers read differently lets the wrong visitor in: that
//! one trims every Unicode space, leaves quotes on or takes them off decoded, refuses an empty name, decodes
//! names along with values (`%61` is `a`) and half of a malformed value, and knows no `__proto__`.
//!
//! What cookie 0.7.2 does, once its jumps between `=` and `;` are untangled: split at `;`, pass over parts
//! without `=`, split the others at the first `=`, trim spaces and tabs (nothing else), take one pair of
//! quotes off the value. No name is too odd, the empty one included.

use std::borrow::Cow;

use super::{percent, swar};

/// Every (name, raw value) pair in header order, duplicates included: of those the first counts. The raw
/// value is trimmed and unquoted, not decoded; see [`value`].
///
/// A pair called `__proto__` is left out: cookie 0.7.2 assigns it to a plain object, where it vanishes.
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

/// Raw value of the first cookie called `name`: what [`pairs`] gives, without looking at the other values.
/// Names are compared as they are, never decoded.
#[must_use]
pub fn find<'h>(header: &'h [u8], name: &[u8]) -> Option<&'h [u8]> {
    if is_too_short(header) || name == PROTO {
        return None;
    }
    let mut rest = header;
    loop {
        // The name is compared in place, before the end of the pair is known: of most pairs only the `;` is
        // sought.
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

/// cookie 0.7.2 does not look into a header of one character, so that `=` alone is no pair while `==` is one.
fn is_too_short(header: &[u8]) -> bool {
    header.len() < 2
}

/// Whether trimming and splitting can leave `name`. Only asked once it matched in place: `a=b` is no name,
/// yet the header `a=b=c` begins with it and goes on with `=`.
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
        // One quote is both the first and the last character: `slice(1, 0)` is empty.
        [b'"'] => &[],
        [b'"', inside @ .., b'"'] => inside,
        _ => value,
    }
}

#[cfg(test)]
mod tests;
