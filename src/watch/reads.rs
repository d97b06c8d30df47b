//! Sessions are read: which of them, and what a reading says.

use std::{collections::VecDeque, sync::Arc};

use super::{
    deadlines::Millis,
    events::{Change, Event, News},
    judge::{Judgement, judge},
    registry::Registry,
    source::Reading,
    views::ViewIndex,
    watchers::NONE,
};
use crate::pipeline::Keys;

/// Sessions to read together.
#[derive(Default)]
pub struct Batch {
    /// Their keys.
    pub keys: Keys,
    /// The number and the generation of each.
    sessions: Vec<(u32, u32)>,
}

impl Registry {
    /// The sessions whose time is over, or may be, have to be read.
    pub fn mark_due(&mut self, now: Millis) {
        while let Some((at, number)) = self.reads.deadlines.pop_due(now) {
            let Some(session) = self.sessions.get_mut(number).filter(|session| session.armed == at) else {
                continue;
            };
            session.armed = 0;
            if session.deadline > now {
                session.armed = session.deadline;
                self.reads.deadlines.push(session.deadline, number);
            } else if session.first != NONE {
                self.reads.mark(session, number);
            }
        }
        self.reads.deadlines.shrink();
    }

    /// When [`mark_due`](Self::mark_due) has to be called next.
    pub fn next_deadline(&self) -> Option<Millis> {
        self.reads.deadlines.next()
    }

    /// The next `count` sessions of all have to be read, whatever was told of them. After the last one comes the first.
    pub fn sweep(&mut self, count: usize) {
        let end = self.sessions.end();
        let mut left = count.min(self.sessions.len());
        for _ in 0..end {
            if left == 0 {
                return;
            }
            self.reads.swept = if self.reads.swept + 1 < end { self.reads.swept + 1 } else { 0 };
            if self.sessions.get(self.reads.swept).is_some_and(|session| session.first != NONE) {
                self.mark(self.reads.swept);
                left -= 1;
            }
        }
    }

    /// Sessions that could not be read have to be read again.
    pub fn retry(&mut self) {
        for number in std::mem::take(&mut self.reads.failed) {
            if self.sessions.get(number).is_some_and(|session| session.first != NONE) {
                self.mark(number);
            }
        }
    }

    /// Whether sessions could not be read.
    pub fn has_failed(&self) -> bool {
        !self.reads.failed.is_empty()
    }

    /// Whether sessions have to be read.
    pub fn has_unread(&self) -> bool {
        !self.reads.unread.is_empty()
    }

    /// The next sessions to read, at most `limit`. Each batch has to be [settled](Self::settle).
    pub fn take_unread(&mut self, limit: usize) -> Batch {
        let mut batch = Batch::default();
        while batch.sessions.len() < limit
            && let Some(number) = self.reads.unread.pop_front()
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
        if self.reads.unread.is_empty() && self.reads.unread.capacity() > 1024 {
            self.reads.unread = VecDeque::new();
        }
        batch
    }

    /// The readings of a batch have come. What was not read stays as it is, and is [tried again](Self::retry). Returns
    /// what the owners have to know.
    pub fn settle(&mut self, batch: &Batch, readings: Vec<Reading>, now: Millis) -> Vec<Event> {
        let mut events = Vec::new();
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
                self.reads.enqueue(session, *number);
            } else if let Some(reading) = reading {
                self.believe(*number, &reading, now, &mut events);
            } else {
                self.reads.failed.push(*number);
            }
        }
        events
    }

    fn believe(&mut self, number: u32, reading: &Reading, now: Millis, events: &mut Vec<Event>) {
        let Some(session) = self.sessions.get_mut(number) else { return };
        let deadline = session.deadline;
        session.deadline = reading.ttl.map_or(0, |ttl| now.saturating_add(ttl).saturating_add(1));
        let views: Vec<_> = (0..=ViewIndex::MAX).zip(session.views.iter()).collect();
        let mut news = Vec::new();
        for (index, view) in views.into_iter().filter(|(_, view)| view.watchers > 0) {
            let Some(seen) = self.perspectives.get(view.perspective as usize) else { continue };
            match judge(&reading.stored, &seen.passport_key, deadline, now) {
                Err(_) => {
                    session.deadline = deadline;
                    self.reads.failed.push(number);
                    return;
                }
                Ok(Judgement::User(identity)) if *identity == *view.identity => {}
                Ok(Judgement::User(identity)) => {
                    let change = Change { before: view.identity.clone(), now: identity.into() };
                    news.push((index, seen.owner, seen.keeps, News::Changed(Arc::new(change))));
                }
                Ok(Judgement::Ended(reason)) => {
                    news.push((index, seen.owner, seen.keeps, News::Ended(reason)))
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
            view.identity = change.now.clone();
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
            self.reads.deadlines.push(session.deadline, number);
        }
    }
}
