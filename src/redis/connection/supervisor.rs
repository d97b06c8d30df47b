//! Keeps one connection to Redis alive, whatever happens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep},
};

use super::{backoff::Backoff, connect::Connection, handle::ConnectionHandle, route::Route};
use crate::pipeline::Fault;

/// A connection that lived this long was worth something, and its loss is answered by an attempt at once. One that is
/// accepted and lost again and again is not.
const STEADY: Duration = Duration::from_secs(1);

/// A supervised connection. A clone is cheap; the last one dropped closes the connection.
#[derive(Clone)]
pub struct ManagedConnection {
    inner: Arc<Inner>,
}

impl ManagedConnection {
    /// Starts to connect, on the current tokio runtime, and does not stop before [`close`](Self::close).
    ///
    /// `probe_key` is looked up to prove a new connection: take one below the prefix of the sessions, so that a user who
    /// may read nothing else can read it, and which no session has.
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it closes the connection"]
    pub fn open(route: impl Route, probe_key: Vec<u8>) -> Self {
        let shared =
            Arc::new(Shared { state: watch::Sender::new(State::Connecting), connects: AtomicU64::new(0) });
        let supervisor = tokio::spawn(supervise(shared.clone(), route, probe_key)).abort_handle();
        Self { inner: Arc::new(Inner { shared, supervisor }) }
    }

    /// The live connection. Waits only while the first attempt to connect is under way, at the start and when the server
    /// ended a connection that had been in order (a restart, a failover, a proxy that tidies up). Never gives a connection
    /// that is lost already: whoever saw it end may ask before the supervisor has heard of it.
    ///
    /// # Errors
    /// Why there is none: the error of the last attempt, or what ended the last connection.
    pub async fn connection(&self) -> Result<ConnectionHandle, Fault> {
        let mut states = self.inner.shared.state.subscribe();
        match states.wait_for(State::is_settled).await.as_deref() {
            Ok(State::Up(handle)) => Ok(handle.clone()),
            Ok(State::Down(fault)) => Err(fault.clone()),
            Ok(State::Connecting | State::Closed) | Err(_) => Err(Fault::Closed),
        }
    }

    /// Closes the connection for good: requests that wait, and all later ones, fail with [`Fault::Closed`]. The socket is
    /// closed when the runtime next runs, or with it.
    pub fn close(&self) {
        self.inner.close();
    }

    /// Whether there is a live connection.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(&*self.inner.shared.state.borrow(), State::Up(handle) if !handle.is_lost())
    }

    /// Whether the last attempt to have a connection failed; while the first one is under way it has not.
    pub(in crate::redis) fn is_down(&self) -> bool {
        matches!(*self.inner.shared.state.borrow(), State::Down(_))
    }

    /// How often a connection was made again.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.inner.shared.connects.load(Ordering::Relaxed).saturating_sub(1)
    }
}

/// Apart from [`Shared`], which the supervisor holds too: when the last `ManagedConnection` goes, so does this.
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
    connects: AtomicU64,
}

enum State {
    /// Until the first attempt has ended: look-ups wait.
    Connecting,
    Up(ConnectionHandle),
    Down(Fault),
    Closed,
}

impl State {
    fn is_settled(&self) -> bool {
        match self {
            Self::Connecting => false,
            Self::Up(handle) => !handle.is_lost(),
            Self::Down(_) | Self::Closed => true,
        }
    }
}

impl Shared {
    /// Closed stays closed, also when `close` is called on another thread in this very moment.
    fn publish(&self, state: State) {
        self.state.send_if_modified(|current| {
            let open = !matches!(current, State::Closed);
            if open {
                *current = state;
            }
            open
        });
    }
}

/// Every error is retried: a wrong password is corrected on the server, a host name appears, a dump is loaded.
async fn supervise(shared: Arc<Shared>, route: impl Route, probe_key: Vec<u8>) {
    let mut backoff = Backoff::default();
    loop {
        match route.connect(&probe_key).await {
            Ok((connection, server)) => {
                let since = Instant::now();
                shared.connects.fetch_add(1, Ordering::Relaxed);
                shared.publish(State::Up(connection.handle.clone()));
                let (fault, hope) = until_lost(connection, &route, &server).await;
                if since.elapsed() >= STEADY {
                    backoff.reset();
                    if hope {
                        shared.publish(State::Connecting);
                        continue;
                    }
                }
                shared.publish(State::Down(fault));
            }
            Err(fault) => shared.publish(State::Down(fault)),
        }
        sleep(backoff.next_delay()).await;
    }
}

/// Why the connection is of no more use, and whether look-ups may wait for the next one: not when the server fell
/// silent, for an attempt may then take all its time.
async fn until_lost<R: Route>(mut connection: Connection, route: &R, server: &R::Server) -> (Fault, bool) {
    tokio::select! {
        fault = connection.until_lost() => (fault, connection.was_ended()),
        fault = route.until_moved(server) => {
            connection.handle.declare_lost(fault.clone());
            (fault, true)
        }
    }
}
