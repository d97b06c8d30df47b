//! One attempt to connect: open the socket, and greet the server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use ::redis::{
    AsyncConnectionConfig, ProtocolVersion, RedisConnectionInfo,
    aio::{MultiplexedConnection, SendError},
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout},
};

use super::{
    greeting::{Greeting, Probe},
    handle::ConnectionHandle,
    heartbeat,
    hello::WithoutHello,
    io_activity::{IoActivity, Monitored},
    purpose::{Purpose, Tracking},
    socket::{self, CONNECT_TIMEOUT, within},
};
use crate::{pipeline::Fault, redis::config::address::Address};

/// A connection that is silent for so long is followed by another one, which waits beside it. As long as attempts that fail
/// at once are apart, so a server that answers again has a new connection within this time.
const HEDGE_AFTER: Duration = Duration::from_millis(500);

/// A connection that has answered. Dropping it closes the socket, also while clones of its [`ConnectionHandle`]
/// exist.
pub struct Connection {
    pub(in crate::redis) handle: ConnectionHandle,
    /// Whether the server tells of changes of the keys that are read.
    pub(super) is_tracking: bool,
    driver: Driver,
}

/// Connects, logs in, and proves with `probe` that the connection works.
pub(in crate::redis) async fn connect(address: &Address, probe: Probe<'_>) -> Result<Connection, Fault> {
    Ok(attempt(address, probe, None).await?)
}

/// The same for a connection with a purpose. `is_master`: the server has to be a master.
pub(in crate::redis) async fn connect_for(
    purpose: &Purpose,
    address: &Address,
    is_master: bool,
) -> Result<Connection, Fault> {
    let probe = if is_master { Probe::GetFromMaster } else { Probe::Get };
    let (probe, tracking) = (probe(&purpose.probe_key), purpose.tracking.as_ref());
    match attempt(address, probe, tracking).await {
        Err(Failure::Unanswered(_)) if tracking.is_some() => {}
        other => return Ok(other?),
    }
    // Some proxies hang up on commands that they do not know, or never answer. A server that hangs or restarts looks the
    // same. But if it is well again, it answers both logins.
    let plain = attempt(address, probe, None).await?;
    match attempt(address, probe, tracking).await {
        Err(Failure::Unanswered(_)) => Ok(plain),
        other => Ok(other?),
    }
}

/// Why an attempt came to nothing.
enum Failure {
    /// The server closed the connection during the login, or fell silent.
    Unanswered(Fault),
    Other(Fault),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Other(fault)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        let (Failure::Unanswered(fault) | Failure::Other(fault)) = failure;
        fault
    }
}

async fn attempt(
    address: &Address,
    probe: Probe<'_>,
    tracking: Option<&Arc<Tracking>>,
) -> Result<Connection, Failure> {
    let login = address.credentials.login().await?;
    let deadline = Instant::now() + CONNECT_TIMEOUT;
    let addresses = socket::resolve(&address.endpoint, deadline).await?;
    let greeting = Greeting { address, login: login.as_ref(), probe, is_tracking: tracking.is_some() };
    hedged(|| open(&greeting, &addresses, tracking, deadline)).await
}

/// What was sent on a connection may be lost: by a proxy that has failed over, or by a firewall. A server that answers
/// again then answers on the next one. The first result counts.
async fn hedged<F: Future<Output = Result<Connection, Failure>>>(
    open: impl Fn() -> F,
) -> Result<Connection, Failure> {
    let mut opening = FuturesUnordered::new();
    loop {
        opening.push(open());
        if let Ok(Some(result)) = timeout(HEDGE_AFTER, opening.next()).await {
            return result;
        }
    }
}

/// Ends at the deadline.
async fn open(
    greeting: &Greeting<'_>,
    addresses: &[SocketAddr],
    tracking: Option<&Arc<Tracking>>,
    deadline: Instant,
) -> Result<Connection, Failure> {
    let socket = socket::open(&greeting.address.endpoint, addresses, deadline).await?;
    let mut connection = within(deadline, "no answer", start(socket, tracking)).await?;
    let greeted = within(deadline, "connected, but no answer", greeting.exchange(&connection.handle)).await;
    connection.is_tracking = greeted.map_err(Failure::Unanswered)?.map_err(Fault::from)?;
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
            fault = heartbeat::stopped(&self.handle, self.is_tracking) => fault,
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
