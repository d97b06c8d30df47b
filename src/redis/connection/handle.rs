//! Requests on a live connection.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use ::redis::{Cmd, Pipeline, RedisError, Value, aio::MultiplexedConnection};
use tokio::sync::Notify;

use super::{io_activity::IoActivity, server_error::is_fatal};
use crate::pipeline::Fault;

/// One live connection, shared by any number of requests. A clone is cheap and does not keep the connection open.
#[derive(Clone)]
pub struct ConnectionHandle {
    requests: MultiplexedConnection,
    state: Arc<State>,
}

struct State {
    activity: Arc<IoActivity>,
    loss: OnceLock<Fault>,
    /// Tells the supervisor that `loss` is set.
    lost: Notify,
    /// Holds a permit if a look-up was sent since the heartbeat last checked.
    used: Notify,
    /// Whether this server refuses MGET to this user. It depends on the login, so each new connection tries again.
    mget_refused: AtomicBool,
}

impl ConnectionHandle {
    pub(super) fn new(requests: MultiplexedConnection, activity: Arc<IoActivity>) -> Self {
        let state = State {
            activity,
            loss: OnceLock::new(),
            lost: Notify::new(),
            used: Notify::new(),
            mget_refused: AtomicBool::new(false),
        };
        Self { requests, state: Arc::new(state) }
    }

    /// Runs one command. A refusal of the server is the value [`Value::ServerError`].
    ///
    /// # Errors
    /// What ended the connection, as soon as it ends.
    pub async fn request(&self, command: &Cmd) -> Result<Value, Fault> {
        self.state.used.notify_one();
        self.ask(command).await
    }

    /// Runs the commands of `pipeline`. Returns an answer, or a [`Value::ServerError`], for each.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub async fn request_all(&self, pipeline: &Pipeline) -> Result<Vec<Value>, Fault> {
        self.state.used.notify_one();
        self.check()?;
        let result = self.requests.clone().send_packed_commands(pipeline, 0, pipeline.len()).await;
        let answers = result.map_err(|error| self.cause(error))?;
        for answer in &answers {
            self.examine(answer);
        }
        Ok(answers)
    }

    /// As [`request`](Self::request), but does not count as use of the connection. For the heartbeat and the login.
    pub(in crate::redis) async fn ask(&self, command: &Cmd) -> Result<Value, Fault> {
        self.check()?;
        let answer =
            self.requests.clone().send_packed_command(command).await.map_err(|error| self.cause(error))?;
        self.examine(&answer);
        Ok(answer)
    }

    /// From now on every request fails with `fault`, and the supervisor replaces the connection. Only the first call
    /// counts.
    pub(super) fn declare_lost(&self, fault: Fault) {
        self.state.loss.get_or_init(|| fault);
        self.state.lost.notify_one();
    }

    /// Whether it was declared lost.
    pub(in crate::redis) fn is_lost(&self) -> bool {
        self.state.loss.get().is_some()
    }

    /// Waits until the connection is declared lost.
    pub(super) async fn lost(&self) -> Fault {
        loop {
            if let Some(fault) = self.state.loss.get() {
                return fault.clone();
            }
            self.state.lost.notified().await;
        }
    }

    /// Waits for the next look-up. Returns at once if there was one since the last call.
    pub(super) async fn used(&self) {
        self.state.used.notified().await;
    }

    pub(super) fn activity(&self) -> &IoActivity {
        &self.state.activity
    }

    pub(in crate::redis) fn mget_refused(&self) -> bool {
        self.state.mget_refused.load(Ordering::Relaxed)
    }

    pub(in crate::redis) fn note_mget_refused(&self) {
        self.state.mget_refused.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> Result<(), Fault> {
        self.state.loss.get().map_or(Ok(()), |fault| Err(fault.clone()))
    }

    /// Why a request failed: the declared loss, or else how the socket ended, or else the crate's own error. The
    /// crate's error alone is "broken pipe" in nearly every case.
    fn cause(&self, error: RedisError) -> Fault {
        let fault =
            self.state.loss.get().or(self.state.activity.end()).cloned().unwrap_or_else(|| error.into());
        self.declare_lost(fault.clone());
        fault
    }

    fn examine(&self, answer: &Value) {
        if let Value::ServerError(error) = answer
            && is_fatal(error)
        {
            self.declare_lost(error.into());
        }
    }
}
