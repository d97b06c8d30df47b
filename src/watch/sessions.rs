//! The watched sessions, each once, by key.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::{
    deadlines::Millis,
    views::{Perspective, View},
    watchers::{NONE, Slot},
};
use crate::core::compact_vec;

/// A session that somebody watches.
pub struct Session {
    pub key: Box<[u8]>,
    pub views: View,
    /// When its time is over; 0: not known, or never.
    pub deadline: Millis,
    /// When the deadlines will look at it; 0: never.
    pub armed: Millis,
    /// Counts what makes a reading that is under way worthless.
    pub generation: u32,
    /// The first of its watchers.
    pub first: Slot,
    /// It is among those that have to be read.
    pub is_unread: bool,
    /// It is being read. The session keeps its number until the reading has come, whoever leaves.
    pub is_being_read: bool,
    /// The last reading said nothing.
    pub is_failed: bool,
}

const _: () = assert!(size_of::<Session>() <= 96, "the memory of a watched session rests on it");

/// Sessions by number and by key.
#[derive(Default)]
pub struct Sessions {
    entries: Vec<Option<Session>>,
    free: Vec<u32>,
    /// From a key to its number. Holds numbers only, because the keys are in `entries`.
    numbers: HashTable<u32>,
    /// Seeded and keyed (`SipHash`): a client may choose the session id that it sends.
    hasher: RandomState,
}

impl Sessions {
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// One more than the highest number.
    pub fn end(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(NONE)
    }

    /// The room that is taken, in sessions.
    #[cfg(test)]
    pub fn room(&self) -> usize {
        self.entries.capacity().max(self.free.capacity()).max(self.numbers.capacity())
    }

    pub fn get(&self, number: u32) -> Option<&Session> {
        self.entries.get(number as usize)?.as_ref()
    }

    pub fn get_mut(&mut self, number: u32) -> Option<&mut Session> {
        self.entries.get_mut(number as usize)?.as_mut()
    }

    pub fn find(&self, key: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        self.numbers
            .find(hash, |number| self.get(*number).is_some_and(|session| *session.key == *key))
            .copied()
    }

    /// Adds a session that is not there, with one view without watchers. `None`: there are too many.
    pub fn add(&mut self, key: &[u8], perspective: Perspective, identity: &[u8]) -> Option<u32> {
        let session = Session {
            key: key.into(),
            views: View::new(perspective, identity),
            deadline: 0,
            armed: 0,
            generation: 0,
            first: NONE,
            is_unread: false,
            is_being_read: false,
            is_failed: false,
        };
        let number = self.free.pop().unwrap_or_else(|| self.end());
        if number == NONE {
            return None;
        }
        compact_vec::put(&mut self.entries, number as usize, Some(session));
        let Self { entries, numbers, hasher, .. } = self;
        numbers.insert_unique(hasher.hash_one(key), number, |number| hash_of(hasher, entries, *number));
        Some(number)
    }

    /// Removes the key of a session: nobody watches it. Its number stays taken while it is unread or being read.
    pub fn remove(&mut self, number: u32) {
        let Some(session) = self.get(number) else { return };
        let hash = self.hasher.hash_one(&*session.key);
        let is_held = session.is_unread || session.is_being_read;
        if let Ok(found) = self.numbers.find_entry(hash, |other| *other == number) {
            found.remove();
        }
        if self.numbers.capacity() > 1024 && self.numbers.len() < self.numbers.capacity() / 4 {
            let Self { entries, numbers, hasher, .. } = self;
            numbers.shrink_to_fit(|number| hash_of(hasher, entries, *number));
        }
        if !is_held {
            self.release(number);
        }
    }

    /// Frees the number of a session that was removed while it was held.
    pub fn release(&mut self, number: u32) {
        let Some(place) = self.entries.get_mut(number as usize) else { return };
        *place = None;
        compact_vec::push(&mut self.free, number);
        if self.numbers.is_empty() && self.free.len() == self.entries.len() {
            (self.entries, self.free) = (Vec::new(), Vec::new());
        }
    }

    /// The sessions that are watched.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut Session)> {
        let sessions = (0..).zip(&mut self.entries);
        sessions
            .filter_map(|(number, entry)| Some((number, entry.as_mut()?)))
            .filter(|(_, session)| session.first != NONE)
    }
}

fn hash_of(hasher: &RandomState, entries: &[Option<Session>], number: u32) -> u64 {
    entries.get(number as usize).and_then(Option::as_ref).map_or(0, |session| hasher.hash_one(&*session.key))
}
