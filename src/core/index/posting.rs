//! Linked lists of the members with the same value: a member comes and goes without moving any other.

use super::slots::Slot;
use crate::core::compact_vec;

/// The end of a list. Not a slot: slots are below 2^31.
const END: Slot = Slot::MAX;

/// The members that have one value of a column. Their links are in the column's [`Links`].
pub struct Posting {
    head: Slot,
    tail: Slot,
    count: u32,
    is_in_order: bool,
}

impl Default for Posting {
    fn default() -> Self {
        Self { head: END, tail: END, count: 0, is_in_order: true }
    }
}

impl Posting {
    /// How many members are in it.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether it has no members.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the members are in the order of enrolment. A member whose value changed is put at the end instead: to
    /// find its place would need a walk through all later members.
    pub fn is_in_order(&self) -> bool {
        self.is_in_order
    }
}

const UNLINKED: Link = Link { previous: END, next: END };

/// For each slot, its neighbours in its posting.
#[derive(Default)]
pub struct Links(Vec<Link>);

#[derive(Clone, Copy)]
struct Link {
    previous: Slot,
    next: Slot,
}

impl Links {
    /// Links for this many slots, none of which is in a posting.
    pub fn with_slots(end: usize) -> Self {
        Self(vec![UNLINKED; end])
    }

    /// Puts a member that is in no posting at the end of one. `order`: the enrolment number of each slot.
    pub fn append(&mut self, posting: &mut Posting, slot: Slot, order: &[u32]) {
        let enrolled = |slot: Slot| order.get(slot as usize);
        if let Some(tail) = self.0.get_mut(posting.tail as usize) {
            tail.next = slot;
            posting.is_in_order &= enrolled(posting.tail) < enrolled(slot);
        } else {
            posting.head = slot;
            posting.is_in_order = true;
        }
        compact_vec::put(&mut self.0, slot as usize, Link { previous: posting.tail, next: END });
        posting.tail = slot;
        posting.count += 1;
    }

    /// Takes a member out of its posting.
    pub fn remove(&mut self, posting: &mut Posting, slot: Slot) {
        let Some(Link { previous, next }) = self.0.get(slot as usize).copied() else { return };
        match self.0.get_mut(previous as usize) {
            Some(link) => link.next = next,
            None => posting.head = next,
        }
        match self.0.get_mut(next as usize) {
            Some(link) => link.previous = previous,
            None => posting.tail = previous,
        }
        posting.count -= 1;
    }

    /// Makes room for a slot that is in no posting.
    pub fn skip(&mut self, slot: Slot) {
        compact_vec::put(&mut self.0, slot as usize, UNLINKED);
    }

    /// The members of a posting.
    pub fn slots(&self, posting: &Posting) -> impl Iterator<Item = Slot> {
        let mut slot = posting.head;
        // Also limited by the count: the walk ends even if the links are wrong.
        (0..posting.count).map_while(move |_| {
            let current = slot;
            slot = self.0.get(current as usize)?.next;
            Some(current)
        })
    }

    /// Removes the links of slots from `end` on.
    pub fn truncate(&mut self, end: usize) {
        compact_vec::truncate(&mut self.0, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(slots: &[Slot], order: &[u32]) -> (Posting, Links) {
        let (mut posting, mut links) = (Posting::default(), Links::with_slots(8));
        for slot in slots {
            links.append(&mut posting, *slot, order);
        }
        (posting, links)
    }

    #[test]
    fn members_leave_from_head_middle_and_tail() {
        let (mut posting, mut links) = posting(&[5, 1, 7, 2], &[0; 8]);
        for (leaver, rest) in [(1, &[5, 7, 2][..]), (5, &[7, 2]), (2, &[7]), (7, &[])] {
            links.remove(&mut posting, leaver);
            assert!(links.slots(&posting).eq(rest.iter().copied()));
            assert_eq!(posting.len(), rest.len());
        }
    }

    #[test]
    fn it_knows_of_a_member_out_of_order_until_it_is_empty() {
        let order = [10, 11, 12, 13, 14, 15, 16, 17];
        let (mut posting, mut links) = posting(&[0, 4, 3], &order);
        assert!(!posting.is_in_order());
        for slot in [0, 4, 3] {
            links.remove(&mut posting, slot);
        }
        links.append(&mut posting, 6, &order);
        links.append(&mut posting, 7, &order);
        assert!(posting.is_in_order());
    }
}
