//! What a connection is for.

use std::sync::Arc;

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
        Self { probe_key: probe_key.into(), tracking: Some(Arc::new(Tracking { tracker })), listener: None }
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

/// Who is told of changes.
pub(super) struct Tracking {
    tracker: Arc<dyn Tracker>,
}

impl Tracking {
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

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Told {
        fn add(&self, what: &str) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(what.to_owned());
        }
    }

    impl Tracker for Told {
        fn changed(&self, key: &[u8]) {
            self.add(&String::from_utf8_lossy(key));
        }

        fn all_changed(&self) {
            self.add("all");
        }

        fn changed_where(&self, _: &dyn Fn(&[u8]) -> bool) {}
    }

    #[test]
    fn an_invalidation_names_keys_or_none() {
        let told = Arc::new(Told::default());
        let tracking = Tracking { tracker: told.clone() };
        let key = |key: &str| Value::BulkString(key.as_bytes().to_vec());
        let take = |kind, data| {
            tracking.take(&PushInfo { kind, data });
            std::mem::take(&mut *told.0.lock().unwrap())
        };
        assert_eq!(take(PushKind::Invalidate, vec![Value::Array(vec![key("a"), key("b")])]), ["a", "b"]);
        assert_eq!(take(PushKind::Invalidate, vec![Value::Array(Vec::new())]), [""; 0]);
        assert_eq!(take(PushKind::Invalidate, vec![Value::Nil]), ["all"], "FLUSHALL");
        assert_eq!(take(PushKind::Invalidate, Vec::new()), ["all"], "what is not understood may be anything");
        assert_eq!(take(PushKind::Message, vec![Value::Array(vec![key("a")])]), [""; 0]);
        assert_eq!(take(PushKind::Disconnection, Vec::new()), [""; 0], "the supervisor notices that");
    }
}
