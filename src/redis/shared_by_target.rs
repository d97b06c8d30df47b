//! One source, or one watch, per target: authorizers with the same target share it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use super::config::{fingerprint::Fingerprint, target::Target};

/// What is open per target in an environment. Apps create an authorizer per namespace, tenant or even socket. With
/// connections of its own for each the server would have as many clients, while shared ones serve all as fast.
///
/// Keeps nothing open: the last owner closes it by dropping it.
pub struct SharedByTarget<T> {
    open: Mutex<Open<T>>,
}

struct Open<T> {
    shared: HashMap<Key, Weak<T>>,
    /// At this number of entries those that are closed are removed.
    limit: usize,
}

/// Where it is, and the key that proved that its user may read.
type Key = (Fingerprint, Vec<u8>);

impl<T> Default for SharedByTarget<T> {
    fn default() -> Self {
        Self { open: Mutex::new(Open { shared: HashMap::new(), limit: LIMIT }) }
    }
}

impl<T> SharedByTarget<T> {
    /// What is open for `target`, or else what `open` gives. Different probe keys (see
    /// [`Purpose`](super::Purpose)) share nothing.
    pub fn get_or_open(
        &self,
        target: &Target,
        probe_key: Vec<u8>,
        open_now: impl FnOnce(Vec<u8>) -> T,
    ) -> Arc<T> {
        // The lock is held for a few lines that leave the table complete.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (target.fingerprint(), probe_key);
        if let Some(shared) = open.shared.get(&key).and_then(Weak::upgrade) {
            return shared;
        }
        if open.shared.len() >= open.limit {
            open.shared.retain(|_, shared| shared.strong_count() > 0);
            // Twice the present number, so that on average each opening looks at two entries.
            open.limit = (open.shared.len() * 2).max(LIMIT);
        }
        let shared = Arc::new(open_now(key.1.clone()));
        open.shared.insert(key, Arc::downgrade(&shared));
        shared
    }

    /// How many it knows. Some may be closed.
    #[must_use]
    pub fn known(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).shared.len()
    }
}

const LIMIT: usize = 16;
