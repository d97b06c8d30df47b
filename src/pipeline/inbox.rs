//! Where look-ups wait for their worker.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::queue::Queue;
use crate::core::{credential::CredentialKind, settings::Settings};

/// A queue between the JS thread, which fills it, and a worker, which takes all look-ups at once. While one batch is
/// read the next one fills: there are no timers, and no latency when the queue is idle.
#[derive(Debug, Default)]
pub struct Inbox {
    state: Mutex<State>,
    filled: Notify,
    ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue,
    closed: bool,
}

impl Inbox {
    /// Appends a look-up. True if the queue was empty: then the caller must [`wake`](Self::wake) the worker. `None`
    /// if the inbox is closed.
    pub fn push(
        &self,
        ticket: u32,
        kind: CredentialKind,
        credential: &[u8],
        settings: &Arc<Settings>,
    ) -> Option<bool> {
        let mut state = self.lock();
        (!state.closed).then(|| state.queue.push(ticket, kind, credential, settings))
    }

    /// Wakes the worker.
    pub fn wake(&self) {
        self.filled.notify_one();
    }

    /// Accepts no more look-ups. Those that wait are still handed out, and are then refused.
    pub fn close(&self) {
        self.lock().closed = true;
        self.wake();
        self.ended.notify_one();
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Waits until it is closed. Only one waiter is woken: an inbox has one worker.
    pub async fn closed(&self) {
        while !self.is_closed() {
            self.ended.notified().await;
        }
    }

    /// Waits for look-ups and moves all of them into `queue`, which must be empty. False once the inbox is closed and
    /// empty.
    pub async fn take_all(&self, queue: &mut Queue) -> bool {
        loop {
            {
                let mut state = self.lock();
                if !state.queue.is_empty() {
                    std::mem::swap(&mut state.queue, queue);
                    return true;
                }
                if state.closed {
                    return false;
                }
            }
            self.filled.notified().await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic elsewhere does no harm: the queue is complete after every push.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
