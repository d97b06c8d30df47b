//! The values of one column. Each value is stored once, has an id, and has a list of its members.

use std::{
    hash::{BuildHasher, RandomState},
    mem,
};

use hashbrown::HashTable;

use super::{posting::Posting, primitive::Primitive, value::Value};
use crate::core::compact_vec;

/// The id of a value within its column, reused after the value is gone.
pub type ValueId = u32;

/// Below this number of entries nothing is given back.
const LEAST: usize = 64;

/// Values and their postings.
#[derive(Default)]
pub struct Dictionary {
    entries: Vec<Entry>,
    /// Entries without a value.
    free: Vec<ValueId>,
    /// From a value to its id. Holds only ids, because the values are in `entries`.
    ids: HashTable<ValueId>,
    /// The value that was repeated last. Most members have the same role as the one before: a comparison takes 25 ns
    /// less than a hash and a search.
    last: ValueId,
    /// Seeded and keyed (`SipHash`): users choose their names, and must not be able to choose names that collide.
    hasher: RandomState,
}

#[derive(Default)]
struct Entry {
    value: Value,
    posting: Posting,
}

const _: () = assert!(size_of::<Entry>() == 32, "the costs of the index rest on it");

impl Dictionary {
    /// The id of a value, if any member has it.
    pub fn find(&self, value: Primitive<'_>) -> Option<ValueId> {
        self.look_up(self.hasher.hash_one(value), value)
    }

    /// The id of a value. A new value has an empty posting, which must get a member or be [removed](Self::remove).
    pub fn intern(&mut self, value: Primitive<'_>) -> ValueId {
        if self.is_at(self.last, value) {
            return self.last;
        }
        let hash = self.hasher.hash_one(value);
        if let Some(id) = self.look_up(hash, value) {
            self.last = id;
            return id;
        }
        let entry = Entry { value: value.into(), posting: Posting::default() };
        let id =
            self.free.pop().unwrap_or_else(|| ValueId::try_from(self.entries.len()).unwrap_or(ValueId::MAX));
        compact_vec::put(&mut self.entries, id as usize, entry);
        self.ids.insert_unique(hash, id, |id| hash_of(&self.hasher, &self.entries, *id));
        id
    }

    /// Removes a value that no member has.
    pub fn remove(&mut self, id: ValueId) {
        let Some(entry) = self.entries.get_mut(id as usize) else { return };
        let Entry { value, .. } = mem::take(entry);
        let found = self.ids.find_entry(self.hasher.hash_one(value.get()), |other| *other == id);
        if let Ok(found) = found {
            found.remove();
            compact_vec::push(&mut self.free, id);
        }
    }

    /// A value and its members.
    pub fn get(&self, id: ValueId) -> Option<(Primitive<'_>, &Posting)> {
        self.entries.get(id as usize).map(|entry| (entry.value.get(), &entry.posting))
    }

    /// The members that have a value.
    pub fn posting(&self, id: ValueId) -> Option<&Posting> {
        self.get(id).map(|(_, posting)| posting)
    }

    /// The members that have a value, to be changed.
    pub fn posting_mut(&mut self, id: ValueId) -> Option<&mut Posting> {
        self.entries.get_mut(id as usize).map(|entry| &mut entry.posting)
    }

    /// The values that have members.
    pub fn iter(&self) -> impl Iterator<Item = (ValueId, &Posting)> {
        let postings = (0..).zip(self.entries.iter().map(|entry| &entry.posting));
        postings.filter(|(_, posting)| !posting.is_empty())
    }

    /// Whether three quarters of the entries have no value.
    pub fn is_sparse(&self) -> bool {
        self.entries.len() > LEAST && self.ids.len() < self.entries.len() / 4
    }

    /// Numbers the values again, without gaps, and gives memory back. The old ids are no longer valid.
    pub fn compact(&mut self) {
        self.entries.retain(|entry| !entry.posting.is_empty());
        self.entries.shrink_to_fit();
        self.free = Vec::new();
        self.ids = HashTable::with_capacity(self.entries.len());
        for id in (0..).take(self.entries.len()) {
            let hash = hash_of(&self.hasher, &self.entries, id);
            self.ids.insert_unique(hash, id, |id| hash_of(&self.hasher, &self.entries, *id));
        }
    }

    /// How many entries there are, with a value or without.
    #[cfg(test)]
    pub fn room(&self) -> usize {
        self.entries.len()
    }

    /// Whether this is the id of a value that has members.
    fn is_at(&self, id: ValueId, value: Primitive<'_>) -> bool {
        self.get(id).is_some_and(|(other, posting)| other == value && !posting.is_empty())
    }

    fn look_up(&self, hash: u64, value: Primitive<'_>) -> Option<ValueId> {
        let is_it =
            |id: &ValueId| self.entries.get(*id as usize).is_some_and(|entry| entry.value.get() == value);
        self.ids.find(hash, is_it).copied()
    }
}

fn hash_of(hasher: &RandomState, entries: &[Entry], id: ValueId) -> u64 {
    entries.get(id as usize).map_or(0, |entry| hasher.hash_one(entry.value.get()))
}
