//! Sessions are read: which of them, and what a reading says.

use std::{collections::VecDeque, mem, sync::Arc};

use super::{
    deadlines::Millis,
    events::{Change, Event, News},
    judge::{Judgement, judge},
    registry::Registry,
    sessions::Session,
    source::Reading,
    views::ViewIndex,
    watchers::NONE,
};
use crate::pipeline::Keys;

/// How many sessions that could not be read are tried again at once, as long as none of them can be read. A server that
/// is out of reach or refuses is not asked for everything, and a node of a cluster that is down does not keep the
/// sessions of others waiting.
const TRIED_AGAIN: usize = 64;

/// So many deadlines of nobody are not worth a search.
const SPARE_DEADLINES: usize = 64;

/// Sessions to read together.
#[derive(Default)]
pub struct Batch {
    /// Their keys.
    pub keys: Keys,
    /// The number and the generation of each.
    sessions: Vec<(u32, u32)>,
    /// When it was taken.
    since: Millis,
}

impl Registry {
    /// The sessions whose time is over, or may be, have to be read.
    pub fn mark_due(&mut self, now: Millis) {
        while let Some((at, number)) = self.unread.deadlines.pop_due(now) {
            let Some(session) = self.sessions.get_mut(number).filter(|session| session.armed == at) else {
                continue;
            };
            session.armed = 0;
            if session.deadline > now {
                session.armed = session.deadline;
                self.unread.deadlines.push(session.deadline, number);
            } else if session.first != NONE {
                self.unread.mark(session, number);
            }
        }
        self.unread.deadlines.shrink();
    }

    /// When [`mark_due`](Self::mark_due) has to be called next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Millis> {
        self.unread.deadlines.next()
    }

    /// The next `count` sessions of all have to be read, whatever was told of them. After the last one comes the first.
    pub fn sweep(&mut self, count: usize) {
        (self.unread.swept, _) = self.mark_some(self.unread.swept, count, |_| true);
    }

    /// Sessions that could not be read have to be read again: a few, and all once one of these could be.
    pub fn retry(&mut self) {
        let count = if mem::take(&mut self.unread.has_recovered) { usize::MAX } else { TRIED_AGAIN };
        let left;
        (self.unread.retried, left) = self.mark_some(self.unread.retried, count, |session| session.is_failed);
        self.unread.has_failed = left == 0;
    }

    /// Marks the next `count` watched sessions after `number` of which `is_meant` is true. Returns the last one, and how
    /// many there are too few.
    fn mark_some(
        &mut self,
        mut number: u32,
        count: usize,
        is_meant: impl Fn(&Session) -> bool,
    ) -> (u32, usize) {
        let (end, mut left) = (self.sessions.end(), count);
        for _ in 0..end {
            if left == 0 {
                break;
            }
            number = if number + 1 < end { number + 1 } else { 0 };
            let Some(session) = self.sessions.get_mut(number) else { continue };
            if session.first != NONE && is_meant(session) {
                self.unread.mark(session, number);
                left -= 1;
            }
        }
        (number, left)
    }

    /// Whether sessions could not be read, and have not been tried again.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.unread.has_failed
    }

    /// Whether one of these could be read since: the others probably can be, too.
    #[must_use]
    pub fn has_recovered(&self) -> bool {
        self.unread.has_recovered
    }

    /// Whether sessions have to be read.
    #[must_use]
    pub fn has_unread(&self) -> bool {
        !self.unread.queue.is_empty()
    }

    /// The next sessions to read, at most `limit`. Each batch has to be [settled](Self::settle).
    pub fn take_unread(&mut self, limit: usize, now: Millis) -> Batch {
        let mut batch = Batch { since: now, ..Batch::default() };
        while batch.sessions.len() < limit
            && let Some(number) = self.unread.queue.pop_front()
        {
            let Some(session) = self.sessions.get_mut(number) else { continue };
            session.is_unread = false;
            if session.first == NONE {
                if !session.is_being_read {
                    self.sessions.release(number);
                }
                continue;
            }
            session.is_being_read = true;
            batch.keys.push(&session.key, b"");
            batch.sessions.push((number, session.generation));
        }
        if self.unread.queue.is_empty() && self.unread.queue.capacity() > 1024 {
            self.unread.queue = VecDeque::new();
        }
        batch
    }

    /// The readings of a batch have come. What was not read stays as it is, and is [tried again](Self::retry). Returns
    /// what the owners have to know.
    pub fn settle(&mut self, batch: &Batch, readings: Vec<Reading>, now: Millis) -> Vec<Event> {
        let mut events = Vec::new();
        let mut has_recovered = false;
        let mut readings = readings.into_iter();
        for (number, generation) in &batch.sessions {
            let reading = readings.next();
            let Some(session) = self.sessions.get_mut(*number) else { continue };
            session.is_being_read = false;
            if session.first == NONE {
                if !session.is_unread {
                    self.sessions.release(*number);
                }
            } else if session.generation != *generation {
                // A message has overtaken the reading: it may show the session as it was before.
                self.unread.enqueue(session, *number);
            } else {
                let says_something = reading.as_ref().is_some_and(Reading::says_something);
                let was_failed = mem::replace(&mut session.is_failed, !says_something);
                self.unread.has_failed |= !says_something;
                has_recovered |= was_failed && says_something;
                if let Some(reading) = reading {
                    self.believe(*number, &reading, (batch.since, now), &mut events);
                }
            }
        }
        // Where nothing is left to try, it says nothing about the next failure.
        self.unread.has_recovered |= has_recovered && self.unread.has_failed;
        events
    }

    fn believe(
        &mut self,
        number: u32,
        reading: &Reading,
        (since, now): (Millis, Millis),
        events: &mut Vec<Event>,
    ) {
        let Some(session) = self.sessions.get_mut(number) else { return };
        let deadline = session.deadline;
        // From when the question was asked, not from when the answer came: an answer that was late would put the deadline
        // after the end, and what has expired would seem to be gone before its time. One that comes too early is looked at
        // once more.
        session.deadline = reading.ttl.map_or(0, |ttl| since.saturating_add(ttl).saturating_add(1));
        let views: Vec<_> = (0..=ViewIndex::MAX).zip(session.views.iter()).collect();
        let mut news = Vec::new();
        for (index, view) in views.into_iter().filter(|(_, view)| view.watchers > 0) {
            let Some(seen) = self.perspectives.get(view.perspective as usize) else { continue };
            match judge(&reading.stored, &seen.passport_key, deadline, now) {
                Err(_) => {
                    session.deadline = deadline;
                    return;
                }
                Ok(Judgement::User(identity)) if *identity == *view.identity => {}
                Ok(Judgement::User(identity)) => {
                    let change = Change { before: view.identity.clone(), now: identity.into() };
                    news.push((index, seen.owner, seen.keeps, News::Changed(Arc::new(change))));
                }
                Ok(Judgement::Ended(reason)) => {
                    news.push((index, seen.owner, seen.keeps, News::Ended(reason)));
                }
            }
        }
        self.arm(number);
        for (index, owner, keeps, news) in news {
            self.tell(number, index, (owner, keeps), &news, events);
        }
    }

    /// Makes an event for each watcher of a view, and goes on from there: from the new identity, or without watchers. An owner
    /// that `keeps` them decides that itself.
    fn tell(
        &mut self,
        number: u32,
        index: ViewIndex,
        (owner, keeps): (u32, bool),
        news: &News,
        events: &mut Vec<Event>,
    ) {
        let Some(session) = self.sessions.get_mut(number) else { return };
        if let News::Changed(change) = news
            && !keeps
            && let Some(view) = session.views.get_mut(index)
        {
            view.identity.clone_from(&change.now);
        }
        let meant: Vec<_> =
            self.watchers.list(session.first).filter(|(_, watcher)| watcher.view == index).collect();
        for (slot, watcher) in meant {
            events.push(Event { slot, turn: watcher.turn, owner, news: news.clone() });
            if !keeps && matches!(news, News::Ended(_)) {
                self.forget(slot);
            }
        }
    }

    fn arm(&mut self, number: u32) {
        let Some(session) = self.sessions.get_mut(number) else { return };
        let is_earlier = session.armed == 0 || session.deadline < session.armed;
        if session.deadline > 0 && is_earlier {
            session.armed = session.deadline;
            self.unread.deadlines.push(session.deadline, number);
        }
        // Sessions that nobody watches any more leave their deadlines behind, which may be weeks away.
        if self.unread.deadlines.len() > 2 * self.sessions.len() + SPARE_DEADLINES {
            let Self { sessions, unread, .. } = self;
            unread
                .deadlines
                .retain(|at, number| sessions.get(number).is_some_and(|session| session.armed == at));
        }
    }
}

#[cfg(test)]
mod deadline_tests;
#[cfg(test)]
mod tests;
