//! One property of all registry.

use std::mem;

use super::{
    compact_vec,
    dictionary::{Dictionary, ValueId},
    posting::{Links, Posting},
    primitive::Primitive,
    registry::Registry,
    slots::Slot,
};

/// In place of a value's id: the member's authorizer does not index this property, so that only JavaScript can tell.
pub const UNINDEXED: ValueId = ValueId::MAX;
/// In place of a value's id: the property is absent or no primitive, and equals nothing.
pub const OTHER: ValueId = ValueId::MAX - 1;

/// What a member brings for a column.
#[derive(Clone, Copy)]
pub enum Given<'v> {
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
    /// For each slot its value. A slot without a member is [`UNINDEXED`], so that whoever asks for it is sent to
    /// JavaScript.
    ids: Vec<ValueId>,
    links: Links,
    values: Dictionary,
    unindexed: Posting,
}

impl Column {
    /// A column for so many slots, as yet without registry.
    pub fn with_slots(end: usize) -> Self {
        Self { ids: vec![UNINDEXED; end], links: Links::with_slots(end), ..Self::default() }
    }

    /// Adds the member at a slot, which is one that was free or the first beyond. `order`: when each slot enrolled.
    pub fn enter(&mut self, slot: Slot, given: Given<'_>, order: &[u32]) {
        let id = self.id_of(given);
        compact_vec::put(&mut self.ids, slot as usize, id);
        self.links.skip(slot);
        self.link(slot, id, order);
    }

    /// Gives a member another value.
    pub fn change(&mut self, slot: Slot, given: Given<'_>, order: &[u32]) {
        let id = self.id_of(given);
        let Some(current) = self.ids.get_mut(slot as usize) else { return };
        let before = mem::replace(current, id);
        if before != id {
            self.unlink(slot, before);
            self.link(slot, id, order);
            // At the end, because it may give the values other ids.
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

    /// Forgets the slots from `end` on.
    pub fn truncate(&mut self, end: usize) {
        if end < self.ids.len() {
            compact_vec::truncate(&mut self.ids, end);
            self.links.truncate(end);
        }
    }

    /// The value of a slot; [`UNINDEXED`] where there is none.
    pub fn id(&self, slot: Slot) -> ValueId {
        self.ids.get(slot as usize).copied().unwrap_or(UNINDEXED)
    }

    /// The id of a value, if anybody has it.
    pub fn find(&self, value: Primitive<'_>) -> Option<ValueId> {
        self.values.find(value)
    }

    /// Who has a value.
    pub fn posting(&self, id: ValueId) -> Option<&Posting> {
        self.values.posting(id)
    }

    /// Whose authorizer does not index the property.
    pub fn unindexed(&self) -> &Posting {
        &self.unindexed
    }

    /// The slots of a posting of this column.
    pub fn slots(&self, posting: &Posting) -> impl Iterator<Item = Slot> {
        self.links.slots(posting)
    }

    /// See [`Index::distinct`](super::Index::distinct); the group is one that indexes this column.
    pub fn distinct(&self, registry: &Registry, group: u32) -> Vec<(Primitive<'_>, usize)> {
        // Usually one authorizer indexes the property; then nobody has to be looked at but the first of each value.
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

    fn id_of(&mut self, given: Given<'_>) -> ValueId {
        match given {
            Given::Unindexed => UNINDEXED,
            Given::Other => OTHER,
            Given::Value(value) => self.values.intern(value),
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

    /// Removes a value that nobody has any more.
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
        // In no list: it matches nothing.
        OTHER => None,
        id => values.posting_mut(id),
    }
}

#[cfg(test)]
mod tests;
