//! Who watches: one watcher for each socket, known by its slot.

use super::views::ViewIndex;
use crate::core::compact_vec;

/// JavaScript's number for a watcher.
pub type Slot = u32;

/// No slot, or no session.
pub const NONE: u32 = u32::MAX;

/// A place in the list of the watchers of one session.
#[derive(Clone, Copy)]
pub struct Watcher {
    /// [`NONE`] where nobody watches.
    pub session: u32,
    /// Counts the uses of the slot.
    pub turn: u32,
    pub view: ViewIndex,
    next: Slot,
    previous: Slot,
}

const NOBODY: Watcher = Watcher { session: NONE, turn: 0, view: 0, next: NONE, previous: NONE };

/// The watchers by slot, each linked to the others of its session.
#[derive(Default)]
pub struct Watchers {
    slots: Vec<Watcher>,
}

impl Watchers {
    pub fn get(&self, slot: Slot) -> Option<Watcher> {
        self.slots.get(slot as usize).copied().filter(|watcher| watcher.session != NONE)
    }

    /// The room that is taken, in watchers.
    #[cfg(test)]
    pub fn room(&self) -> usize {
        self.slots.capacity()
    }

    /// Puts a watcher into a free slot, first in the list that begins at `first`, which becomes the slot.
    pub fn add(&mut self, slot: Slot, turn: u32, session: u32, view: ViewIndex, first: &mut Slot) {
        while self.slots.len() <= slot as usize {
            compact_vec::push(&mut self.slots, NOBODY);
        }
        let watcher = Watcher { session, turn, view, next: *first, previous: NONE };
        compact_vec::put(&mut self.slots, slot as usize, watcher);
        self.link(*first, |next| next.previous = slot);
        *first = slot;
    }

    /// Takes a watcher out of its slot, and out of the list that begins at `first`.
    pub fn remove(&mut self, slot: Slot, first: &mut Slot) {
        let Some(watcher) = self.get(slot) else { return };
        if *first == slot {
            *first = watcher.next;
        }
        self.link(watcher.previous, |previous| previous.next = watcher.next);
        self.link(watcher.next, |next| next.previous = watcher.previous);
        self.link(slot, |place| *place = NOBODY);
        if slot as usize + 1 == self.slots.len() {
            let end =
                self.slots.iter().rposition(|watcher| watcher.session != NONE).map_or(0, |last| last + 1);
            compact_vec::truncate(&mut self.slots, end);
        }
    }

    /// The slots of a list.
    pub fn list(&self, first: Slot) -> impl Iterator<Item = (Slot, Watcher)> {
        let at = |slot| self.get(slot).map(|watcher| (slot, watcher));
        std::iter::successors(at(first), move |(_, watcher)| at(watcher.next))
    }

    /// All slots in use.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, Watcher)> {
        (0..)
            .zip(&self.slots)
            .filter(|(_, watcher)| watcher.session != NONE)
            .map(|(slot, watcher)| (slot, *watcher))
    }

    fn link(&mut self, slot: Slot, change: impl FnOnce(&mut Watcher)) {
        if let Some(watcher) = self.slots.get_mut(slot as usize) {
            change(watcher);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(watchers: &Watchers, first: Slot) -> Vec<Slot> {
        watchers.list(first).map(|(slot, _)| slot).collect()
    }

    #[test]
    fn a_list_loses_its_first_last_and_middle_one() {
        let (mut watchers, mut first, mut other) = (Watchers::default(), NONE, NONE);
        for slot in [4, 0, 9, 2] {
            watchers.add(slot, slot + 100, 1, 0, &mut first);
        }
        watchers.add(5, 0, 2, 0, &mut other);
        assert_eq!(slots(&watchers, first), [2, 9, 0, 4]);
        watchers.remove(9, &mut first);
        assert_eq!(slots(&watchers, first), [2, 0, 4]);
        watchers.remove(4, &mut first);
        watchers.remove(2, &mut first);
        assert_eq!(slots(&watchers, first), [0]);
        assert_eq!(watchers.get(0).map(|watcher| (watcher.turn, watcher.session)), Some((100, 1)));
        watchers.remove(0, &mut first);
        assert_eq!((slots(&watchers, first), first), (Vec::new(), NONE));
        assert_eq!(slots(&watchers, other), [5]);
        assert!(watchers.iter().map(|(slot, _)| slot).eq([5]));
        watchers.remove(4, &mut other);
        assert_eq!(slots(&watchers, other), [5], "a free slot is in no list");
    }

    #[test]
    fn slots_at_the_end_give_their_room_back() {
        let (mut watchers, mut first) = (Watchers::default(), NONE);
        (0..1_000).for_each(|slot| watchers.add(slot, 1, 1, 0, &mut first));
        (1..1_000).for_each(|slot| watchers.remove(slot, &mut first));
        assert_eq!(slots(&watchers, first), [0]);
        assert!(watchers.room() < 100, "{}", watchers.room());
    }
}
