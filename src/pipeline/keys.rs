//! The keys of one batch, in one buffer.

use std::{fmt, ops::Range};

/// Keys to read, one after another in one buffer: a key costs no allocation of its own.
///
/// `Debug` shows their number only: the keys contain session ids.
#[derive(Default)]
pub struct Keys {
    bytes: Vec<u8>,
    /// The end of each key. A key begins at the end of the one before it.
    ends: Vec<usize>,
}

impl Keys {
    /// Appends the key `prefix` + `id` and gives its index.
    pub fn push(&mut self, prefix: &[u8], id: &[u8]) -> usize {
        self.bytes.extend_from_slice(prefix);
        self.bytes.extend_from_slice(id);
        self.ends.push(self.bytes.len());
        self.ends.len() - 1
    }

    /// Removes the last key.
    pub fn pop(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.start(self.ends.len()));
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Removes all keys and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// The key at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        self.bytes.get(self.start(index)..end)
    }

    /// The keys of `range`, in order. Indices beyond the last key are left out.
    pub fn range(&self, range: Range<usize>) -> impl Iterator<Item = &[u8]> {
        range.map_while(|index| self.get(index))
    }

    /// How many bytes the keys of `range` take together.
    #[must_use]
    pub fn size(&self, range: &Range<usize>) -> usize {
        self.start(range.end).saturating_sub(self.start(range.start))
    }

    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_in_order() {
        let mut keys = Keys::default();
        assert!(keys.is_empty() && keys.get(0).is_none());
        assert_eq!(keys.push(b"sess:", b"one"), 0);
        assert_eq!(keys.push(b"", b""), 1);
        keys.push(b"sess:", b"\x00\xff");
        assert_eq!(keys.len(), 3);
        assert_eq!(keys.range(0..9).collect::<Vec<_>>(), [&b"sess:one"[..], b"", b"sess:\x00\xff"]);
        assert_eq!(keys.range(1..2).collect::<Vec<_>>(), [b""]);
        assert_eq!((keys.size(&(0..3)), keys.size(&(0..1)), keys.size(&(1..3))), (15, 8, 7));
    }

    #[test]
    fn the_last_key_is_removed() {
        let mut keys = Keys::default();
        keys.push(b"sess:", b"one");
        keys.push(b"sess:", b"two");
        keys.pop();
        assert_eq!(keys.push(b"", b"three"), 1);
        assert_eq!(keys.range(0..2).collect::<Vec<_>>(), [&b"sess:one"[..], b"three"]);
        keys.pop();
        keys.pop();
        keys.pop();
        assert!(keys.is_empty());
    }

    #[test]
    fn a_cleared_arena_starts_anew() {
        let mut keys = Keys::default();
        keys.push(b"sess:", b"one");
        keys.clear();
        assert!(keys.is_empty());
        keys.push(b"a", b"b");
        assert_eq!(keys.get(0), Some(&b"ab"[..]));
    }

    #[test]
    fn debug_shows_no_key() {
        let mut keys = Keys::default();
        keys.push(b"sess:", b"secret-id");
        assert_eq!(format!("{keys:?}"), "Keys(1)");
    }
}
