//! One connection a target: whoever asks for a store that is open already gets that one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use super::{fingerprint::Fingerprint, store::Store, target::Target};

/// The open stores of an environment. Apps make an authorizer for each namespace, tenant or even socket; the server
/// would see as many connections, where one serves them all as fast.
///
/// Holds none of them open: a store is closed by the last one who has it.
#[derive(Default)]
pub struct Stores {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    stores: HashMap<Key, Weak<Store>>,
    /// How many there may be before those that are closed are forgotten.
    limit: usize,
}

/// Where the store is, and below which prefix it was proven that its user may read.
type Key = (Fingerprint, Vec<u8>);

impl Stores {
    /// The store of `target`; if nobody has it, it starts to connect, on the current tokio runtime. `probe_key`: as in
    /// [`Link::open`](super::Link::open); a store with another one is another one.
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connections, if nobody else has it"]
    pub fn open(&self, target: &Target, probe_key: Vec<u8>) -> Arc<Store> {
        // Held for a few lines that cannot leave the table half-done.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (target.fingerprint(), probe_key);
        if let Some(store) = open.stores.get(&key).and_then(Weak::upgrade) {
            return store;
        }
        if open.stores.len() >= open.limit {
            open.stores.retain(|_, store| store.strong_count() > 0);
            // Twice as many as there are: on the whole, each one that is opened is looked at twice.
            open.limit = (open.stores.len() * 2).max(LIMIT);
        }
        let store = Arc::new(Store::open(target.clone(), key.1.clone()));
        open.stores.insert(key, Arc::downgrade(&store));
        store
    }

    /// How many it knows of; some may be closed.
    #[must_use]
    pub fn known(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).stores.len()
    }
}

const LIMIT: usize = 16;
