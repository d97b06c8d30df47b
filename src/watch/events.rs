//! What JavaScript is told about watched sessions.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::watchers::Slot;

/// Bytes of changes that JavaScript gets at once, about. User keys may be whole profiles, and it parses and compares them:
/// a thousand of 300 KB would not even fit into a string of V8.
const CHANGE_BYTES: usize = 256 * 1024;

/// How a session ended. The numbers are those that JavaScript gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EndReason {
    /// It is gone before its time, or cannot be read any more.
    Destroyed = 0,
    /// Its time is over.
    Expired = 1,
    /// It is there, without a user.
    LoggedOut = 2,
}

/// One watcher's news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The watcher.
    pub slot: Slot,
    /// Its turn: a slot is used again.
    pub turn: u32,
    /// Whose watcher it is.
    pub owner: u32,
    /// What happened.
    pub news: News,
}

/// What happened to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It has ended. The watcher is forgotten, unless its owner [keeps](super::Registry::perspective_of) it.
    Ended(EndReason),
    /// Its user is written differently: JavaScript compares the values. The watcher stays, and goes on from the new
    /// text, unless its owner [keeps](super::Registry::perspective_of) it.
    Changed(Arc<Change>),
}

/// The user of a session, as it was and as it is: JSON texts of [`identity`](crate::core::identity::identity).
#[derive(PartialEq, Eq)]
pub struct Change {
    /// What was watched.
    pub before: Box<[u8]>,
    /// What is there.
    pub now: Box<[u8]>,
}

impl Change {
    fn len(&self) -> usize {
        self.before.len() + self.now.len()
    }
}

/// User keys are personal data.
impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change({} bytes, {} bytes)", self.before.len(), self.now.len())
    }
}

/// Events on their way to the JS thread of one environment.
pub struct Events {
    state: Mutex<State>,
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Event>,
    /// A wake-up is under way: the JS thread will look again.
    is_scheduled: bool,
}

impl Events {
    /// `wake` asks the JS thread to call [`take`](Self::take) until nothing is left. It must not block.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { state: Mutex::default(), wake: Box::new(wake) }
    }

    /// Appends events, with at most one wake-up.
    pub fn push(&self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let mut state = self.lock();
        state.waiting.extend(events);
        let is_news = !mem::replace(&mut state.is_scheduled, true);
        drop(state);
        if is_news {
            (self.wake)();
        }
    }

    /// The oldest events, at most `limit`, and fewer where they have large changes. After an empty answer the next event wakes the JS thread again.
    pub fn take(&self, limit: usize) -> Vec<Event> {
        let mut state = self.lock();
        let count = count_of(state.waiting.iter().take(limit));
        if count == 0 {
            state.is_scheduled = false;
            // A mass of ends has passed.
            state.waiting = VecDeque::new();
        }
        state.waiting.drain(..count).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The lock is held for a few lines that leave the list complete.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many of these events JavaScript gets at once, at least one of them. One change of many watchers crosses once.
fn count_of<'e>(events: impl Iterator<Item = &'e Event>) -> usize {
    let (mut count, mut bytes) = (0, 0);
    let mut last = None;
    for event in events {
        if let News::Changed(change) = &event.news
            && !last.is_some_and(|last| Arc::ptr_eq(last, change))
        {
            bytes += change.len();
            if count > 0 && bytes > CHANGE_BYTES {
                break;
            }
            last = Some(change);
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn ended(slot: Slot) -> Event {
        Event { slot, turn: 0, owner: 0, news: News::Ended(EndReason::Destroyed) }
    }

    #[test]
    fn one_wake_up_until_the_reader_has_seen_the_end() {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&wakes);
        let events = Events::new(move || _ = counter.fetch_add(1, Ordering::Relaxed));
        events.push(Vec::new());
        assert_eq!(wakes.load(Ordering::Relaxed), 0);
        events.push(vec![ended(1), ended(2)]);
        events.push(vec![ended(3)]);
        assert_eq!(wakes.load(Ordering::Relaxed), 1);
        assert_eq!(events.take(2), [ended(1), ended(2)]);
        events.push(vec![ended(4)]);
        assert_eq!(events.take(9), [ended(3), ended(4)]);
        assert_eq!(events.take(9), []);
        assert_eq!(wakes.load(Ordering::Relaxed), 1);
        events.push(vec![ended(5)]);
        assert_eq!(wakes.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn large_changes_come_a_few_at_a_time() {
        let change = |bytes: usize| {
            let text = || vec![b'7'; bytes / 2].into_boxed_slice();
            Arc::new(Change { before: text(), now: text() })
        };
        let changed =
            |slot, change: &Arc<Change>| Event { news: News::Changed(Arc::clone(change)), ..ended(slot) };
        let events = Events::new(|| ());
        let (large, half, small) = (change(2 * CHANGE_BYTES), change(CHANGE_BYTES / 2), change(20));
        events.push((0..4).map(|slot| changed(slot, &large)).collect());
        events.push((4..8).map(|slot| changed(slot, &change(CHANGE_BYTES / 2))).collect());
        events.push(vec![ended(8), changed(9, &half), ended(10), changed(11, &small), ended(12)]);
        let pages = std::iter::from_fn(|| Some(events.take(99)).filter(|page| !page.is_empty()));
        let slots: Vec<Vec<_>> = pages.map(|page| page.iter().map(|event| event.slot).collect()).collect();
        assert_eq!(slots, [vec![0, 1, 2, 3], vec![4, 5], vec![6, 7, 8], vec![9, 10, 11, 12]]);
    }
}
