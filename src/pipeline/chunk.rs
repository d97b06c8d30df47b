//! Which keys of a batch an answer is for.

use std::ops::Range;

/// Indices of keys, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// All indices of a range.
    Range(Range<usize>),
    /// Any indices.
    Scattered(Vec<usize>),
}

impl Chunk {
    /// How many indices there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.len(),
            Self::Scattered(indices) => indices.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The indices.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let (range, scattered) = match self {
            Self::Range(range) => (range.clone(), &[][..]),
            Self::Scattered(indices) => (0..0, &indices[..]),
        };
        range.chain(scattered.iter().copied())
    }

    /// The position in the answer of the key with this index.
    #[must_use]
    pub fn position(&self, index: usize) -> Option<usize> {
        match self {
            Self::Range(range) => range.contains(&index).then(|| index - range.start),
            Self::Scattered(indices) => indices.binary_search(&index).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_follow_the_indices() {
        let range = Chunk::Range(3..6);
        assert_eq!([2, 3, 5, 6].map(|index| range.position(index)), [None, Some(0), Some(2), None]);
        let scattered = Chunk::Scattered(vec![1, 4, 9]);
        assert_eq!(
            [0, 1, 4, 5, 9].map(|index| scattered.position(index)),
            [None, Some(0), Some(1), None, Some(2)]
        );
        assert_eq!((range.len(), scattered.len(), Chunk::Range(0..0).is_empty()), (3, 3, true));
    }
}
