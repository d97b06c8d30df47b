//! The open containers of a JSON text, one bit each.

/// A kind of container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Array,
    Object,
}

/// A stack of containers. A million levels take 125 KB; the first 64 take no allocation.
#[derive(Default)]
pub(super) struct Nesting {
    depth: usize,
    /// The innermost levels, the innermost one in the lowest bit. 1 stands for an object.
    word: u64,
    /// The levels outside of those, 64 per word.
    outer: Vec<u64>,
}

impl Nesting {
    pub(super) fn innermost(&self) -> Option<Container> {
        match (self.depth, self.word & 1) {
            (0, _) => None,
            (_, 0) => Some(Container::Array),
            _ => Some(Container::Object),
        }
    }

    pub(super) fn push(&mut self, container: Container) {
        if self.depth > 0 && self.depth.is_multiple_of(LEVELS_IN_WORD) {
            self.outer.push(self.word);
        }
        self.depth += 1;
        self.word = self.word << 1 | u64::from(container == Container::Object);
    }

    /// Leaves the innermost container, if there is one.
    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.word >>= 1;
        if self.depth.is_multiple_of(LEVELS_IN_WORD) {
            self.word = self.outer.pop().unwrap_or_default();
        }
    }
}

const LEVELS_IN_WORD: usize = u64::BITS as usize;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_went_in_across_words() {
        let kind = |level: usize| if level.is_multiple_of(3) { Container::Object } else { Container::Array };
        let mut nesting = Nesting::default();
        for depth in [1, 63, 64, 65, 127, 128, 129, 1000] {
            assert_eq!(nesting.innermost(), None);
            (0..depth).for_each(|level| nesting.push(kind(level)));
            for level in (0..depth).rev() {
                assert_eq!(nesting.innermost(), Some(kind(level)), "level {level} of {depth}");
                nesting.pop();
            }
        }
        assert_eq!(nesting.innermost(), None);
    }
}
