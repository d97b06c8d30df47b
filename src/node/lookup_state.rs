//! The state of one authorizer's look-ups, on the JS thread.

use std::{
    cell::{Cell, OnceCell},
    sync::{Arc, Weak},
    time::Duration,
};

use super::{env_state::EnvState, state_listener::listener};
use crate::{
    core::{outcome::Outcome, settings::Settings},
    pipeline::{Delivers, Fault, Histogram, Inbox, Worker},
    redis::{Condition, Purpose, RedisSource, Target},
};

/// The state of one authorizer's look-ups.
pub(super) struct LookupState {
    pub(super) target: Target,
    timeout: Duration,
    latency: Arc<Histogram>,
    delivers: Delivers,
    pub(super) inbox: Arc<Inbox>,
    /// Set by the first look-up.
    share: OnceCell<Share>,
    /// The last known number, for the time after the source was released.
    reconnects: Cell<u64>,
}

/// A share in a source that other authorizers may use too. The worker owns it, and releases it when the inbox is
/// closed.
struct Share {
    source: Weak<RedisSource>,
    /// The reconnects before this authorizer began to use the source.
    reconnects_before: u64,
}

impl LookupState {
    pub(super) fn new(
        target: Target,
        timeout: Duration,
        latency: Arc<Histogram>,
        delivers: Delivers,
    ) -> Self {
        Self {
            target,
            timeout,
            latency,
            delivers,
            inbox: Arc::default(),
            share: OnceCell::new(),
            reconnects: Cell::new(0),
        }
    }

    /// Where the sessions are, without credentials.
    pub(super) fn address(&self) -> String {
        self.target.identity()
    }

    /// Opens the source and starts the worker, at the first look-up.
    pub(super) fn start(&self, env_state: &EnvState, settings: &Settings) -> Result<(), Outcome> {
        if self.share.get().is_some() {
            return Ok(());
        }
        if self.inbox.is_closed() {
            return Err(Outcome::Closed);
        }
        let io = env_state.io().map_err(|_| Outcome::StoreError)?;
        let _runtime = io.enter();
        let open = |probe_key| {
            let purpose = Purpose::look_ups(probe_key);
            let purpose = match env_state.on_state.get() {
                Some(on_state) => purpose.told(listener(Arc::clone(on_state), self.address())),
                None => purpose,
            };
            RedisSource::open(self.target.clone(), purpose)
        };
        let source = env_state.sources.get_or_open(&self.target, probe_key(&settings.prefix), open);
        let share = Share { source: Arc::downgrade(&source), reconnects_before: source.reconnects() };
        let worker = Worker {
            inbox: Arc::clone(&self.inbox),
            source,
            outbox: Arc::clone(&env_state.outbox),
            latency: Arc::clone(&self.latency),
            timeout: self.timeout,
            delivers: self.delivers,
        };
        io.spawn(worker.run());
        _ = self.share.set(share);
        Ok(())
    }

    /// How often the connection was made again while this authorizer used it.
    pub(super) fn reconnects(&self) -> u64 {
        if !self.inbox.is_closed()
            && let Some(Share { source, reconnects_before }) = self.share.get()
            && let Some(source) = source.upgrade()
        {
            self.reconnects.set(source.reconnects().saturating_sub(*reconnects_before));
        }
        self.reconnects.get()
    }

    /// How the source is; `None` before the first look-up, and after `close`.
    pub(super) fn health(&self) -> Option<(Condition, Option<Fault>)> {
        Some(self.share.get()?.source.upgrade()?.health())
    }

    pub(super) fn close(&self) {
        self.reconnects();
        self.inbox.close();
    }
}

impl Drop for LookupState {
    /// An authorizer that was garbage-collected leaves no connection behind.
    fn drop(&mut self) {
        self.close();
    }
}

/// A key that a user with access to sessions may read, and that no session has: ids of express-session have 32
/// characters.
pub(super) fn probe_key(prefix: &[u8]) -> Vec<u8> {
    [prefix, b"passport-socketio-native"].concat()
}
