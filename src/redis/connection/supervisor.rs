//! Keeps one connection to Redis alive: it connects again after every error.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep},
};

use super::{
    backoff::Backoff, connect::Connection, handle::ConnectionHandle, purpose::Purpose, route::Route,
};
use crate::{
    pipeline::Fault,
    redis::health::{Condition, Health},
};

/// A connection that lived this long worked, and its loss is followed by an attempt at once. A connection that is
/// accepted and lost again and again did not.
const STABLE_AFTER: Duration = Duration::from_secs(1);

/// A supervised connection. A clone is cheap; the last one dropped closes the connection.
#[derive(Clone)]
pub struct ManagedConnection {
    inner: Arc<Inner>,
}

impl ManagedConnection {
    /// Starts to connect, on the current tokio runtime, and goes on until [`close`](Self::close).
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connection"]
    pub fn open(route: impl Route, purpose: Purpose) -> Self {
        let shared = Arc::new(Shared {
            state: watch::Sender::new(State::Connecting(None)),
            health: Health::new(purpose.listener()),
            connects: AtomicU64::new(0),
            tracking: Mutex::default(),
        });
        // Boxed, so that the runtime's code for a task is compiled once for all routes.
        let supervising: BoxFuture<'static, ()> = Box::pin(supervise(shared.clone(), route, purpose));
        let supervisor = tokio::spawn(supervising).abort_handle();
        Self { inner: Arc::new(Inner { shared, supervisor }) }
    }

    /// The live connection. Waits only during the first attempt to connect: at the start, and after the server ended
    /// a connection that worked (a restart, a failover, an idle limit of a proxy). Never returns a connection that is
    /// already lost: a caller may see the loss before the supervisor does.
    ///
    /// # Errors
    /// Why there is none: the error of the last attempt, or what ended the last connection.
    pub async fn connection(&self) -> Result<ConnectionHandle, Fault> {
        let mut states = self.inner.shared.state.subscribe();
        match states.wait_for(State::is_settled).await.as_deref() {
            Ok(State::Up(handle)) => Ok(handle.clone()),
            Ok(State::Down(fault)) => Err(fault.clone()),
            Ok(State::Connecting(_) | State::Closed) | Err(_) => Err(Fault::Closed),
        }
    }

    /// Closes the connection for good: requests that wait, and all later ones, fail with [`Fault::Closed`]. The
    /// socket is closed when the runtime next runs, or when it ends.
    pub fn close(&self) {
        self.inner.close();
    }

    /// Whether there is a live connection.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(&*self.inner.shared.state.borrow(), State::Up(handle) if !handle.is_lost())
    }

    /// Whether the last attempt to connect failed. False during the first attempt.
    pub(in crate::redis) fn is_down(&self) -> bool {
        matches!(*self.inner.shared.state.borrow(), State::Down(_))
    }

    /// Its condition, and the last fault.
    #[must_use]
    pub fn health(&self) -> (Condition, Option<Fault>) {
        self.inner.shared.health.get()
    }

    /// Its condition at this moment, and why. For listeners, which may not ask for the health.
    pub(in crate::redis) fn condition(&self) -> (Condition, Option<Fault>) {
        self.inner.shared.state.borrow().condition()
    }

    /// Whether the server tells of changes: that of the last connection, `None` before the first one.
    pub(in crate::redis) fn is_tracking(&self) -> Option<bool> {
        *self.inner.shared.tracking()
    }

    /// How often a connection was made again.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.inner.shared.connects.load(Ordering::Relaxed).saturating_sub(1)
    }
}

/// Apart from [`Shared`], which the supervisor holds too: this is dropped with the last `ManagedConnection`.
struct Inner {
    shared: Arc<Shared>,
    supervisor: AbortHandle,
}

impl Inner {
    fn close(&self) {
        if let State::Up(handle) = self.shared.state.send_replace(State::Closed) {
            handle.declare_lost(Fault::Closed);
        }
        self.supervisor.abort();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

struct Shared {
    state: watch::Sender<State>,
    health: Health,
    connects: AtomicU64,
    /// Whether the server of the last connection tells of changes.
    tracking: Mutex<Option<bool>>,
}

enum State {
    /// Until the first attempt has ended; again after a connection that worked, and then why it ended. Look-ups wait.
    Connecting(Option<Fault>),
    Up(ConnectionHandle),
    Down(Fault),
    Closed,
}

impl State {
    fn is_settled(&self) -> bool {
        match self {
            Self::Connecting(_) => false,
            Self::Up(handle) => !handle.is_lost(),
            Self::Down(_) | Self::Closed => true,
        }
    }

    fn condition(&self) -> (Condition, Option<Fault>) {
        match self {
            Self::Connecting(fault) => (Condition::Connecting, fault.clone()),
            Self::Up(_) => (Condition::Up, None),
            Self::Down(fault) => (Condition::Down, Some(fault.clone())),
            Self::Closed => (Condition::Down, Some(Fault::Closed)),
        }
    }
}

impl Shared {
    fn tracking(&self) -> MutexGuard<'_, Option<bool>> {
        self.tracking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A closed connection stays closed, also if `close` is called on another thread at this moment.
    fn publish(&self, state: State) {
        let is_open = self.state.send_if_modified(|current| {
            let open = !matches!(current, State::Closed);
            if open {
                *current = state;
            }
            open
        });
        if is_open {
            self.health.note(|| self.state.borrow().condition());
        }
    }
}

/// Retries every error: a wrong password may be corrected on the server, a host name may appear, a dump may finish
/// loading.
async fn supervise(shared: Arc<Shared>, route: impl Route, purpose: Purpose) {
    let mut backoff = Backoff::default();
    loop {
        let began = Instant::now();
        let mut waited = Duration::ZERO;
        match route.connect(&purpose).await {
            Ok((connection, server)) => {
                let since = Instant::now();
                shared.connects.fetch_add(1, Ordering::Relaxed);
                *shared.tracking() = Some(connection.is_tracking);
                shared.publish(State::Up(connection.handle.clone()));
                purpose.connected();
                let (fault, may_wait) = until_lost(connection, &route, &server).await;
                if since.elapsed() >= STABLE_AFTER {
                    backoff.reset();
                    if may_wait {
                        shared.publish(State::Connecting(Some(fault)));
                        continue;
                    }
                }
                shared.publish(State::Down(fault));
            }
            Err(fault) => {
                // An attempt that was left unanswered has waited long enough.
                waited = began.elapsed();
                shared.publish(State::Down(fault));
            }
        }
        sleep(backoff.next_delay().saturating_sub(waited)).await;
    }
}

/// Why the connection no longer works, and whether look-ups may wait for the next one. They may not if the server
/// fell silent, because the next attempt may take its full time.
async fn until_lost<R: Route>(mut connection: Connection, route: &R, server: &R::Server) -> (Fault, bool) {
    tokio::select! {
        fault = connection.until_lost() => (fault, connection.was_ended()),
        fault = route.until_moved(server) => {
            connection.handle.declare_lost(fault.clone());
            (fault, true)
        }
    }
}
