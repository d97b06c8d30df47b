//! One property of all members.

use std::mem;

use super::{
    dictionary::{Dictionary, ValueId},
    posting::{Links, Posting},
    primitive::Primitive,
    registry::Registry,
    slots::Slot,
};
use crate::core::compact_vec;

/// In place of a value's id: the member's authorizer does not index this property, so JavaScript has to check.
pub const UNINDEXED: ValueId = ValueId::MAX;
/// In place of a value's id: the property is absent or not a primitive, and equals nothing.
pub const OTHER: ValueId = ValueId::MAX - 1;

/// The value that a member gets in a column.
#[derive(Clone, Copy)]
pub enum NewValue<'v> {
    /// See [`UNINDEXED`].
    Unindexed,
    /// See [`OTHER`].
    Other,
    /// A value.
    Value(Primitive<'v>),
}

/// The value of each member, and the members of each value.
#[derive(Default)]
pub struct Column {
    /// For each slot its value. A slot without a member is [`UNINDEXED`], so that a query about it is passed on to
    /// JavaScript.
    ids: Vec<ValueId>,
    links: Links,
    values: Dictionary,
    unindexed: Posting,
}

impl Column {
    /// A column for this many slots, none of which has a member yet.
    pub fn with_slots(end: usize) -> Self {
        Self { ids: vec![UNINDEXED; end], links: Links::with_slots(end), ..Self::default() }
    }

    /// Adds the member at a slot, which was free or is the first beyond the end. `order`: the enrolment number of
    /// each slot.
    pub fn enter(&mut self, slot: Slot, given: NewValue<'_>, order: &[u32]) {
        let id = self.id_of(given);
        compact_vec::put(&mut self.ids, slot as usize, id);
        self.links.skip(slot);
        self.link(slot, id, order);
    }

    /// Gives a member another value.
    pub fn change(&mut self, slot: Slot, given: NewValue<'_>, order: &[u32]) {
        let id = self.id_of(given);
        let Some(current) = self.ids.get_mut(slot as usize) else { return };
        let before = mem::replace(current, id);
        if before != id {
            self.unlink(slot, before);
            self.link(slot, id, order);
            // At the end, because it may change the ids of values.
            self.tidy(before);
        }
    }

    /// Takes a member out.
    pub fn leave(&mut self, slot: Slot) {
        if let Some(current) = self.ids.get_mut(slot as usize) {
            let before = mem::replace(current, UNINDEXED);
            self.unlink(slot, before);
            self.tidy(before);
        }
    }

    /// Removes the slots from `end` on.
    pub fn truncate(&mut self, end: usize) {
        if end < self.ids.len() {
            compact_vec::truncate(&mut self.ids, end);
            self.links.truncate(end);
        }
    }

    /// The value of a slot. [`UNINDEXED`] if it has none.
    pub fn id(&self, slot: Slot) -> ValueId {
        self.ids.get(slot as usize).copied().unwrap_or(UNINDEXED)
    }

    /// The id of a value, if any member has it.
    pub fn find(&self, value: Primitive<'_>) -> Option<ValueId> {
        self.values.find(value)
    }

    /// The members that have a value.
    pub fn posting(&self, id: ValueId) -> Option<&Posting> {
        self.values.posting(id)
    }

    /// The members whose authorizer does not index the property.
    pub fn unindexed(&self) -> &Posting {
        &self.unindexed
    }

    /// The slots of a posting of this column.
    pub fn slots(&self, posting: &Posting) -> impl Iterator<Item = Slot> {
        self.links.slots(posting)
    }

    /// The distinct values of a group's members, see `Index::distinct`. The group must index this column.
    pub fn distinct(&self, registry: &Registry, group: u32) -> Vec<(Primitive<'_>, usize)> {
        // Usually one authorizer indexes the property. Then only the first member of each value is visited.
        let is_alone = registry.in_group(group) + self.unindexed.len() == registry.len();
        let counted = |posting: &Posting| {
            if is_alone { posting.len() } else { self.slots_in(posting, registry, group).count() }
        };
        let mut firsts: Vec<_> = self
            .values
            .iter()
            .filter_map(|(_, posting)| {
                let looked_at = if posting.is_in_order() { 1 } else { posting.len() };
                let slots = self.slots_in(posting, registry, group).take(looked_at);
                slots.min_by_key(|slot| registry.enrolled(*slot))
            })
            .collect();
        registry.sort(&mut firsts);
        let values = firsts.into_iter().filter_map(|first| self.values.get(self.id(first)));
        values.map(|(value, posting)| (value, counted(posting))).collect()
    }

    fn slots_in(&self, posting: &Posting, registry: &Registry, group: u32) -> impl Iterator<Item = Slot> {
        self.slots(posting).filter(move |slot| registry.group(*slot) == Some(group))
    }

    fn id_of(&mut self, given: NewValue<'_>) -> ValueId {
        match given {
            NewValue::Unindexed => UNINDEXED,
            NewValue::Other => OTHER,
            NewValue::Value(value) => self.values.intern(value),
        }
    }

    fn link(&mut self, slot: Slot, id: ValueId, order: &[u32]) {
        if let Some(posting) = posting_mut(&mut self.values, &mut self.unindexed, id) {
            self.links.append(posting, slot, order);
        }
    }

    fn unlink(&mut self, slot: Slot, id: ValueId) {
        if let Some(posting) = posting_mut(&mut self.values, &mut self.unindexed, id) {
            self.links.remove(posting, slot);
        }
    }

    /// Removes a value that no member has.
    fn tidy(&mut self, id: ValueId) {
        if self.values.posting(id).is_none_or(|posting| !posting.is_empty()) {
            return;
        }
        self.values.remove(id);
        if self.values.is_sparse() {
            self.values.compact();
            for (id, posting) in self.values.iter() {
                for slot in self.links.slots(posting) {
                    if let Some(place) = self.ids.get_mut(slot as usize) {
                        *place = id;
                    }
                }
            }
        }
    }
}

fn posting_mut<'c>(
    values: &'c mut Dictionary,
    unindexed: &'c mut Posting,
    id: ValueId,
) -> Option<&'c mut Posting> {
    match id {
        UNINDEXED => Some(unindexed),
        // In no list, because it matches nothing.
        OTHER => None,
        id => values.posting_mut(id),
    }
}

#[cfg(test)]
mod tests;
