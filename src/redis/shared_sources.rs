//! One source per target: authorizers with the same target share its connection.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use super::{
    config::{fingerprint::Fingerprint, target::Target},
    source::RedisSource,
};

/// The open sources of an environment. Apps create an authorizer per namespace, tenant or even socket. With a
/// connection each the server would have as many clients, while one connection serves all authorizers as fast.
///
/// Keeps no source open: the last owner of a source closes it by dropping it.
#[derive(Default)]
pub struct SharedSources {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    sources: HashMap<Key, Weak<RedisSource>>,
    /// At this number of sources those that are closed are removed.
    limit: usize,
}

/// Where the source is, and the key that proved that its user may read.
type Key = (Fingerprint, Vec<u8>);

impl SharedSources {
    /// The source of `target`. If it is not open yet, it starts to connect, on the current tokio runtime.
    /// `probe_key`: as in [`ManagedConnection::open`](super::ManagedConnection::open). Sources with different probe
    /// keys are different sources.
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connections, if there is no other owner"]
    pub fn open(&self, target: &Target, probe_key: Vec<u8>) -> Arc<RedisSource> {
        // The lock is held for a few lines that leave the table complete.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (target.fingerprint(), probe_key);
        if let Some(source) = open.sources.get(&key).and_then(Weak::upgrade) {
            return source;
        }
        if open.sources.len() >= open.limit {
            open.sources.retain(|_, source| source.strong_count() > 0);
            // Twice the present number, so that on average each open looks at two entries.
            open.limit = (open.sources.len() * 2).max(LIMIT);
        }
        let source = Arc::new(RedisSource::open(target.clone(), key.1.clone()));
        open.sources.insert(key, Arc::downgrade(&source));
        source
    }

    /// How many sources it knows. Some may be closed.
    #[must_use]
    pub fn known(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).sources.len()
    }
}

const LIMIT: usize = 16;
