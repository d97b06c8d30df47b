//! One authorizer's look-ups in Redis.

use std::{
    cell::{Cell, OnceCell, RefCell},
    io,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use napi::{Env, Status, bindgen_prelude::Unknown, sys};
use napi_derive::napi;

use crate::{
    core::{admission, code::Code, histogram::Histogram, settings::Settings},
    node::{
        delivery::{Delivery, Host},
        gate::{Gate, credential_from},
        raw,
    },
    redis_store::{Address, Inbox, Link, Parts, Tls, Worker},
};

/// Where Redis is. Every member has to be there; null is unset.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisAddress {
    /// `redis://`, `rediss://` or `unix://`; if it is given, host to db are not looked at.
    pub url: Option<String>,
    /// Host name or IP address.
    pub host: Option<String>,
    /// TCP port.
    pub port: Option<u32>,
    /// Path of a Unix socket, instead of host and port.
    pub path: Option<String>,
    /// ACL user.
    pub username: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// Database number.
    pub db: Option<u32>,
    /// How to speak TLS; null: not at all, or as the URL says.
    pub tls: Option<RedisTls>,
}

/// Options of TLS as Node's `tls.connect` names them. Every member has to be there; null is unset.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisTls {
    /// Authorities to trust, PEM, instead of those that Node trusts.
    pub ca: Option<String>,
    /// Our own certificate, PEM.
    pub cert: Option<String>,
    /// The key of `cert`, PEM.
    pub key: Option<String>,
    /// The name to expect in the certificate, where that is not the host.
    pub servername: Option<String>,
    /// Whether a certificate that is not trusted ends the connection.
    pub reject_unauthorized: bool,
}

/// How a look-up's Redis connection is doing.
#[napi(object, object_from_js = false)]
pub struct LinkStatus {
    /// Where it leads, without credentials.
    pub address: String,
    /// How often it was made again.
    pub reconnects: f64,
}

/// Native session look-ups of one authorizer.
#[napi]
pub struct Lookup {
    state: Rc<State>,
    host: Rc<Host>,
    settings: Rc<RefCell<Arc<Settings>>>,
}

#[napi]
impl Lookup {
    /// Prepares look-ups; nothing is started or connected before the first one. `timeout`: milliseconds.
    ///
    /// # Errors
    /// The address makes no sense; the message says what is wrong with it.
    #[napi(constructor, catch_unwind)]
    pub fn new(gate: &Gate, delivery: &Delivery, address: RedisAddress, timeout: f64) -> napi::Result<Self> {
        let address = address.parse().map_err(|reason| napi::Error::new(Status::InvalidArg, reason))?;
        let timeout = Duration::try_from_secs_f64(timeout / 1000.0)
            .map_err(|error| napi::Error::new(Status::InvalidArg, format!("timeout: {error}")))?;
        let state = State {
            address,
            timeout,
            latency: Arc::clone(&gate.latency),
            inbox: Arc::default(),
            link: OnceCell::new(),
        };
        Ok(Self {
            state: Rc::new(state),
            host: Rc::clone(&delivery.host),
            settings: Rc::clone(&gate.settings),
        })
    }

    /// Makes `submit(sent, credential, ticket)`: undefined if a verdict will be delivered for the
    /// ticket, or the number of the outcome where it can be told at once.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(
        catch_unwind,
        ts_return_type = "(sent: string, credential: number, ticket: number) => number | undefined"
    )]
    pub fn submitter(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        let submitter = Submitter {
            state: Rc::clone(&self.state),
            host: Rc::clone(&self.host),
            settings: Rc::clone(&self.settings),
            queued: Cell::new(false),
        };
        raw::submit_function(env.raw(), submitter)
    }

    /// How the connection is doing.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "no connection is made 2^53 times")]
    pub fn status(&self) -> LinkStatus {
        let link = self.state.link.get();
        LinkStatus {
            address: self.state.address.identity(),
            reconnects: link.map_or(0, Link::reconnects) as f64,
        }
    }

    /// Ends the connection. Look-ups that are pending, and all later ones, are answered by `CLOSED`.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.state.close();
    }
}

/// What `submit` needs; lives on the JS thread.
pub struct Submitter {
    state: Rc<State>,
    host: Rc<Host>,
    settings: Rc<RefCell<Arc<Settings>>>,
    /// Whether the last look-up may be in the queue.
    queued: Cell<bool>,
}

impl Submitter {
    /// Whether the last look-up may be in the queue, although `submit` did not return.
    pub(super) fn may_have_queued(&self) -> bool {
        self.queued.get()
    }

    /// Queues a look-up, or says at once why there is nothing to look up.
    pub(super) fn submit(
        &self,
        env: sys::napi_env,
        sent: &[u8],
        credential: u32,
        ticket: u32,
    ) -> Option<Code> {
        self.queued.set(false);
        let credential = credential_from(credential);
        let settings = self.settings.borrow();
        let admitted = match admission::admit(credential, sent, &settings) {
            Ok(admitted) => admitted,
            Err(refusal) => return Some(refusal),
        };
        if self.state.start(&self.host, &settings).is_err() {
            return Some(Code::StoreError);
        }
        self.queued.set(true);
        let Some(was_empty) = self.state.inbox.push(ticket, credential, admitted, &settings) else {
            self.queued.set(false);
            return Some(Code::Closed);
        };
        self.host.expect(env);
        if was_empty {
            self.host.filled(&self.state.inbox);
        }
        None
    }
}

struct State {
    address: Address,
    timeout: Duration,
    latency: Arc<Histogram>,
    inbox: Arc<Inbox>,
    /// Made with the first look-up.
    link: OnceCell<Link>,
}

impl State {
    fn start(&self, host: &Host, settings: &Settings) -> io::Result<()> {
        if self.link.get().is_some() {
            return Ok(());
        }
        let io = host.io()?;
        let _runtime = io.enter();
        let link = Link::open(self.address.clone(), probe_key(&settings.prefix));
        let worker = Worker {
            inbox: Arc::clone(&self.inbox),
            link: link.clone(),
            outbox: Arc::clone(&host.outbox),
            latency: Arc::clone(&self.latency),
            timeout: self.timeout,
        };
        io.spawn(worker.run());
        _ = self.link.set(link);
        Ok(())
    }

    fn close(&self) {
        self.inbox.close();
        if let Some(link) = self.link.get() {
            link.close();
        }
    }
}

impl Drop for State {
    /// An authorizer that was collected leaves no connection behind.
    fn drop(&mut self) {
        self.close();
    }
}

/// A key that a reader of sessions may read and that no session has: ids of express-session are 32
/// characters.
fn probe_key(prefix: &[u8]) -> Vec<u8> {
    [prefix, b"passport-socketio-native"].concat()
}

impl RedisAddress {
    fn parse(self) -> Result<Address, String> {
        let tls = self.tls.map(Tls::from);
        let address = match self.url {
            Some(url) => Address::parse(&url, tls),
            None => Address::from_parts(Parts {
                host: self.host.unwrap_or_else(|| "127.0.0.1".to_owned()),
                port: u16::try_from(self.port.unwrap_or(6379)).map_err(|_| "the port is above 65535")?,
                path: self.path,
                username: self.username,
                password: self.password,
                db: i64::from(self.db.unwrap_or(0)),
                tls,
                client_name: None,
            }),
        };
        address.map_err(|error| error.to_string())
    }
}

impl From<RedisTls> for Tls {
    fn from(tls: RedisTls) -> Self {
        let RedisTls { ca, cert, key, servername, reject_unauthorized } = tls;
        Self { ca, cert, key, servername, reject_unauthorized }
    }
}
