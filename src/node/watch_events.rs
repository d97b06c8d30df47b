//! What became of watched sessions, to the JS thread: one wake-up for many events.

use std::sync::Arc;

use napi::{
    bindgen_prelude::{Function, Uint32Array},
    threadsafe_function::{ThreadsafeFunctionCallMode, UnknownReturnValue},
};
use napi_derive::napi;

use super::delivery::Delivery;
use crate::{
    core::json,
    watch::{Change, EndReason, Event, Events, News},
};

/// Numbers of an event: slot, turn, owner and news.
const EVENT_NUMBERS: usize = 4;
/// Events in one page.
const PAGE: usize = 1024;
/// The session has another user, perhaps.
const CHANGED: u32 = 16;
/// The same change as in the event before.
const SAME_CHANGE: u32 = 17;

/// How events cross to JavaScript.
#[napi(object, object_from_js = false)]
pub struct EventLayout {
    /// The session is gone before its time, or cannot be read.
    pub destroyed: u32,
    /// The session's time is over.
    pub expired: u32,
    /// The session has no user any more.
    pub logged_out: u32,
    /// Two values of `changes` belong to the event: the identity before, and now.
    pub changed: u32,
    /// Those of the event before.
    pub same_change: u32,
}

/// A page of events.
#[napi(object, object_from_js = false)]
pub struct EventPage {
    /// Slot, turn, owner and news of each.
    pub events: Uint32Array,
    /// A JSON array: two identities for each that has changed, before and now, as strings.
    pub changes: String,
}

#[napi]
impl Delivery {
    /// How events cross, the same for all.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn event_layout() -> EventLayout {
        EventLayout {
            destroyed: EndReason::Destroyed as u32,
            expired: EndReason::Expired as u32,
            logged_out: EndReason::LoggedOut as u32,
            changed: CHANGED,
            same_change: SAME_CHANGE,
        }
    }

    /// `onEvents` is called when events wait. It calls `takeEvents` until a page is empty. It does not keep the process
    /// alive. Only the first call counts.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn on_events(&self, on_events: Function<'_, (), UnknownReturnValue>) -> napi::Result<()> {
        let on_events = on_events
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|_| Ok(()))?;
        // A failed call means that the environment has ended, and with it everything that waits.
        let wake = move || _ = on_events.call((), ThreadsafeFunctionCallMode::NonBlocking);
        _ = self.state.events.set(Arc::new(Events::new(wake)));
        Ok(())
    }

    /// The oldest events.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn take_events(&self) -> EventPage {
        let events = self.state.events.get().map(|events| events.take(PAGE)).unwrap_or_default();
        let mut numbers = Vec::with_capacity(events.len() * EVENT_NUMBERS);
        let mut changes = Vec::new();
        let mut last = None;
        for Event { slot, turn, owner, news } in events {
            let news = match news {
                News::Ended(reason) => reason as u32,
                News::Changed(change) if last.as_ref().is_some_and(|last| Arc::ptr_eq(last, &change)) => {
                    SAME_CHANGE
                }
                News::Changed(change) => {
                    write(&mut changes, &change);
                    last = Some(change);
                    CHANGED
                }
            };
            numbers.extend([slot, turn, owner, news]);
        }
        changes.extend_from_slice(if changes.is_empty() { b"[]" } else { b"]" });
        let changes = String::from_utf8(changes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        EventPage { events: numbers.into(), changes }
    }
}

fn write(changes: &mut Vec<u8>, change: &Change) {
    for identity in [&change.before, &change.now] {
        changes.push(if changes.is_empty() { b'[' } else { b',' });
        json::push_string(changes, identity);
    }
}
