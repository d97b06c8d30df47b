//! Sessions that are watched: what became of the session behind a connected socket.
//!
//! ```text
//!  JS thread                                │ I/O thread
//!  ─────────────────────────────────────────┼─────────────────────────────────────────────────────────────
//!  watch(slot, turn, key, identity) ─ Inbox ┼─► Registry: sessions by key, watchers by slot
//!                                           │       ▲ changed(key)   a message of the source (Tracker)
//!                                           │       ▲ due            the end of the time to live
//!                                           │       ▲ everything     connected again, a flush, the sweep
//!                                           │       └─► unread ─► WatchedSource::read ─► judge ─► same user: nothing
//!  drain() ◄─ one wake-up for many ─ Events ◄────────────────────────────────────────────┘ ended, or another user
//! ```
//!
//! A message says only that a session has changed. The session is read again, and compared by its user, so that a
//! `touch` costs nothing in JavaScript. A reading that a message has overtaken is not believed. Where a session cannot
//! be read, nobody is ended.
//!
//! # Layout
//! - [`Watch`]: the task on the I/O thread, top to bottom. `pace`: when it reads what is left over.
//! - [`Inbox`]: what JavaScript begins and ends to watch.
//! - [`Registry`]: what is watched, and by whom: `sessions`, `watchers` and `views`. `unread`: what of it has to be read,
//!   and `deadlines` when. `reads`: batches of it, and what their readings say; `judge` compares.
//! - [`WatchedSource`], [`Tracker`]: who is asked, and who tells of changes.
//! - [`Events`]: what JavaScript is told.
#![forbid(unsafe_code)]

mod deadlines;
mod events;
mod inbox;
mod judge;
mod pace;
mod reads;
mod registry;
mod sessions;
mod source;
mod task;
#[cfg(test)]
mod test_support;
mod unread;
mod views;
mod watchers;

pub use events::{Change, EndReason, Event, Events, News};
pub use inbox::{Inbox, Start};
pub use reads::Batch;
pub use registry::Registry;
pub use source::{Reading, Stored, Tracker, WatchedSource};
pub use task::Watch;
pub use watchers::Slot;
