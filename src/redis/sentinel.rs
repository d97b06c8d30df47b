//! Redis Sentinel: which server is the master now.
//!
//! The protocol is that of <https://redis.io/docs/latest/develop/reference/sentinel-clients/>: ask a Sentinel,
//! connect, check the role. Sentinels also publish messages, which are lost with their connection. So the addon does
//! not subscribe, but asks again every second.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use ::redis::{Cmd, Value, cmd};
use futures_util::future::join;
use tokio::time::{sleep, timeout};

use super::{
    config::{address::Address, host_port::HostPort, sentinel_target::SentinelTarget},
    connection::{
        connect::{Connection, connect, connect_for},
        greeting::Probe,
        purpose::Purpose,
        route::Route,
    },
    staggered::first_of,
};
use crate::pipeline::Fault;

/// Time between two questions to the Sentinels while the connection is in order.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How long a Sentinel may take before the next one is asked too.
const STAGGER: Duration = Duration::from_millis(250);
/// How long an answer may take on a connection that has answered before.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// How many Sentinels are discovered at most. Ten are very many.
const MOST_DISCOVERED: usize = 16;

/// The Sentinels of one master, and what was discovered about them.
pub struct Sentinels {
    target: SentinelTarget,
    /// Other Sentinels that watch the same master: the configured ones may all be gone when they are needed.
    discovered: Mutex<Vec<Address>>,
    /// Index of the Sentinel to ask first.
    first: AtomicUsize,
}

/// A connection to a Sentinel, and the master that it named.
type Answer = (Connection, HostPort);

impl Route for Sentinels {
    /// The master.
    type Server = HostPort;

    async fn connect(&self, purpose: &Purpose) -> Result<(Connection, HostPort), Fault> {
        let (_, master) = self.ask_all().await?;
        let address = self
            .target
            .master
            .on(&master)
            .map_err(|error| Fault::new(format!("Sentinel names an unusable master: {error}")))?;
        match connect_for(purpose, &address, true).await {
            Ok(connection) => Ok((connection, master)),
            Err(fault) => {
                // Another Sentinel may know more: it is asked first next time.
                self.first.fetch_add(1, Ordering::Relaxed);
                Err(fault)
            }
        }
    }

    /// While no Sentinel answers, the master stays.
    async fn until_moved(&self, master: &HostPort) -> Fault {
        let mut connection = None;
        loop {
            sleep(POLL_INTERVAL).await;
            let Ok((asked, named)) = self.ask_again(connection.take()).await else { continue };
            if named != *master {
                return Fault::new(format!("the master moved to {named}"));
            }
            connection = Some(asked);
        }
    }
}

impl Sentinels {
    pub(super) fn new(target: SentinelTarget) -> Self {
        Self { target, discovered: Mutex::default(), first: AtomicUsize::new(0) }
    }

    /// Asks on the same connection as long as it answers.
    async fn ask_again(&self, connection: Option<Connection>) -> Result<Answer, Fault> {
        if let Some(connection) = connection
            && let Ok(master) = self.ask(&connection).await
        {
            return Ok((connection, master));
        }
        self.ask_all().await
    }

    /// Asks one Sentinel after another. The first answer counts.
    async fn ask_all(&self) -> Result<Answer, Fault> {
        let discovered = self.discovered().clone();
        let sentinels: Vec<_> = self.target.sentinels.iter().cloned().chain(discovered).collect();
        let first = self.first.load(Ordering::Relaxed);
        let in_turn = sentinels.iter().enumerate().cycle().skip(first % sentinels.len().max(1));
        let asked = in_turn.take(sentinels.len()).map(|(index, sentinel)| self.ask_one(index, sentinel));
        let (answer, index) = first_of(asked.collect(), STAGGER).await?;
        self.first.store(index, Ordering::Relaxed);
        Ok(answer)
    }

    /// Returns the index with the answer, because attempts end in any order.
    async fn ask_one(&self, index: usize, address: &Address) -> Result<(Answer, usize), Fault> {
        let said = |fault: Fault| fault.reworded(|text| format!("Sentinel {}: {text}", address.location()));
        let connection = connect(address, Probe::Ping).await.map_err(said)?;
        let (master, ()) = join(self.ask(&connection), self.discover(&connection, address)).await;
        Ok(((connection, master.map_err(said)?), index))
    }

    async fn ask(&self, sentinel: &Connection) -> Result<HostPort, Fault> {
        let question = self.question("GET-MASTER-ADDR-BY-NAME");
        let Ok(answer) = timeout(ANSWER_TIMEOUT, sentinel.handle.ask(&question)).await else {
            return Err(Fault::unreachable("it stopped answering"));
        };
        match answer? {
            Value::Array(parts) => read_master(&parts),
            Value::Nil => Err(Fault::new(format!("it knows no master named {}", self.target.name))),
            Value::ServerError(refusal) => Err((&refusal).into()),
            _ => Err(Fault::new(NOT_A_SENTINEL)),
        }
    }

    /// Asks `sentinel`, which is at `address`, for the other Sentinels. One that may not answer does no harm.
    async fn discover(&self, sentinel: &Connection, address: &Address) {
        let question = self.question("SENTINELS");
        let Ok(Ok(Value::Array(others))) = timeout(ANSWER_TIMEOUT, sentinel.handle.ask(&question)).await
        else {
            return;
        };
        let configured = &self.target.sentinels;
        let others = others.iter().filter_map(read_sentinel);
        let others = others.filter_map(|server| address.on(&server).ok()).take(MOST_DISCOVERED);
        let is_configured = |one: &Address| configured.iter().any(|other| other.location() == one.location());
        // A Sentinel does not name itself.
        let all = others.chain([address.clone()]).filter(|one| !is_configured(one));
        *self.discovered() = all.collect();
    }

    fn question(&self, what: &str) -> Cmd {
        cmd("SENTINEL").arg(what).arg(&self.target.name).take()
    }

    fn discovered(&self) -> MutexGuard<'_, Vec<Address>> {
        // The lock is held for one line that leaves the list complete.
        self.discovered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const NOT_A_SENTINEL: &str = "an answer that Sentinel does not give";

/// Reads `[host, port]`, both strings.
fn read_master(parts: &[Value]) -> Result<HostPort, Fault> {
    let [Value::BulkString(host), Value::BulkString(port)] = parts else {
        return Err(Fault::new(NOT_A_SENTINEL));
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let host = text(host);
    let port = text(port).and_then(|port| port.parse().ok());
    host.zip(port).map(|(host, port)| HostPort { host, port }).ok_or_else(|| Fault::new(NOT_A_SENTINEL))
}

/// Reads another Sentinel: names and values in turn, all strings.
fn read_sentinel(parts: &Value) -> Option<HostPort> {
    let Value::Array(parts) = parts else { return None };
    let (pairs, _) = parts.as_chunks::<2>();
    let value = |name: &str| {
        pairs.iter().find_map(|pair| match pair {
            [Value::BulkString(key), Value::BulkString(value)] if key == name.as_bytes() => {
                String::from_utf8(value.clone()).ok()
            }
            _ => None,
        })
    };
    Some(HostPort { host: value("ip")?, port: value("port")?.parse().ok()? })
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

    #[test]
    fn a_sentinel_tells_of_others_in_pairs() {
        let pairs = ["name", "x", "ip", "::1", "port", "26379", "flags"].map(bulk);
        assert_eq!(
            read_sentinel(&Value::Array(pairs.to_vec())),
            Some(HostPort { host: "::1".to_owned(), port: 26379 })
        );
        assert_eq!(read_sentinel(&Value::Array(vec![bulk("ip"), bulk("h")])), None);
        assert_eq!(read_sentinel(&bulk("ip")), None);
    }
}
