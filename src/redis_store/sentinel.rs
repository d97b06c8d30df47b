//! Redis Sentinel: who is master now.
//!
//! The protocol is that of <https://redis.io/docs/latest/develop/reference/sentinel-clients/>: ask a Sentinel, connect,
//! check the role. Instead of its messages, which are lost with the connection that they come on, we ask again each
//! second.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join;
use redis::{Cmd, Value};
use tokio::time::{sleep, timeout};

use super::{
    address::{Address, AddressError, locate},
    connect::{Connection, Probe, connect},
    fault::Fault,
    fingerprint::{Fields, Fingerprint},
    race::first_of,
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
    /// Those that were told beforehand. Also says how to log in to any other.
    told: Vec<Address>,
    /// Others that watch the same master: those that were told may all be gone when they are needed.
    learnt: Mutex<Vec<Address>>,
    /// How to log in to a master, whichever it is.
    template: Address,
    /// Index of the Sentinel to ask first.
    first: AtomicUsize,
}

/// A connection to a Sentinel, and the master that it named.
type Answer = (Connection, Master);

/// How many Sentinels to learn of. Ten would be very many.
const LEARNT: usize = 16;

impl Sentinels {
    /// `name`: the master's, as in Sentinel's `monitor`. `template`: login, database and TLS of the master.
    pub(super) fn new(name: String, sentinels: Vec<Address>, template: Address) -> Self {
        let (learnt, first) = (Mutex::default(), AtomicUsize::new(0));
        Self { inner: Arc::new(Inner { name, told: sentinels, learnt, template, first }) }
    }

    /// `redis+sentinel://name@host:port,host:port/db`.
    pub(super) fn identity(&self) -> String {
        let Inner { name, told, template, .. } = &*self.inner;
        let scheme = if template.is_tls() { "rediss" } else { "redis" };
        let sentinels: Vec<_> = told.iter().map(Address::location).collect();
        format!("{scheme}+sentinel://{name}@{}/{}", sentinels.join(","), template.db)
    }

    /// Which master, of which Sentinels in whatever order, and how to reach them all.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let Inner { name, told, template, .. } = &*self.inner;
        Fields::of("sentinel")
            .bytes(name.as_bytes())
            .all([template.fingerprint()])
            .all_of(told.iter().map(Address::fingerprint))
            .finish()
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
            && let Ok(master) = self.ask(&connection).await
        {
            return Ok((connection, master));
        }
        self.ask_all().await
    }

    /// Asks one Sentinel after the other; the first answer counts.
    async fn ask_all(&self) -> Result<Answer, Fault> {
        let sentinels: Vec<_> =
            self.inner.told.iter().cloned().chain(self.learnt().iter().cloned()).collect();
        let first = self.inner.first.load(Ordering::Relaxed);
        let in_turn = sentinels.iter().enumerate().cycle().skip(first % sentinels.len().max(1));
        let asked = in_turn.take(sentinels.len()).map(|(index, sentinel)| self.ask_one(index, sentinel));
        let (answer, index) = first_of(asked.collect(), STAGGER).await?;
        self.inner.first.store(index, Ordering::Relaxed);
        Ok(answer)
    }

    /// Gives the index back with the answer.
    async fn ask_one(&self, index: usize, address: &Address) -> Result<(Answer, usize), Fault> {
        let said = |fault: Fault| Fault::store(format!("Sentinel {}: {fault}", address.location()));
        let connection = connect(address, Probe::Ping).await.map_err(said)?;
        let (master, ()) = join(self.ask(&connection), self.learn(&connection, address)).await;
        Ok(((connection, master.map_err(said)?), index))
    }

    async fn ask(&self, sentinel: &Connection) -> Result<Master, Fault> {
        let question = self.question("GET-MASTER-ADDR-BY-NAME");
        let Ok(answer) = timeout(PATIENCE, sentinel.live.ask(&question)).await else {
            return Err(Fault::store("it stopped answering"));
        };
        match answer? {
            Value::Array(parts) => read_master(&parts),
            Value::Nil => Err(Fault::store(format!("it knows no master of the name {}", self.inner.name))),
            Value::ServerError(refusal) => Err((&refusal).into()),
            _ => Err(Fault::store(NOT_A_SENTINEL)),
        }
    }

    /// Asks `sentinel`, which is at `address`, for the others. One that may not tell does no harm.
    async fn learn(&self, sentinel: &Connection, address: &Address) {
        let question = self.question("SENTINELS");
        let Ok(Ok(Value::Array(others))) = timeout(PATIENCE, sentinel.live.ask(&question)).await else {
            return;
        };
        let told = &self.inner.told;
        let others = others.iter().filter_map(read_sentinel);
        let others = others.filter_map(|(host, port)| address.at(&host, port).ok()).take(LEARNT);
        let is_told = |one: &Address| told.iter().any(|other| other.location() == one.location());
        // It does not name itself.
        let all = others.chain([address.clone()]).filter(|one| !is_told(one));
        *self.learnt() = all.collect();
    }

    fn question(&self, what: &str) -> Cmd {
        redis::cmd("SENTINEL").arg(what).arg(&self.inner.name).take()
    }

    fn learnt(&self) -> MutexGuard<'_, Vec<Address>> {
        // Held for one line that cannot leave the list half-done.
        self.inner.learnt.lock().unwrap_or_else(PoisonError::into_inner)
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

/// One of the others: names and values in turn, all texts.
fn read_sentinel(parts: &Value) -> Option<(String, u16)> {
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
    Some((value("ip")?, value("port")?.parse().ok()?))
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
        assert_eq!(read_sentinel(&Value::Array(pairs.to_vec())), Some(("::1".to_owned(), 26379)));
        assert_eq!(read_sentinel(&Value::Array(vec![bulk("ip"), bulk("h")])), None);
        assert_eq!(read_sentinel(&bulk("ip")), None);
    }
}
