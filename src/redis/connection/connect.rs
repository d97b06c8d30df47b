//! One attempt to connect: open the socket, log in, probe.

use std::sync::Arc;

use ::redis::{
    AsyncConnectionConfig, Cmd, ProtocolVersion, RedisConnectionInfo, ServerError, Value,
    aio::{MultiplexedConnection, SendError},
    cmd,
};
use futures_util::future::join_all;
use tokio::{task::JoinHandle, time::Instant};

use super::{
    handle::ConnectionHandle,
    heartbeat,
    hello::WithoutHello,
    io_activity::{IoActivity, Monitored},
    purpose::{Purpose, Tracking},
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
    /// Whether the server tells of changes of the keys that are read.
    pub(super) is_tracking: bool,
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
    attempt(address, probe, None).await
}

/// The same for a connection with a purpose. `is_master`: the server has to be a master.
pub(in crate::redis) async fn connect_for(
    purpose: &Purpose,
    address: &Address,
    is_master: bool,
) -> Result<Connection, Fault> {
    let probe = if is_master { Probe::GetFromMaster } else { Probe::Get };
    let tracking = purpose.tracking.as_ref().filter(|tracking| tracking.is_worth_asking());
    attempt(address, probe(&purpose.probe_key), tracking).await
}

async fn attempt(
    address: &Address,
    probe: Probe<'_>,
    tracking: Option<&Arc<Tracking>>,
) -> Result<Connection, Fault> {
    let login = address.credentials.login().await?;
    let deadline = Instant::now() + CONNECT_TIMEOUT;
    let socket = socket::open(&address.endpoint, deadline).await?;
    let mut connection = within(deadline, "no answer", start(socket, tracking)).await?;
    let greeting = Greeting { address, login: login.as_ref(), probe, is_tracking: tracking.is_some() };
    let greeted = within(deadline, "connected, but no answer", greeting.exchange(&connection.handle)).await;
    if let Some(tracking) = tracking {
        tracking.note_login(greeted.is_err());
    }
    connection.is_tracking = greeted?.map_err(|refusal| Fault::from(&refusal))?;
    Ok(connection)
}

impl Connection {
    fn new(
        requests: MultiplexedConnection,
        activity: Arc<IoActivity>,
        driver: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let driver = Driver(tokio::spawn(driver));
        Self { handle: ConnectionHandle::new(requests, activity), is_tracking: false, driver }
    }

    /// Waits until the connection no longer works. Requests that wait then fail.
    pub(super) async fn until_lost(&mut self) -> Fault {
        let fault = tokio::select! {
            fault = self.handle.lost() => fault,
            fault = heartbeat::stopped(&self.handle) => fault,
            _ = &mut self.driver.0 => {
                let end = self.handle.activity().end().cloned();
                end.unwrap_or_else(|| Fault::unreachable("the connection was closed"))
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

/// Look-ups speak RESP2, as every server and proxy does. Tracking needs RESP3, in which a server sends messages of its
/// own.
async fn start(
    socket: Box<dyn socket::Socket>,
    tracking: Option<&Arc<Tracking>>,
) -> Result<Connection, Fault> {
    let activity = Arc::new(IoActivity::default());
    // The crate neither logs in nor names the client: it loses the text of a wrong password, and CLIENT SETINFO may
    // be forbidden. It has no deadlines, because the callers have them.
    let settings = RedisConnectionInfo::default().set_skip_set_lib_name();
    let config = AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
    let socket = Monitored::new(socket, activity.clone());
    let Some(tracking) = tracking.cloned() else {
        let (requests, driver) = MultiplexedConnection::new_with_config(&settings, socket, config).await?;
        return Ok(Connection::new(requests, activity, driver));
    };
    let settings = settings.set_protocol(ProtocolVersion::RESP3);
    let config = config.set_push_sender(move |message| {
        tracking.take(&message);
        Ok::<(), SendError>(())
    });
    let socket = WithoutHello::new(socket);
    let (requests, driver) = MultiplexedConnection::new_with_config(&settings, socket, config).await?;
    Ok(Connection::new(requests, activity, driver))
}

/// AUTH, SELECT, CLIENT SETNAME, HELLO and CLIENT TRACKING where keys are watched, and the probe, all in one round trip.
struct Greeting<'a> {
    address: &'a Address,
    login: Option<&'a Login>,
    probe: Probe<'a>,
    /// The server is asked to tell of changes.
    is_tracking: bool,
}

/// A command of the greeting, and how its answer is checked.
struct Step {
    command: Cmd,
    /// Which refusals are ignored.
    is_harmless: fn(&ServerError) -> bool,
    check: fn(&Value) -> Result<(), Fault>,
    /// Whether its answer means that the server tells of changes; none says that by itself.
    agrees: Option<fn(&Value) -> bool>,
}

impl Greeting<'_> {
    async fn exchange(&self, handle: &ConnectionHandle) -> Result<Greeted, Fault> {
        match greet(handle, self.steps(true)).await? {
            // Before Redis 6 there were no users: AUTH takes only the password.
            Err(refusal) if is_auth_without_users(&refusal) => greet(handle, self.steps(false)).await,
            greeted => Ok(greeted),
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
        if self.is_tracking {
            // After the login, so that a refusal costs no further round trip. RESP2 accepts CLIENT TRACKING too, but sends
            // no messages.
            let is_map = |answer: &Value| matches!(answer, Value::Map(_));
            steps.push(Step { agrees: Some(is_map), ..Step::new(cmd("HELLO").arg(3).take(), |_| true) });
            let track = cmd("CLIENT").arg("TRACKING").arg("ON").take();
            let is_ok = |answer: &Value| matches!(answer, Value::Okay);
            steps.push(Step { agrees: Some(is_ok), ..Step::new(track, |_| true) });
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
        Self { command, is_harmless, check: |_| Ok(()), agrees: None }
    }
}

/// Whether the server tells of changes, or why it refused.
type Greeted = Result<bool, ServerError>;

/// Sends all steps before it reads an answer, and returns the first refusal that is not ignored. Each step is a
/// request of its own, because a server without a free client slot answers only once and closes the connection.
async fn greet(handle: &ConnectionHandle, steps: Vec<Step>) -> Result<Greeted, Fault> {
    let answers = join_all(steps.iter().map(|step| handle.ask(&step.command))).await;
    let mut agreed = 0;
    for (answer, step) in answers.into_iter().zip(&steps) {
        match answer? {
            Value::ServerError(refusal) if (step.is_harmless)(&refusal) => {}
            Value::ServerError(refusal) => return Ok(Err(refusal)),
            answer => {
                (step.check)(&answer)?;
                agreed += usize::from(step.agrees.is_some_and(|agrees| agrees(&answer)));
            }
        }
    }
    let asked = steps.iter().filter(|step| step.agrees.is_some()).count();
    Ok(Ok(asked > 0 && agreed == asked))
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
