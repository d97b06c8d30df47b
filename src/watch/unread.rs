//! Which watched sessions have to be read.

use std::collections::VecDeque;

use super::{deadlines::Deadlines, sessions::Session};

/// The sessions that have to be read, now or later.
#[derive(Default)]
pub struct Unread {
    pub deadlines: Deadlines,
    pub queue: VecDeque<u32>,
    /// Sessions could not be read. Each is marked as such.
    pub has_failed: bool,
    /// One of these could be read since, and others are left.
    pub has_recovered: bool,
    /// Where the retry goes on.
    pub retried: u32,
    /// Where the sweep goes on.
    pub swept: u32,
}

impl Unread {
    /// A reading that is under way is worthless now.
    pub fn mark(&mut self, session: &mut Session, number: u32) {
        session.generation = session.generation.wrapping_add(1);
        // One that is being read is read again when the reading has come.
        if !session.is_being_read {
            self.enqueue(session, number);
        }
    }

    pub fn enqueue(&mut self, session: &mut Session, number: u32) {
        if !session.is_unread {
            session.is_unread = true;
            self.queue.push_back(number);
        }
    }
}
