//! One attempt to connect: open the socket, log in, probe.

use std::sync::Arc;

use ::redis::{
    AsyncConnectionConfig, Cmd, RedisConnectionInfo, ServerError, Value, aio::MultiplexedConnection, cmd,
};
use futures_util::future::join_all;
use tokio::{task::JoinHandle, time::Instant};

use super::{
    handle::ConnectionHandle,
    heartbeat,
    io_activity::{IoActivity, Monitored},
    socket::{self, CONNECT_TIMEOUT, within},
};
use crate::{
    pipeline::Fault,
    redis::config::{address::Address, credentials::Login},
};

/// A connection that has answered. Dropping it closes the socket, also while clones of its [`ConnectionHandle`]
/// exist.
pub struct Connection {
    pub(in crate::redis) handle: ConnectionHandle,
    driver: Driver,
}

/// What proves that a new connection works.
#[derive(Clone, Copy)]
pub(in crate::redis) enum Probe<'a> {
    /// A look-up of this key. Only a look-up shows NOAUTH, LOADING and MASTERDOWN: on RESP2 a server accepts a
    /// connection without a password, and also while it still loads its dump.
    Get(&'a [u8]),
    /// The same, on a master: a Sentinel may name a server that it has not yet seen demoted.
    GetFromMaster(&'a [u8]),
    /// Any answer to PING: a Sentinel has no keys.
    Ping,
}

/// Connects, logs in, and proves with `probe` that the connection works.
pub(in crate::redis) async fn connect(address: &Address, probe: Probe<'_>) -> Result<Connection, Fault> {
    let login = address.credentials.login().await?;
    let deadline = Instant::now() + CONNECT_TIMEOUT;
    let socket = socket::open(&address.endpoint, deadline).await?;
    let connection = within(deadline, "no answer", start(socket)).await?;
    let greeting = Greeting { address, login: login.as_ref(), probe };
    within(deadline, "connected, but no answer", greeting.exchange(&connection.handle)).await?;
    Ok(connection)
}

impl Connection {
    /// Waits until the connection no longer works. Requests that wait then fail.
    pub(super) async fn until_lost(&mut self) -> Fault {
        let fault = tokio::select! {
            fault = self.handle.lost() => fault,
            fault = heartbeat::stopped(&self.handle) => fault,
            _ = &mut self.driver.0 => {
                let end = self.handle.activity().end().cloned();
                end.unwrap_or_else(|| Fault::new("the connection was closed"))
            }
        };
        self.handle.declare_lost(fault.clone());
        fault
    }

    /// Whether the socket ended, and not only our use of it.
    pub(super) fn was_ended(&self) -> bool {
        self.handle.activity().end().is_some()
    }
}

/// The task that moves the bytes. When it ends, by itself or by being dropped, the socket is closed and every waiting
/// request fails at once.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// RESP2: every server and proxy speaks it, and look-ups need no more. A connection that tracks sessions (`CLIENT
/// TRACKING`, whose messages need RESP3) would ask for the protocol and a push sender here, and turn tracking on in
/// the [`Greeting`], before the probe.
async fn start(socket: Box<dyn socket::Socket>) -> Result<Connection, Fault> {
    let activity = Arc::new(IoActivity::default());
    // The crate neither logs in nor names the client: it loses the text of a wrong password, and CLIENT SETINFO may
    // be forbidden. It has no deadlines, because the callers have them.
    let settings = RedisConnectionInfo::default().set_skip_set_lib_name();
    let config = AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
    let socket = Monitored::new(socket, activity.clone());
    let (requests, driver) = MultiplexedConnection::new_with_config(&settings, socket, config).await?;
    Ok(Connection { handle: ConnectionHandle::new(requests, activity), driver: Driver(tokio::spawn(driver)) })
}

/// AUTH, SELECT, CLIENT SETNAME and the probe, all in one round trip.
struct Greeting<'a> {
    address: &'a Address,
    login: Option<&'a Login>,
    probe: Probe<'a>,
}

/// A command of the greeting, and how its answer is checked.
struct Step {
    command: Cmd,
    /// Which refusals are ignored.
    is_harmless: fn(&ServerError) -> bool,
    check: fn(&Value) -> Result<(), Fault>,
}

impl Greeting<'_> {
    async fn exchange(&self, handle: &ConnectionHandle) -> Result<(), Fault> {
        match greet(handle, self.steps(true)).await? {
            // Before Redis 6 there were no users: AUTH takes only the password.
            Some(refusal) if is_auth_without_users(&refusal) => {
                greet(handle, self.steps(false)).await?.map_or(Ok(()), |refusal| Err((&refusal).into()))
            }
            Some(refusal) => Err((&refusal).into()),
            None => Ok(()),
        }
    }

    fn steps(&self, with_username: bool) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(login) = self.login {
            let mut auth = cmd("AUTH");
            auth.arg(login.username.as_deref().filter(|_| with_username)).arg(&*login.password);
            steps.push(Step::new(auth, is_password_not_needed));
        }
        if self.address.db != 0 {
            steps.push(Step::new(cmd("SELECT").arg(self.address.db).take(), |_| false));
        }
        if let Some(name) = &self.address.client_name {
            steps.push(Step::new(cmd("CLIENT").arg("SETNAME").arg(name).take(), |_| true));
        }
        let get = |key| Step::new(cmd("GET").arg(key).take(), is_answer_to_a_look_up);
        match self.probe {
            Probe::Get(key) => steps.push(get(key)),
            Probe::GetFromMaster(key) => {
                steps.push(get(key));
                // A user who may not call ROLE is accepted: the poll of the Sentinels corrects a wrong master.
                steps.push(Step { check: is_master, ..Step::new(cmd("ROLE"), |_| true) });
            }
            Probe::Ping => steps.push(Step::new(cmd("PING"), |refusal| refusal.code() != "NOAUTH")),
        }
        steps
    }
}

impl Step {
    fn new(command: Cmd, is_harmless: fn(&ServerError) -> bool) -> Self {
        Self { command, is_harmless, check: |_| Ok(()) }
    }
}

/// Sends all steps before it reads an answer, and returns the first refusal that is not ignored. Each step is a
/// request of its own, because a server without a free client slot answers only once and closes the connection.
async fn greet(handle: &ConnectionHandle, steps: Vec<Step>) -> Result<Option<ServerError>, Fault> {
    let answers = join_all(steps.iter().map(|step| handle.ask(&step.command))).await;
    for (answer, step) in answers.into_iter().zip(&steps) {
        match answer? {
            Value::ServerError(refusal) if (step.is_harmless)(&refusal) => {}
            Value::ServerError(refusal) => return Ok(Some(refusal)),
            answer => (step.check)(&answer)?,
        }
    }
    Ok(None)
}

/// `ROLE` answers `["master", …]`.
fn is_master(answer: &Value) -> Result<(), Fault> {
    let role = match answer {
        Value::Array(parts) => parts.first(),
        _ => None,
    };
    match role {
        Some(Value::BulkString(role)) if role == b"master" => Ok(()),
        _ => Err(Fault::new("the server that Sentinel names as master is a replica")),
    }
}

/// The server does not ask for the password. ioredis ignores that too. The texts are those of Redis 6 and newer, and
/// of older versions.
fn is_password_not_needed(refusal: &ServerError) -> bool {
    refusal.details().is_some_and(|text| {
        text.contains("without any password configured") || text.contains("no password is set")
    })
}

fn is_auth_without_users(refusal: &ServerError) -> bool {
    refusal.details().is_some_and(|text| text.contains("wrong number of arguments for 'auth'"))
}

/// A refusal that concerns the key or the user's rights. The server answers look-ups, which will show it themselves.
/// CLUSTERDOWN may concern only the slot of the probe, while the node serves other slots.
fn is_answer_to_a_look_up(refusal: &ServerError) -> bool {
    matches!(refusal.code(), "NOPERM" | "WRONGTYPE" | "MOVED" | "ASK" | "CLUSTERDOWN")
}
