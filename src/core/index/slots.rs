//! Which slots are in use: one bit per slot.

use std::{iter, num::NonZero};

/// The number of a member, reused after the member has left. Below 2^31: the bit above has another meaning in
/// answers.
pub type Slot = u32;

/// The bits of a slot.
pub const MASK: Slot = (1 << 31) - 1;

/// The number of slots.
const LIMIT: usize = 1 << 31;

/// The slots of members. The lowest free slot is used first. So after many members have left, new members fill the
/// low slots, and the memory at the end can be given back.
#[derive(Default)]
pub struct Slots {
    /// A bit is set if the slot is free. The last word has a slot in use.
    free: Vec<u64>,
    /// No word before this one has a free slot.
    first: usize,
    taken: usize,
}

impl Slots {
    /// Uses the lowest free slot. `None` if all 2^31 are in use.
    pub fn take(&mut self) -> Option<Slot> {
        if self.taken == LIMIT {
            return None;
        }
        let rest = self.free.iter().skip(self.first);
        self.first += rest.take_while(|word| **word == 0).count();
        if self.first == self.free.len() {
            self.free.push(u64::MAX);
        }
        let word = self.free.get_mut(self.first)?;
        let bit = word.trailing_zeros() as usize;
        *word &= *word - 1;
        self.taken += 1;
        Slot::try_from(self.first * 64 + bit).ok()
    }

    /// Frees a slot. False if it was not in use.
    pub fn free(&mut self, slot: Slot) -> bool {
        if !self.is_taken(slot) {
            return false;
        }
        let (index, bit) = (slot as usize / 64, slot % 64);
        if let Some(word) = self.free.get_mut(index) {
            *word |= 1 << bit;
        }
        self.first = self.first.min(index);
        self.taken -= 1;
        while self.free.pop_if(|word| *word == u64::MAX).is_some() {}
        true
    }

    /// Whether a member has this slot.
    pub fn is_taken(&self, slot: Slot) -> bool {
        self.free.get(slot as usize / 64).is_some_and(|word| word & (1 << (slot % 64)) == 0)
    }

    /// How many slots are in use.
    pub fn len(&self) -> usize {
        self.taken
    }

    /// One more than the highest slot in use.
    pub fn end(&self) -> usize {
        self.free.last().map_or(0, |word| self.free.len() * 64 - word.leading_ones() as usize)
    }

    /// The slots in use, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> {
        (0..).step_by(64).zip(&self.free).flat_map(|(base, free)| bits(!free).map(move |bit| base + bit))
    }
}

/// The positions of the bits that are set.
fn bits(word: u64) -> impl Iterator<Item = u32> {
    let rests = iter::successors(NonZero::new(word), |rest| NonZero::new(rest.get() & (rest.get() - 1)));
    rests.map(NonZero::<u64>::trailing_zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_free_slot_is_taken_first() {
        let mut slots = Slots::default();
        assert!((0..200).eq(std::iter::from_fn(|| slots.take()).take(200)));
        assert!([150, 3, 70].into_iter().all(|slot| slots.free(slot)));
        assert!(!slots.free(70) && !slots.free(200) && !slots.free(Slot::MAX));
        assert_eq!([3, 70, 150, 200].map(Some), [(); 4].map(|()| slots.take()));
        assert!(slots.iter().eq(0..201));
    }

    #[test]
    fn free_slots_at_the_end_are_forgotten() {
        let mut slots = Slots::default();
        (0..1000).for_each(|_| _ = slots.take());
        (5..999).for_each(|slot| assert!(slots.free(slot)));
        assert_eq!((slots.end(), slots.len()), (1000, 6));
        assert!(slots.free(999));
        assert_eq!((slots.end(), slots.len(), slots.free.len()), (5, 5, 1));
        assert!(slots.iter().eq(0..5));
        (0..5).for_each(|slot| assert!(slots.free(slot)));
        assert_eq!((slots.end(), slots.len(), slots.take()), (0, 0, Some(0)));
    }
}
