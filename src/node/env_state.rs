//! The state that all authorizers of an environment share.

use std::{
    cell::{Cell, OnceCell, RefCell},
    io,
    sync::Arc,
};

use napi::{
    Status,
    bindgen_prelude::Int32Array,
    sys,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode, UnknownReturnValue},
};
use tokio::runtime::Handle;

use super::{io_thread::IoThread, raw::keep_alive, state_listener::OnState};
use crate::{
    pipeline::{Inbox, outbox::Outbox},
    redis::{RedisSource, SharedByTarget},
    watch::{Events, Watch},
};

/// `() => void`: asks JavaScript to drain. Not error-first, and weak: it does not keep the process alive by itself.
/// [`EnvState::expect`] refers to it as long as results are outstanding.
pub(super) type OnWake = ThreadsafeFunction<(), UnknownReturnValue, (), Status, false, true>;

/// The state of one environment. Lives on the JS thread.
pub struct EnvState {
    on_wake: Arc<OnWake>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) rows: RefCell<Int32Array>,
    /// Look-ups submitted and not yet delivered.
    outstanding: Cell<usize>,
    /// Results are being delivered. The app may then submit many look-ups, so the I/O thread is woken at the end.
    delivering: Cell<bool>,
    filled_meanwhile: RefCell<Vec<Arc<Inbox>>>,
    /// Connections to Redis, one per target.
    pub(super) sources: SharedByTarget<RedisSource>,
    /// Watched sessions, one watch per target.
    pub(super) watches: SharedByTarget<Watch>,
    /// What the watches tell; set when JavaScript first watches.
    pub(super) events: OnceCell<Arc<Events>>,
    /// Who is told how the connections are.
    pub(super) on_state: OnceCell<Arc<OnState>>,
    owners: Cell<u32>,
    io: OnceCell<IoThread>,
}

impl EnvState {
    /// Starts neither the thread nor a connection.
    pub(super) fn new(on_wake: Arc<OnWake>, rows: Int32Array) -> Self {
        let waker = Arc::clone(&on_wake);
        // A failed call means that the environment has ended, and with it everything that waits.
        let wake = move || _ = waker.call((), ThreadsafeFunctionCallMode::NonBlocking);
        Self {
            on_wake,
            outbox: Arc::new(Outbox::new(wake)),
            rows: RefCell::new(rows),
            outstanding: Cell::new(0),
            delivering: Cell::new(false),
            filled_meanwhile: RefCell::default(),
            sources: SharedByTarget::default(),
            watches: SharedByTarget::default(),
            events: OnceCell::new(),
            on_state: OnceCell::new(),
            owners: Cell::new(0),
            io: OnceCell::new(),
        }
    }

    /// The runtime on which to spawn. The first call starts the thread.
    ///
    /// # Errors
    /// The system provides no thread.
    pub fn io(&self) -> io::Result<&Handle> {
        if self.io.get().is_none() {
            _ = self.io.set(IoThread::start()?);
        }
        self.io.get().map(IoThread::handle).ok_or_else(|| io::Error::other("the I/O thread did not start"))
    }

    /// A number for an owner of watchers.
    pub(super) fn next_owner(&self) -> u32 {
        let owner = self.owners.get();
        self.owners.set(owner + 1);
        owner
    }

    /// Expects one more result. From the first one on the process stays alive.
    pub(super) fn expect(&self, env: sys::napi_env) {
        let outstanding = self.outstanding.get();
        if outstanding == 0 {
            keep_alive::refer(env, self.on_wake.raw());
        }
        self.outstanding.set(outstanding + 1);
    }

    /// `count` results were delivered. After the last one the process may end.
    pub(super) fn delivered(&self, env: sys::napi_env, count: usize) {
        let outstanding = self.outstanding.get().saturating_sub(count);
        if outstanding == 0 && self.outstanding.get() > 0 {
            keep_alive::unrefer(env, self.on_wake.raw());
        }
        self.outstanding.set(outstanding);
    }

    /// Wakes the reader of a queue that was empty, at once or after the present delivery.
    pub(super) fn filled(&self, inbox: &Arc<Inbox>) {
        if self.delivering.get() {
            self.filled_meanwhile.borrow_mut().push(Arc::clone(inbox));
        } else {
            inbox.wake();
        }
    }

    pub(super) fn begin_delivery(&self) {
        self.delivering.set(true);
    }

    pub(super) fn end_delivery(&self) {
        self.delivering.set(false);
        self.filled_meanwhile.borrow_mut().drain(..).for_each(|inbox| inbox.wake());
    }
}
