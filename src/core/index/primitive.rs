//! A JavaScript primitive as the index compares it: a kind and bytes, equal exactly where `===` says so.

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
    ops::Range,
};

use super::hex;

/// Bytes that an emptied buffer keeps. What one long string needed beyond them is given back.
const KEPT_BYTES: usize = 64 * 1024;
/// Items that an emptied buffer keeps.
const KEPT_ITEMS: usize = 1024;

/// What the bytes of a primitive are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No bytes.
    Null,
    /// One byte: 0 or 1.
    Boolean,
    /// The eight bytes of an IEEE 754 double, never NaN or -0.
    Number,
    /// A string whose code units are all below 256: one byte per unit.
    Latin1,
    /// A string of an even number of hexadecimal digits, 14 to 26: two per byte.
    Hex,
    /// A string of an odd number of hexadecimal digits. The first digit has a byte of its own.
    OddHex,
    /// Any other string, unpaired surrogates included: two bytes per unit, low byte first.
    Utf16,
    /// A bigint from 0 up: words of eight bytes, the lowest first, without a zero word at the end.
    BigInt,
    /// A bigint below 0: the words of its magnitude.
    NegativeBigInt,
}

/// A primitive that is stored elsewhere. No `Debug`: it is personal data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Primitive<'a> {
    /// What the bytes are.
    pub kind: Kind,
    /// The bytes, as the kind says.
    pub bytes: &'a [u8],
}

/// A primitive in the form from which JavaScript values are made.
#[derive(Clone, PartialEq)]
pub enum Decoded<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string, one byte per code unit.
    Latin1(Cow<'a, [u8]>),
    /// A string, in code units.
    Utf16(Vec<u16>),
    /// A bigint: whether it is negative, and its magnitude, the lowest word first.
    BigInt(bool, Vec<u64>),
}

impl<'a> Primitive<'a> {
    /// The primitive that the bytes stand for.
    #[must_use]
    pub fn decode(self) -> Decoded<'a> {
        match self.kind {
            Kind::Null => Decoded::Null,
            Kind::Boolean => Decoded::Boolean(self.bytes == [1]),
            Kind::Number => {
                Decoded::Number(self.numbers().map(f64::from_le_bytes).next().unwrap_or_default())
            }
            Kind::Latin1 => Decoded::Latin1(self.bytes.into()),
            Kind::Hex => Decoded::Latin1(hex::unpack(self.bytes, false).into()),
            Kind::OddHex => Decoded::Latin1(hex::unpack(self.bytes, true).into()),
            Kind::Utf16 => Decoded::Utf16(self.numbers().map(u16::from_le_bytes).collect()),
            Kind::BigInt => Decoded::BigInt(false, self.numbers().map(u64::from_le_bytes).collect()),
            Kind::NegativeBigInt => Decoded::BigInt(true, self.numbers().map(u64::from_le_bytes).collect()),
        }
    }

    fn numbers<const SIZE: usize>(self) -> impl Iterator<Item = [u8; SIZE]> {
        self.bytes.as_chunks().0.iter().copied()
    }
}

impl Hash for Primitive<'_> {
    /// The derived hash includes the length, and the kind as a whole word. That costs 9 ns more of `SipHash`, and a
    /// primitive is never part of a larger key.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.bytes);
        state.write_u8(self.kind as u8);
    }
}

/// Values on their way into the index, in the order in which they were added. They share one buffer, so that a value
/// costs no allocation.
#[derive(Default)]
pub struct Primitives {
    items: Vec<Item>,
    bytes: Vec<u8>,
}

/// A kind and the place of the bytes. No kind for a value that equals nothing.
struct Item {
    kind: Option<Kind>,
    bytes: Range<usize>,
}

impl Primitives {
    /// Removes all values and keeps some room.
    pub fn clear(&mut self) {
        self.items.clear();
        self.bytes.clear();
        self.items.shrink_to(KEPT_ITEMS);
        self.bytes.shrink_to(KEPT_BYTES);
    }

    /// How many were added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether none was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The value at this place. `None` if there is none, or if it equals nothing.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Primitive<'_>> {
        let item = self.items.get(place)?;
        Some(Primitive { kind: item.kind?, bytes: self.bytes.get(item.bytes.clone())? })
    }

    /// Adds a value that equals nothing: `undefined`, an object, a function, a symbol.
    pub fn push_other(&mut self) {
        self.push(None, []);
    }

    /// Adds `null`.
    pub fn push_null(&mut self) {
        self.push(Some(Kind::Null), []);
    }

    /// Adds a boolean.
    pub fn push_boolean(&mut self, boolean: bool) {
        self.push(Some(Kind::Boolean), [u8::from(boolean)]);
    }

    /// Adds a number. NaN equals nothing, and -0 equals 0.
    pub fn push_number(&mut self, number: f64) {
        if number.is_nan() {
            return self.push_other();
        }
        // IEEE 754: -0 + 0 is 0, and no other number changes.
        self.push(Some(Kind::Number), (number + 0.0).to_le_bytes());
    }

    /// Adds a string, given in UTF-16 code units.
    pub fn push_string(&mut self, units: &[u16]) {
        if let Some(bytes) = hex::pack(units) {
            let kind = if units.len().is_multiple_of(2) { Kind::Hex } else { Kind::OddHex };
            return self.push(Some(kind), bytes);
        }
        // A fold and not `all`: without a branch per unit the compiler processes many at a time.
        if units.iter().fold(0, |seen, unit| seen | unit) < 256 {
            self.push(Some(Kind::Latin1), units.iter().map(|unit| unit.to_le_bytes()[0]));
        } else {
            self.push(Some(Kind::Utf16), units.iter().flat_map(|unit| unit.to_le_bytes()));
        }
    }

    /// Adds a bigint: its sign, and its magnitude, the lowest word first.
    pub fn push_bigint(&mut self, is_negative: bool, words: &[u64]) {
        let length = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        let kind = if is_negative && length > 0 { Kind::NegativeBigInt } else { Kind::BigInt };
        self.push(Some(kind), words.iter().take(length).flat_map(|word| word.to_le_bytes()));
    }

    fn push(&mut self, kind: Option<Kind>, bytes: impl IntoIterator<Item = u8>) {
        let start = self.bytes.len();
        self.bytes.extend(bytes);
        self.items.push(Item { kind, bytes: start..self.bytes.len() });
    }
}
