//! What must be true of the registry.

use std::collections::BTreeSet;

use passport_socketio_native::watch::{EndReason, Event, News};

use super::{KEEPS, KEYS, NAMES, SLOTS, World};

/// Of a session, for those who find users under one name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Gone,
    /// It is no JSON.
    Broken,
    WithoutUser,
    WithUser,
}

impl World {
    /// To be called after each step.
    pub fn remember(&mut self) {
        for key in KEYS {
            for name in NAMES {
                let state = match self.server.get(key, self.now) {
                    None => State::Gone,
                    Some(text) if !text.ends_with("}}") => State::Broken,
                    Some(_) if self.user(key, name).is_none() => State::WithoutUser,
                    Some(_) => State::WithUser,
                };
                self.last.insert((key, name, state), self.step);
            }
        }
    }

    /// Told once, in its own turn, and with a reason.
    pub fn hear(&mut self, event: Event) {
        let watcher = self.watchers.get_mut(&event.slot).filter(|watcher| watcher.turn == event.turn);
        let watcher = watcher.unwrap_or_else(|| panic!("told one that is gone: {event:?}"));
        assert_eq!(event.owner, watcher.owner);
        match event.news {
            News::Ended(reason) => {
                let when = |state| self.last.get(&(watcher.key, watcher.name, state)).copied().unwrap_or(0);
                let last = match reason {
                    EndReason::Destroyed => when(State::Gone).max(when(State::Broken)),
                    EndReason::Expired => when(State::Gone),
                    EndReason::LoggedOut => when(State::WithoutUser),
                };
                assert!(last >= watcher.since, "{reason:?}, but it was not so since {watcher:?} began");
                watcher.was_told = true;
                self.ended += 1;
                if watcher.owner != KEEPS {
                    self.watchers.remove(&event.slot);
                } else if self.random.is(50) {
                    self.leave(event.slot);
                }
            }
            News::Changed(change) if watcher.owner == KEEPS => {
                assert_eq!(*change.before, *watcher.identity.as_bytes());
                watcher.was_told = true;
            }
            News::Changed(change) => {
                assert_eq!(*change.before, *watcher.identity.as_bytes());
                assert_ne!(change.before, change.now);
                watcher.identity = String::from_utf8(change.now.to_vec()).unwrap();
                // JavaScript finds that the two are the same user, or another one.
                if self.random.is(50) {
                    self.leave(event.slot);
                    self.ended += 1;
                }
            }
        }
    }

    pub fn check_that_the_living_are_left(&self) {
        for (slot, watcher) in &self.watchers {
            let user = self.user(watcher.key, watcher.name);
            let is_right = user.as_ref() == Some(&watcher.identity) || watcher.was_told;
            assert!(is_right, "{user:?} in slot {slot}: {watcher:?}");
            let described = self.registry.describe(*slot);
            assert_eq!(described, Some((watcher.turn, watcher.key, watcher.identity.as_bytes())));
        }
        let watched =
            (0..SLOTS).filter(|slot| self.registry.describe(u32::try_from(*slot).unwrap()).is_some());
        assert_eq!(watched.count(), self.watchers.len());
    }

    pub fn check_counts(&self) {
        let keys: BTreeSet<_> = self.watchers.values().map(|watcher| watcher.key).collect();
        assert_eq!(self.registry.len(), keys.len());
        for owner in 1..=3 {
            let its = self.watchers.values().filter(|watcher| watcher.owner == owner);
            let sessions: BTreeSet<_> = its.map(|watcher| (watcher.key, watcher.name)).collect();
            assert_eq!(self.registry.sessions_of(owner), sessions.len(), "of owner {owner}");
        }
    }
}
