//! What is watched, and by whom.

use super::{
    sessions::Sessions,
    unread::Unread,
    views::Perspective,
    watchers::{NONE, Slot, Watchers},
};

/// All watched sessions of one source.
#[derive(Default)]
pub struct Registry {
    pub(super) sessions: Sessions,
    pub(super) watchers: Watchers,
    pub(super) perspectives: Vec<Seen>,
    pub(super) unread: Unread,
}

/// Whose watchers, and where they find the user.
pub(super) struct Seen {
    pub(super) owner: u32,
    pub(super) passport_key: Box<[u8]>,
    pub(super) keeps: bool,
    sessions: usize,
}

impl Registry {
    /// The perspective of an owner that finds the user under this name. `keeps`: the watcher of a session that has
    /// ended, or has another user, stays as it is until the owner decides: the owner asks somebody else first.
    pub fn perspective_of(&mut self, owner: u32, passport_key: &[u8], keeps: bool) -> Perspective {
        let is_it = |seen: &Seen| seen.owner == owner && *seen.passport_key == *passport_key;
        let known = self.perspectives.iter().position(is_it);
        // One that an owner has left is used again: an app may make an authorizer for each socket.
        let index = known.or_else(|| self.perspectives.iter().position(|seen| seen.owner == NONE));
        let index = index.unwrap_or(self.perspectives.len());
        if known.is_none() {
            let seen = Seen { owner, passport_key: passport_key.into(), keeps, sessions: 0 };
            match self.perspectives.get_mut(index) {
                Some(place) => *place = seen,
                None => self.perspectives.push(seen),
            }
        }
        Perspective::try_from(index).unwrap_or(Perspective::MAX)
    }

    /// Begins to watch. The session is read at once: it may have ended since it was looked up. A slot that is in use
    /// is taken from its former watcher.
    pub fn watch(&mut self, slot: Slot, turn: u32, perspective: Perspective, key: &[u8], identity: &[u8]) {
        self.forget(slot);
        let known = self.sessions.find(key);
        let Some(number) = known.or_else(|| self.sessions.add(key, perspective, identity)) else { return };
        let Some(session) = self.sessions.get_mut(number) else { return };
        let is_first = session.views.iter().all(|view| view.perspective != perspective || view.watchers == 0);
        let Some(index) = session.views.index_of(perspective, identity) else { return };
        let Some(view) = session.views.get_mut(index) else { return };
        view.watchers += 1;
        self.watchers.add(slot, turn, number, index, &mut session.first);
        if is_first && let Some(seen) = self.perspectives.get_mut(perspective as usize) {
            seen.sessions += 1;
        }
        self.mark(number);
    }

    /// Ends to watch, if the slot is still in this turn.
    pub fn unwatch(&mut self, slot: Slot, turn: u32) {
        if self.watchers.get(slot).is_some_and(|watcher| watcher.turn == turn) {
            self.forget(slot);
        }
    }

    /// An owner is gone, and with it all its watchers.
    pub fn remove_owner(&mut self, owner: u32) {
        let is_its = |view: Option<Perspective>| {
            view.and_then(|view| self.perspectives.get(view as usize)).is_some_and(|seen| seen.owner == owner)
        };
        let slots: Vec<_> = self
            .watchers
            .iter()
            .map(|(slot, _)| slot)
            .filter(|slot| is_its(self.perspective_at(*slot)))
            .collect();
        for slot in slots {
            self.forget(slot);
        }
        for seen in self.perspectives.iter_mut().filter(|seen| seen.owner == owner) {
            *seen = Seen { owner: NONE, passport_key: Box::default(), keeps: false, sessions: 0 };
        }
    }

    /// A key has changed.
    pub fn changed(&mut self, key: &[u8]) {
        if let Some(number) = self.sessions.find(key) {
            self.mark(number);
        }
    }

    /// Every key of which `is_meant` is true may have changed. What could not be read is read again, too.
    pub fn changed_where(&mut self, is_meant: impl Fn(&[u8]) -> bool) {
        for (number, session) in self.sessions.iter_mut() {
            if session.is_failed || is_meant(&session.key) {
                self.unread.mark(session, number);
            }
        }
    }

    /// How many sessions an owner watches.
    #[must_use]
    pub fn sessions_of(&self, owner: u32) -> usize {
        self.perspectives.iter().filter(|seen| seen.owner == owner).map(|seen| seen.sessions).sum()
    }

    /// How many sessions are watched.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether nothing is watched.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The turn of a slot, and the key and the identity that it watches.
    #[must_use]
    pub fn describe(&self, slot: Slot) -> Option<(u32, &[u8], &[u8])> {
        let watcher = self.watchers.get(slot)?;
        let session = self.sessions.get(watcher.session)?;
        let view = session.views.iter().nth(watcher.view.into())?;
        Some((watcher.turn, &session.key, &view.identity))
    }

    pub(super) fn forget(&mut self, slot: Slot) {
        let Some(watcher) = self.watchers.get(slot) else { return };
        let Some(session) = self.sessions.get_mut(watcher.session) else { return };
        self.watchers.remove(slot, &mut session.first);
        let mut left = None;
        if let Some(view) = session.views.get_mut(watcher.view) {
            view.watchers -= 1;
            left = (view.watchers == 0).then_some(view.perspective);
        }
        let is_last = |perspective: &Perspective| {
            session.views.iter().all(|view| view.perspective != *perspective || view.watchers == 0)
        };
        if let Some(seen) =
            left.filter(is_last).and_then(|perspective| self.perspectives.get_mut(perspective as usize))
        {
            seen.sessions -= 1;
        }
        if session.first == NONE {
            self.sessions.remove(watcher.session);
        }
    }

    fn perspective_at(&self, slot: Slot) -> Option<Perspective> {
        let watcher = self.watchers.get(slot)?;
        let session = self.sessions.get(watcher.session)?;
        session.views.iter().nth(watcher.view.into()).map(|view| view.perspective)
    }

    pub(super) fn mark(&mut self, number: u32) {
        if let Some(session) = self.sessions.get_mut(number) {
            self.unread.mark(session, number);
        }
    }
}

#[cfg(test)]
mod tests;
