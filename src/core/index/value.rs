//! A stored primitive: in place if it is short, otherwise in one allocation.

use super::{
    hex,
    primitive::{Kind, Primitive},
};

/// Bytes that are stored in place: a number, and most names and roles. With one byte more a value takes 24 bytes
/// instead of 16.
const INLINE: usize = 13;
/// Bytes of the smaller allocation: most mail addresses, the 36 characters of a UUID. An allocator that works in
/// multiples of 16 less a word gives no fewer bytes for either. A slice of its own length would need a second
/// allocation for the length.
const MEDIUM: usize = 40;

/// An owned [`Primitive`]. No `Debug`: it is personal data.
pub struct Value(Repr);

enum Repr {
    Inline { kind: Kind, length: u8, bytes: [u8; INLINE] },
    Medium { kind: Kind, length: u8, bytes: Box<[u8; MEDIUM]> },
    // Boxed twice: the pointer to a slice is 16 bytes long.
    Long { kind: Kind, bytes: Box<Box<[u8]>> },
}

const _: () = assert!(size_of::<Value>() == 16, "the costs of the index rest on it");
const _: () = assert!(hex::LONGEST == 2 * INLINE, "to be kept in place is what digits are packed for");

impl Value {
    /// The primitive.
    pub fn get(&self) -> Primitive<'_> {
        let (kind, bytes) = match &self.0 {
            Repr::Inline { kind, length, bytes } => (kind, bytes.get(..usize::from(*length))),
            Repr::Medium { kind, length, bytes } => (kind, bytes.get(..usize::from(*length))),
            Repr::Long { kind, bytes } => (kind, Some(&***bytes)),
        };
        Primitive { kind: *kind, bytes: bytes.unwrap_or_default() }
    }
}

impl From<Primitive<'_>> for Value {
    fn from(Primitive { kind, bytes }: Primitive<'_>) -> Self {
        Self(if let Some((length, bytes)) = padded::<INLINE>(bytes) {
            Repr::Inline { kind, length, bytes }
        } else if let Some((length, bytes)) = padded::<MEDIUM>(bytes) {
            Repr::Medium { kind, length, bytes: Box::new(bytes) }
        } else {
            Repr::Long { kind, bytes: Box::new(bytes.into()) }
        })
    }
}

/// Stands where there is no value.
impl Default for Value {
    fn default() -> Self {
        Self(Repr::Inline { kind: Kind::Null, length: 0, bytes: [0; INLINE] })
    }
}

/// The bytes in an array, and their number. `None` if they do not fit.
fn padded<const SIZE: usize>(bytes: &[u8]) -> Option<(u8, [u8; SIZE])> {
    let mut array = [0; SIZE];
    array.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some((u8::try_from(bytes.len()).ok()?, array))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_every_length_as_it_was() {
        for length in 0..300 {
            let bytes: Vec<u8> = (0..=255).cycle().take(length).collect();
            let value = Value::from(Primitive { kind: Kind::Latin1, bytes: &bytes });
            assert!(value.get() == Primitive { kind: Kind::Latin1, bytes: &bytes }, "{length} bytes");
        }
    }
}
