//! One authorizer's look-ups in Redis.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
    sync::{Arc, Weak},
    time::Duration,
};

use napi::{
    Env, Status,
    bindgen_prelude::{ClassInstance, Unknown},
    sys,
};
use napi_derive::napi;

use crate::{
    core::{admission, code::Code, histogram::Histogram, settings::Settings},
    node::{
        delivery::{Delivery, Host},
        gate::{Gate, credential_from},
        login::JsCredentials,
        raw,
        target::RedisTarget,
    },
    redis_store::{Inbox, Store, Target, Worker},
};

/// How the connection is doing, or those to all masters of a cluster.
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
    /// Prepares look-ups; nothing is started or connected before the first one, which takes the connection that another
    /// authorizer has to the same target, with the same credentials. `timeout`: milliseconds. `credentials`: null where
    /// `target` has them.
    ///
    /// # Errors
    /// The target makes no sense; the message says what is wrong with it.
    #[napi(constructor, catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi gives arguments away")]
    pub fn new(
        gate: &Gate,
        delivery: &Delivery,
        target: RedisTarget,
        timeout: f64,
        credentials: Option<ClassInstance<'_, JsCredentials>>,
    ) -> napi::Result<Self> {
        let source = credentials.map(|credentials| credentials.source());
        let target = target.check(source).map_err(|reason| napi::Error::new(Status::InvalidArg, reason))?;
        let timeout = Duration::try_from_secs_f64(timeout / 1000.0)
            .map_err(|error| napi::Error::new(Status::InvalidArg, format!("timeout: {error}")))?;
        let state = State {
            target,
            timeout,
            latency: Arc::clone(&gate.latency),
            inbox: Arc::default(),
            share: OnceCell::new(),
            reconnects: Cell::new(0),
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
        LinkStatus { address: self.state.target.identity(), reconnects: self.state.reconnects() as f64 }
    }

    /// Look-ups that are pending, and all later ones, are answered by `CLOSED`. The connection ends, if no other authorizer
    /// has it.
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
        if let Err(refusal) = self.state.start(&self.host, &settings) {
            return Some(refusal);
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
    target: Target,
    timeout: Duration,
    latency: Arc<Histogram>,
    inbox: Arc<Inbox>,
    /// Made with the first look-up.
    share: OnceCell<Share>,
    /// As last seen, for when the share has been given up.
    reconnects: Cell<u64>,
}

/// A part in a connection that other authorizers may have too. The worker holds it, and gives it up when the inbox is
/// closed.
struct Share {
    store: Weak<Store>,
    /// How often it had been made again when this authorizer came.
    reconnects_before: u64,
}

impl State {
    fn start(&self, host: &Host, settings: &Settings) -> Result<(), Code> {
        if self.share.get().is_some() {
            return Ok(());
        }
        if self.inbox.is_closed() {
            return Err(Code::Closed);
        }
        let io = host.io().map_err(|_| Code::StoreError)?;
        let _runtime = io.enter();
        let store = host.stores.open(&self.target, probe_key(&settings.prefix));
        let share = Share { store: Arc::downgrade(&store), reconnects_before: store.reconnects() };
        let worker = Worker {
            inbox: Arc::clone(&self.inbox),
            store,
            outbox: Arc::clone(&host.outbox),
            latency: Arc::clone(&self.latency),
            timeout: self.timeout,
        };
        io.spawn(worker.run());
        _ = self.share.set(share);
        Ok(())
    }

    /// How often the connection was made again while this authorizer had it.
    fn reconnects(&self) -> u64 {
        if !self.inbox.is_closed()
            && let Some(Share { store, reconnects_before }) = self.share.get()
            && let Some(store) = store.upgrade()
        {
            self.reconnects.set(store.reconnects().saturating_sub(*reconnects_before));
        }
        self.reconnects.get()
    }

    fn close(&self) {
        self.reconnects();
        self.inbox.close();
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
