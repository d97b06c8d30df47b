//! Which watched sessions have to be read.

use std::collections::VecDeque;

use super::{deadlines::Deadlines, sessions::Session};

/// The sessions that have to be read, now or later.
#[derive(Default)]
pub(super) struct Unread {
    pub(super) deadlines: Deadlines,
    pub(super) unread: VecDeque<u32>,
    /// Sessions that could not be read.
    pub(super) failed: Vec<u32>,
    /// Where the sweep goes on.
    pub(super) swept: u32,
}

impl Unread {
    /// A reading that is under way is worthless now.
    pub(super) fn mark(&mut self, session: &mut Session, number: u32) {
        session.generation = session.generation.wrapping_add(1);
        // One that is being read is read again when the reading has come.
        if !session.is_being_read {
            self.enqueue(session, number);
        }
    }

    pub(super) fn enqueue(&mut self, session: &mut Session, number: u32) {
        if !session.is_unread {
            session.is_unread = true;
            self.unread.push_back(number);
        }
    }
}
