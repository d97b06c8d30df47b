//! Accepts JSON texts exactly as V8's `JSON.parse` does, and cuts values out without interpreting them.
//!
//! `serde_json` does not fit. Its `Value` refuses lone surrogates (`"\ud800"`), `1e999` and more than 128 levels, all
//! of which V8 accepts. Its `RawValue` still refuses a key with a lone surrogate and a string that is not UTF-8. Here
//! every text that V8 parses must be accepted, and every text at which V8 throws must be refused, also where the
//! error is behind the part that is used. So this is a strict scan of the whole text. It builds nothing and returns
//! values as slices for V8.
//!
//! Grammar: ECMA-404. Whitespace is SP, TAB, LF and CR; a byte order mark is not whitespace. Nesting is limited only
//! by memory, at one bit per level, because V8 does not recurse either.

mod key;
mod nesting;
mod write;

use std::fmt;

pub(super) use key::Key;
use nesting::{Container, Nesting};
pub use write::push_string;

use super::swar;

/// Where `JSON.parse` would throw: the byte offset of the first invalid byte, or the length of a text that ends too
/// early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotJson {
    /// Offset in bytes.
    pub at: usize,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not JSON (at byte {})", self.at)
    }
}

impl std::error::Error for NotJson {}

/// Validates one whole JSON text exactly as V8's `JSON.parse` does. Bytes that are not UTF-8 are accepted
/// inside strings (Node reads them as U+FFFD) and refused outside.
///
/// # Errors
/// The position of the first invalid byte.
pub fn validate(text: &[u8]) -> Result<(), NotJson> {
    let mut scanner = Scanner::new(text);
    scanner.value()?;
    scanner.end()
}

/// JavaScript's truthiness of a valid JSON value. `null`, `false`, `""` and numbers that are zero are falsy. Numbers
/// are zero as V8 reads them: `-0`, `0.0e9`, and `1e-999`, which underflows.
#[must_use]
pub fn is_truthy(value: &[u8]) -> bool {
    match value {
        b"null" | b"false" | b"\"\"" => false,
        [b'-' | b'0'..=b'9', ..] => std::str::from_utf8(value).is_ok_and(|number| number.parse() != Ok(0.0)),
        _ => true,
    }
}

/// Walks through one text. After each method the scanner is behind what it has read.
pub(super) struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        let mut scanner = Self { text, at: 0 };
        scanner.skip_whitespace();
        scanner
    }

    /// Whether the value that comes next is an object.
    pub(super) fn at_object(&self) -> bool {
        self.peek() == Some(b'{')
    }

    /// Enters an object and returns its first key, or `None` if it is empty; then the object has been left. After a
    /// key the scanner is at the key's value.
    pub(super) fn first_key(&mut self) -> Result<Option<Key<'t>>, NotJson> {
        self.expect(b'{')?;
        self.skip_whitespace();
        if self.skip(b'}') { Ok(None) } else { self.key().map(Some) }
    }

    /// After a value in an object: the next key, or `None` if that was the last one; then the object has been left.
    pub(super) fn next_key(&mut self) -> Result<Option<Key<'t>>, NotJson> {
        self.skip_whitespace();
        if self.skip(b'}') {
            return Ok(None);
        }
        self.expect(b',')?;
        self.skip_whitespace();
        self.key().map(Some)
    }

    /// Reads one whole value of any kind and returns its text.
    pub(super) fn value(&mut self) -> Result<&'t [u8], NotJson> {
        let start = self.at;
        let mut nesting = Nesting::default();
        loop {
            match self.peek() {
                Some(b'{') => {
                    if self.first_key()?.is_some() {
                        nesting.push(Container::Object);
                        continue;
                    }
                }
                Some(b'[') => {
                    if self.first_element() {
                        nesting.push(Container::Array);
                        continue;
                    }
                }
                Some(b'"') => _ = self.string()?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.literal(b"true")?,
                Some(b'f') => self.literal(b"false")?,
                Some(b'n') => self.literal(b"null")?,
                _ => return Err(self.refused()),
            }
            // A value has ended. The containers in which it was the last value end with it.
            loop {
                let has_more = match nesting.innermost() {
                    None => return Ok(self.since(start)),
                    Some(Container::Object) => self.next_key()?.is_some(),
                    Some(Container::Array) => self.has_next_element()?,
                };
                if has_more {
                    break;
                }
                nesting.pop();
            }
        }
    }

    /// Only whitespace may be left.
    pub(super) fn end(mut self) -> Result<(), NotJson> {
        self.skip_whitespace();
        if self.at == self.text.len() { Ok(()) } else { Err(self.refused()) }
    }

    /// As [`Self::first_key`], for the array at which the scanner is: whether it has a first element.
    fn first_element(&mut self) -> bool {
        self.at += 1;
        self.skip_whitespace();
        !self.skip(b']')
    }

    fn has_next_element(&mut self) -> Result<bool, NotJson> {
        self.skip_whitespace();
        if self.skip(b']') {
            return Ok(false);
        }
        self.expect(b',')?;
        self.skip_whitespace();
        Ok(true)
    }

    fn key(&mut self) -> Result<Key<'t>, NotJson> {
        if self.peek() != Some(b'"') {
            return Err(self.refused());
        }
        let key = self.string()?;
        self.skip_whitespace();
        self.expect(b':')?;
        self.skip_whitespace();
        Ok(key)
    }

    /// Reads the string at whose opening quote the scanner is.
    fn string(&mut self) -> Result<Key<'t>, NotJson> {
        let start = self.at + 1;
        self.at = start;
        loop {
            self.at = swar::json_string_stop(self.text, self.at).unwrap_or(self.text.len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return Err(self.refused()),
            }
        }
        let raw = self.since(start);
        self.at += 1;
        Ok(Key(raw))
    }

    /// Any four hexadecimal digits are valid after `\u`: V8 accepts lone surrogates.
    fn escape(&mut self) -> Result<(), NotJson> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|digit| digit.is_ascii_hexdigit()) {
                        return Err(self.refused());
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.refused()),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), NotJson> {
        self.skip(b'-');
        // After a leading zero no digit may follow. Such a digit is refused later, as any other byte that cannot
        // follow a number.
        if !self.skip(b'0') {
            self.digits()?;
        }
        if self.skip(b'.') {
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let _ = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
        }
        Ok(())
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.refused()) } else { Ok(()) }
    }

    fn literal(&mut self, word: &'static [u8]) -> Result<(), NotJson> {
        word.iter().try_for_each(|&letter| self.expect(letter))
    }

    fn expect(&mut self, byte: u8) -> Result<(), NotJson> {
        if self.skip(byte) { Ok(()) } else { Err(self.refused()) }
    }

    /// This branches on purpose. Adding the result of the comparison to `at` makes each step wait for the one before,
    /// and a text of short tokens then takes 1.6 times as long.
    fn skip(&mut self, byte: u8) -> bool {
        if self.peek() != Some(byte) {
            return false;
        }
        self.at += 1;
        true
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn since(&self, start: usize) -> &'t [u8] {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn refused(&self) -> NotJson {
        NotJson { at: self.at }
    }
}

#[cfg(test)]
mod tests;
