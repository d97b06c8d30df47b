//! What a connection is for.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use ::redis::{PushInfo, PushKind, Value};

use crate::{
    redis::health::{Condition, Listener},
    watch::Tracker,
};

/// What the connections of a source are for. A clone is cheap.
#[derive(Clone)]
pub struct Purpose {
    /// The key whose look-up proves a new connection. It should begin with the prefix of the sessions, so that a user
    /// who may read nothing else can read it, and no session should have it.
    pub(super) probe_key: Arc<[u8]>,
    /// None where keys are only looked up.
    pub(super) tracking: Option<Arc<Tracking>>,
    /// Told how the connections are.
    pub(super) listener: Option<Listener>,
}

impl Purpose {
    /// Keys are looked up.
    #[must_use]
    pub fn look_ups(probe_key: Vec<u8>) -> Self {
        Self { probe_key: probe_key.into(), tracking: None, listener: None }
    }

    /// Keys are watched: the server is asked to tell of each change of a key that was read (`CLIENT TRACKING`, which
    /// needs RESP3 and so Redis 6). A server that refuses is read from as it is.
    #[must_use]
    pub fn watching(probe_key: Vec<u8>, tracker: Arc<dyn Tracker>) -> Self {
        let tracking = Tracking { tracker, silent: AtomicU32::new(0) };
        Self { probe_key: probe_key.into(), tracking: Some(Arc::new(tracking)), listener: None }
    }

    /// The same, and `listener` is told each change of the condition.
    #[must_use]
    pub fn told(self, listener: Listener) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// A source opens: it begins to connect.
    pub(in crate::redis) fn opened(&self) {
        if let Some(listener) = &self.listener {
            listener(Condition::Connecting, None);
        }
    }

    /// Who is told.
    pub(in crate::redis) fn listener(&self) -> Option<Listener> {
        self.listener.clone()
    }

    /// A new connection is in use: what was tracked on others is lost.
    pub(super) fn connected(&self) {
        if let Some(tracking) = &self.tracking {
            tracking.tracker.all_changed();
        }
    }

    /// The tracker to tell, if there is one.
    pub(in crate::redis) fn tracker(&self) -> Option<&dyn Tracker> {
        self.tracking.as_deref().map(|tracking| &*tracking.tracker)
    }
}

/// Who is told of changes, and whether servers bear to be asked.
pub(super) struct Tracking {
    tracker: Arc<dyn Tracker>,
    /// How many logins in a row came to nothing without a word of the server.
    silent: AtomicU32,
}

/// After two such logins the third one does without tracking: some proxies hang up on commands that they do not know.
/// A server that restarts does the same, but not as often.
const PATIENCE: u32 = 2;

impl Tracking {
    /// Whether the next login should ask for it.
    pub(super) fn is_worth_asking(&self) -> bool {
        self.silent.load(Ordering::Relaxed) % (PATIENCE + 1) < PATIENCE
    }

    /// A login has ended. `was_silent`: the server closed the connection or did not answer.
    pub(super) fn note_login(&self, was_silent: bool) {
        let silent = if was_silent { self.silent.load(Ordering::Relaxed).wrapping_add(1) } else { 0 };
        self.silent.store(silent, Ordering::Relaxed);
    }

    /// Takes a message of the server: `invalidate` with a list of keys, or without one after FLUSHALL and FLUSHDB. The
    /// crate calls this before it hands out any reply that came later.
    pub(super) fn take(&self, message: &PushInfo) {
        if message.kind != PushKind::Invalidate {
            return;
        }
        match message.data.first() {
            Some(Value::Array(keys)) => {
                for key in keys {
                    if let Value::BulkString(key) = key {
                        self.tracker.changed(key);
                    }
                }
            }
            _ => self.tracker.all_changed(),
        }
    }
}
