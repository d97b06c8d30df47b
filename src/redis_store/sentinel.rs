//! Redis Sentinel: who is master now.
//!
//! The protocol is that of <https://redis.io/docs/latest/develop/reference/sentinel-clients/>: ask a Sentinel, connect,
//! check the role. Instead of its messages, which are lost with the connection that they come on, we ask again each
//! second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::select_ok;
use redis::{Cmd, Value};
use tokio::time::{sleep, timeout};

use super::{
    address::{Address, AddressError, locate},
    connect::{Connection, Probe, connect},
    fault::Fault,
    route::Master,
};

/// Sentinel's own.
pub(super) const DEFAULT_PORT: u16 = 26379;
/// How often the Sentinels are asked while all is well.
const POLL: Duration = Duration::from_secs(1);
/// How long a Sentinel may think before the next one is asked too.
const STAGGER: Duration = Duration::from_millis(250);
/// How long an answer may take on a connection that has answered before.
const PATIENCE: Duration = Duration::from_millis(500);

/// The Sentinels of one master. A clone is cheap and shares what was learnt about them.
#[derive(Clone)]
pub struct Sentinels {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    sentinels: Vec<Address>,
    /// How to log in to a master, whichever it is.
    template: Address,
    /// Index of the Sentinel to ask first.
    first: AtomicUsize,
}

/// A connection to a Sentinel, and the master that it named.
type Answer = (Connection, Master);

impl Sentinels {
    /// `name`: the master's, as in Sentinel's `monitor`. `template`: login, database and TLS of the master.
    pub(super) fn new(name: String, sentinels: Vec<Address>, template: Address) -> Self {
        Self { inner: Arc::new(Inner { name, sentinels, template, first: AtomicUsize::new(0) }) }
    }

    /// `redis+sentinel://name@host:port,host:port/db`.
    pub(super) fn identity(&self) -> String {
        let Inner { name, sentinels, template, .. } = &*self.inner;
        let scheme = if template.is_tls() { "rediss" } else { "redis" };
        let sentinels: Vec<_> = sentinels.iter().map(Address::location).collect();
        format!("{scheme}+sentinel://{name}@{}/{}", sentinels.join(","), template.db)
    }

    /// The master that the first Sentinel to answer names.
    pub(super) async fn master(&self) -> Result<Master, Fault> {
        self.ask_all().await.map(|(_, master)| master)
    }

    pub(super) fn address_of(&self, master: &Master) -> Result<Address, Fault> {
        let unusable =
            |error: AddressError| Fault::store(format!("Sentinel names a master that is none: {error}"));
        self.inner.template.at(&master.host, master.port).map_err(unusable)
    }

    /// The master could not be used: another Sentinel, which may know more, is asked first next time.
    pub(super) fn distrust(&self) {
        self.inner.first.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until a Sentinel names another master than `current`. While no Sentinel answers, the master stays.
    pub(super) async fn until_another(&self, current: &Master) -> Fault {
        let mut connection = None;
        loop {
            sleep(POLL).await;
            let Ok((asked, named)) = self.ask_again(connection.take()).await else { continue };
            if named != *current {
                return Fault::store(format!("the master moved to {}", locate(&named.host, named.port)));
            }
            connection = Some(asked);
        }
    }

    /// On the same connection while it answers.
    async fn ask_again(&self, connection: Option<Connection>) -> Result<Answer, Fault> {
        if let Some(connection) = connection
            && let Ok(Ok(master)) = timeout(PATIENCE, self.ask(&connection)).await
        {
            return Ok((connection, master));
        }
        self.ask_all().await
    }

    /// Asks one Sentinel after the other, without waiting long for those that are silent; the first answer counts.
    async fn ask_all(&self) -> Result<Answer, Fault> {
        let Inner { sentinels, first, .. } = &*self.inner;
        let first = first.load(Ordering::Relaxed);
        let attempts = (0..sentinels.len()).map(|turn| {
            Box::pin(async move {
                let index = (first + turn) % sentinels.len();
                let address = sentinels.get(index).ok_or_else(|| Fault::store("there is no Sentinel"))?;
                sleep(STAGGER * u32::try_from(turn).unwrap_or(u32::MAX)).await;
                let said = |fault: Fault| Fault::store(format!("Sentinel {}: {fault}", address.location()));
                let connection = connect(address, Probe::Ping).await.map_err(said)?;
                let master = self.ask(&connection).await.map_err(said)?;
                Ok::<_, Fault>((connection, master, index))
            })
        });
        let ((connection, master, index), _) = select_ok(attempts).await?;
        self.inner.first.store(index, Ordering::Relaxed);
        Ok((connection, master))
    }

    async fn ask(&self, sentinel: &Connection) -> Result<Master, Fault> {
        match sentinel.live.ask(&self.question()).await? {
            Value::Array(parts) => read_master(&parts),
            Value::Nil => Err(Fault::store(format!("it knows no master of the name {}", self.inner.name))),
            Value::ServerError(refusal) => Err((&refusal).into()),
            _ => Err(Fault::store(NOT_A_SENTINEL)),
        }
    }

    fn question(&self) -> Cmd {
        redis::cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(&self.inner.name).take()
    }
}

const NOT_A_SENTINEL: &str = "an answer that Sentinel does not give";

/// `[host, port]`, both texts.
fn read_master(parts: &[Value]) -> Result<Master, Fault> {
    let [Value::BulkString(host), Value::BulkString(port)] = parts else {
        return Err(Fault::store(NOT_A_SENTINEL));
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let host = text(host);
    let port = text(port).and_then(|port| port.parse().ok());
    host.zip(port).map(|(host, port)| Master { host, port }).ok_or_else(|| Fault::store(NOT_A_SENTINEL))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    #[test]
    fn a_master_is_host_and_port() {
        let master = read_master(&[bulk("::1"), bulk("6379")]).unwrap();
        assert_eq!((&*master.host, master.port), ("::1", 6379));
        for parts in [
            &[][..],
            &[bulk("h")],
            &[bulk("h"), bulk("x")],
            &[bulk("h"), bulk("65536")],
            &[Value::Nil, bulk("1")],
        ] {
            assert!(read_master(parts).is_err());
        }
    }
}
