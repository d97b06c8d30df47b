//! The keys of one batch, each session's key once.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use super::keys::Keys;

/// Collects keys and drops repeated ones.
///
/// Keys are recognised by a hash of their bytes, so that nothing is copied. Two keys with the same hash are both read,
/// which costs a little more and is correct.
#[derive(Default)]
pub struct UniqueKeys {
    keys: Keys,
    hasher: RandomState,
    by_hash: HashMap<u64, usize>,
}

impl UniqueKeys {
    /// The index of the key `prefix` + `id`, which is added if it is new.
    pub fn index_of(&mut self, prefix: &[u8], id: &[u8]) -> usize {
        let index = self.keys.push(prefix, id);
        let hash = self.hasher.hash_one(self.keys.get(index));
        let known = *self.by_hash.entry(hash).or_insert(index);
        if known != index && self.keys.get(known) == self.keys.get(index) {
            self.keys.pop();
            return known;
        }
        index
    }

    /// The keys, in the order in which they were added.
    pub fn into_keys(self) -> Keys {
        self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_keeps_its_index() {
        let mut keys = UniqueKeys::default();
        let indices = ["a", "b", "a", "c", "b"].map(|id| keys.index_of(b"sess:", id.as_bytes()));
        assert_eq!(indices, [0, 1, 0, 2, 1]);
        assert_eq!(keys.index_of(b"sess", b":a"), 0, "the bytes count, not where the prefix ends");
        assert_eq!(keys.into_keys().len(), 3);
    }
}
