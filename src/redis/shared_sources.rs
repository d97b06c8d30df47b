//! One connection a target: whoever asks for a source that is open already gets that one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use super::{
    config::{fingerprint::Fingerprint, target::Target},
    source::RedisSource,
};

/// The open sources of an environment. Apps make an authorizer for each namespace, tenant or even socket; the server
/// would see as many connections, where one serves them all as fast.
///
/// Holds none of them open: a source is closed by the last one who has it.
#[derive(Default)]
pub struct SharedSources {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    sources: HashMap<Key, Weak<RedisSource>>,
    /// How many there may be before those that are closed are forgotten.
    limit: usize,
}

/// Where the source is, and below which prefix it was proven that its user may read.
type Key = (Fingerprint, Vec<u8>);

impl SharedSources {
    /// The source of `target`; if nobody has it, it starts to connect, on the current tokio runtime. `probe_key`: as in
    /// [`ManagedConnection::open`](super::ManagedConnection::open); a source with another one is another one.
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connections, if nobody else has it"]
    pub fn open(&self, target: &Target, probe_key: Vec<u8>) -> Arc<RedisSource> {
        // Held for a few lines that cannot leave the table half-done.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (target.fingerprint(), probe_key);
        if let Some(source) = open.sources.get(&key).and_then(Weak::upgrade) {
            return source;
        }
        if open.sources.len() >= open.limit {
            open.sources.retain(|_, source| source.strong_count() > 0);
            // Twice as many as there are: on the whole, each one that is opened is looked at twice.
            open.limit = (open.sources.len() * 2).max(LIMIT);
        }
        let source = Arc::new(RedisSource::open(target.clone(), key.1.clone()));
        open.sources.insert(key, Arc::downgrade(&source));
        source
    }

    /// How many it knows of; some may be closed.
    #[must_use]
    pub fn known(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).sources.len()
    }
}

const LIMIT: usize = 16;
