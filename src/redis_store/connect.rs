//! One attempt to connect: open the socket, log in, probe.

use std::sync::Arc;

use futures_util::future::join_all;
use redis::{
    AsyncConnectionConfig, Cmd, RedisConnectionInfo, ServerError, Value, aio::MultiplexedConnection,
};
use tokio::{task::JoinHandle, time::Instant};

use super::{
    address::Address,
    fault::Fault,
    heartbeat,
    live::Live,
    pulse::{Monitored, Pulse},
    socket::{self, CONNECT_TIMEOUT, within},
};

/// A connection that has answered. Dropping it closes the socket, whoever still holds its [`Live`].
pub(super) struct Connection {
    pub(super) live: Live,
    driver: Driver,
}

/// Connects, logs in and proves with `GET <probe_key>` that look-ups are answered.
///
/// Only a look-up shows NOAUTH, LOADING and MASTERDOWN: on RESP2 a connection without a password is accepted, and so is
/// one to a server that still reads its dump.
pub(super) async fn connect(address: &Address, probe_key: &[u8]) -> Result<Connection, Fault> {
    let deadline = Instant::now() + CONNECT_TIMEOUT;
    let socket = socket::open(&address.endpoint, deadline).await?;
    let connection = within(deadline, "no answer", start(socket)).await?;
    within(deadline, "connected, but no answer", log_in(&connection.live, address, probe_key)).await?;
    Ok(connection)
}

impl Connection {
    /// Waits until the connection is of no more use, and tells those who wait for it.
    pub(super) async fn until_lost(&mut self) -> Fault {
        let fault = tokio::select! {
            fault = self.live.lost() => fault,
            fault = heartbeat::stopped(&self.live) => fault,
            _ = &mut self.driver.0 => {
                let end = self.live.pulse().end().cloned();
                end.unwrap_or_else(|| Fault::store("the connection was closed"))
            }
        };
        self.live.declare_lost(fault.clone());
        fault
    }

    /// Whether the socket came to an end, as against a connection that we gave up.
    pub(super) fn was_ended(&self) -> bool {
        self.live.pulse().end().is_some()
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

/// RESP2: every server and proxy speaks it, and look-ups need no more. Tracking of sessions (`CLIENT TRACKING`, whose
/// messages arrive only on RESP3) would be asked for here, by the protocol of the settings and a push sender, and turned
/// on in [`log_in`], before the probe.
async fn start(socket: Box<dyn socket::Socket>) -> Result<Connection, Fault> {
    let pulse = Arc::new(Pulse::default());
    // The crate logs in nobody and names itself to nobody: it loses the text of a wrong password, and CLIENT SETINFO may
    // be forbidden. Deadlines are the caller's, so the crate has none.
    let settings = RedisConnectionInfo::default().set_skip_set_lib_name();
    let config = AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
    let socket = Monitored::new(socket, pulse.clone());
    let (requests, driver) = MultiplexedConnection::new_with_config(&settings, socket, config).await?;
    Ok(Connection { live: Live::new(requests, pulse), driver: Driver(tokio::spawn(driver)) })
}

/// AUTH, SELECT, CLIENT SETNAME and the probe, all in one round trip.
async fn log_in(live: &Live, address: &Address, probe_key: &[u8]) -> Result<(), Fault> {
    match greet(live, greeting(address, true, probe_key)).await? {
        // Before Redis 6 there were no users: AUTH takes the password alone.
        Some(refusal) if is_auth_without_users(&refusal) => greet(live, greeting(address, false, probe_key))
            .await?
            .map_or(Ok(()), |refusal| Err((&refusal).into())),
        Some(refusal) => Err((&refusal).into()),
        None => Ok(()),
    }
}

/// A command of the greeting, and which refusals of it do no harm.
type Step = (Cmd, fn(&ServerError) -> bool);

fn greeting(address: &Address, with_username: bool, probe_key: &[u8]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    if let Some(login) = &address.login {
        let mut auth = redis::cmd("AUTH");
        auth.arg(login.username.as_deref().filter(|_| with_username)).arg(&*login.password);
        steps.push((auth, is_password_not_needed));
    }
    if address.db != 0 {
        steps.push((redis::cmd("SELECT").arg(address.db).take(), |_| false));
    }
    if let Some(name) = &address.client_name {
        steps.push((redis::cmd("CLIENT").arg("SETNAME").arg(name).take(), |_| true));
    }
    steps.push((redis::cmd("GET").arg(probe_key).take(), is_answer_to_a_look_up));
    steps
}

/// Sends all steps before it reads an answer; gives the first refusal that matters. Each step is a request of its own,
/// for a server that is full says so once and hangs up.
async fn greet(live: &Live, steps: Vec<Step>) -> Result<Option<ServerError>, Fault> {
    let answers = join_all(steps.iter().map(|(command, _)| live.ask(command))).await;
    for (answer, (_, is_harmless)) in answers.into_iter().zip(&steps) {
        if let Value::ServerError(refusal) = answer?
            && !is_harmless(&refusal)
        {
            return Ok(Some(refusal));
        }
    }
    Ok(None)
}

/// A password that the server does not ask for: ioredis goes on too. The text is that of Redis 6 and newer, or older.
fn is_password_not_needed(refusal: &ServerError) -> bool {
    refusal.details().is_some_and(|text| {
        text.contains("without any password configured") || text.contains("no password is set")
    })
}

fn is_auth_without_users(refusal: &ServerError) -> bool {
    refusal.details().is_some_and(|text| text.contains("wrong number of arguments for 'auth'"))
}

/// A refusal that is about the key or the user's rights: look-ups are answered here, and will say it themselves.
fn is_answer_to_a_look_up(refusal: &ServerError) -> bool {
    matches!(refusal.code(), "NOPERM" | "WRONGTYPE" | "MOVED" | "ASK")
}
