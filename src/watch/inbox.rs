//! What JavaScript begins and ends to watch, on its way to the registry.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{registry::Registry, views::Perspective, watchers::Slot};

/// Capacity that an emptied buffer keeps: about a thousand sessions.
const KEPT_BYTES: usize = 64 * 1024;
const KEPT_STEPS: usize = 1024;

/// A queue from the JS thread. The registry itself would be slow there: its memory is cold, and the I/O thread holds its
/// lock while it reads sessions.
#[derive(Default)]
pub struct Inbox {
    queue: Mutex<Queue>,
    filled: Notify,
}

#[derive(Default)]
struct Queue {
    steps: Vec<Step>,
    bytes: Vec<u8>,
}

enum Step {
    Watch { slot: Slot, turn: u32, perspective: Perspective, key: usize, identity: usize },
    Unwatch { slot: Slot, turn: u32 },
    Leave { owner: u32 },
}

/// A watcher that begins. The session's key is `prefix` + `id`.
pub struct Start<'a> {
    /// Its slot.
    pub slot: Slot,
    /// The turn of the slot.
    pub turn: u32,
    /// As [`Registry::perspective_of`] gives it.
    pub perspective: Perspective,
    /// The text before the session id in the key.
    pub prefix: &'a [u8],
    /// The session id.
    pub id: &'a [u8],
    /// By what the user is recognised, as [`identity`](crate::core::identity::identity) gives it.
    pub identity: &'a [u8],
}

impl Inbox {
    /// Begins to watch.
    pub fn watch(&self, start: &Start<'_>) {
        self.push(|Queue { steps, bytes }| {
            for part in [start.prefix, start.id, start.identity] {
                bytes.extend_from_slice(part);
            }
            steps.push(Step::Watch {
                slot: start.slot,
                turn: start.turn,
                perspective: start.perspective,
                key: start.prefix.len() + start.id.len(),
                identity: start.identity.len(),
            });
        });
    }

    /// Ends to watch.
    pub fn unwatch(&self, slot: Slot, turn: u32) {
        self.push(|queue| queue.steps.push(Step::Unwatch { slot, turn }));
    }

    /// Ends all watchers of an owner.
    pub fn leave(&self, owner: u32) {
        self.push(|queue| queue.steps.push(Step::Leave { owner }));
    }

    /// Waits for something to apply.
    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Applies all that has come, in order.
    pub(super) fn apply_to(&self, registry: &mut Registry) {
        let Queue { mut steps, mut bytes } = std::mem::take(&mut *self.lock());
        let mut rest = &bytes[..];
        for step in steps.drain(..) {
            match step {
                Step::Watch { slot, turn, perspective, key, identity } => {
                    let (text, after) = rest.split_at_checked(key + identity).unwrap_or_default();
                    let (key, identity) = text.split_at_checked(key).unwrap_or_default();
                    rest = after;
                    registry.watch(slot, turn, perspective, key, identity);
                }
                Step::Unwatch { slot, turn } => registry.unwatch(slot, turn),
                Step::Leave { owner } => registry.remove_owner(owner),
            }
        }
        bytes.clear();
        bytes.shrink_to(KEPT_BYTES);
        steps.shrink_to(KEPT_STEPS);
        let mut queue = self.lock();
        // The buffers are used again, unless others have come meanwhile.
        if queue.steps.is_empty() && queue.steps.capacity() == 0 {
            *queue = Queue { steps, bytes };
        }
    }

    fn push(&self, write: impl FnOnce(&mut Queue)) {
        let mut queue = self.lock();
        let was_empty = queue.steps.is_empty();
        write(&mut queue);
        drop(queue);
        if was_empty {
            self.filled.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The lock is held for a few lines; the bytes of a step are written before the step.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn start<'a>(slot: Slot, turn: u32, id: &'a str, identity: &'a str) -> Start<'a> {
        let (id, identity) = (id.as_bytes(), identity.as_bytes());
        Start { slot, turn, perspective: 0, prefix: b"sess:", id, identity }
    }

    fn registry() -> Registry {
        let mut registry = Registry::default();
        assert_eq!(registry.perspective_of(1, b"passport", false), 0);
        registry
    }

    #[test]
    fn everything_is_applied_in_order() {
        let (inbox, mut registry) = (Inbox::default(), registry());
        inbox.watch(&start(0, 1, "a", "7"));
        inbox.watch(&start(1, 1, "b", ""));
        inbox.unwatch(0, 1);
        inbox.watch(&start(2, 1, "", "9"));
        inbox.unwatch(3, 1);
        inbox.watch(&start(3, 1, "d", "7"));
        inbox.watch(&start(1, 2, "e", "8"));
        inbox.unwatch(1, 1);
        assert!(registry.is_empty());
        inbox.apply_to(&mut registry);
        let is = |slot, turn, key: &str, identity: &str| {
            assert_eq!(registry.describe(slot), Some((turn, key.as_bytes(), identity.as_bytes())));
        };
        assert_eq!(registry.describe(0), None);
        is(1, 2, "sess:e", "8");
        is(2, 1, "sess:", "9");
        is(3, 1, "sess:d", "7");
        inbox.apply_to(&mut registry);
        assert_eq!(registry.len(), 3);
    }

    #[test]
    fn an_owner_that_leaves_takes_what_came_before() {
        let (inbox, mut registry) = (Inbox::default(), registry());
        inbox.watch(&start(0, 1, "a", "7"));
        inbox.leave(1);
        inbox.apply_to(&mut registry);
        assert!(registry.is_empty());
    }

    #[test]
    fn only_the_first_of_many_wakes() {
        let (inbox, mut registry) = (Inbox::default(), registry());
        assert_eq!(inbox.filled().now_or_never(), None);
        (0..9).for_each(|slot| inbox.watch(&start(slot, 1, "a", "7")));
        assert_eq!(inbox.filled().now_or_never(), Some(()));
        inbox.unwatch(0, 1);
        assert_eq!(inbox.filled().now_or_never(), None);
        inbox.apply_to(&mut registry);
        inbox.unwatch(1, 1);
        assert_eq!(inbox.filled().now_or_never(), Some(()));
    }

    #[test]
    fn buffers_are_used_again_and_a_mass_of_them_given_back() {
        let (inbox, mut registry) = (Inbox::default(), registry());
        inbox.watch(&start(0, 1, "a", "7"));
        inbox.apply_to(&mut registry);
        let capacity = |inbox: &Inbox| {
            let queue = inbox.lock();
            (queue.steps.capacity(), queue.bytes.capacity())
        };
        let (steps, bytes) = capacity(&inbox);
        assert!(steps > 0 && bytes > 0);
        (0..50_000).for_each(|slot| inbox.watch(&start(slot, 1, "a", "7")));
        inbox.apply_to(&mut registry);
        assert_eq!(registry.len(), 1);
        assert_eq!(capacity(&inbox), (KEPT_STEPS, KEPT_BYTES));
    }
}
