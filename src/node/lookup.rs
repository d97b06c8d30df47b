//! One authorizer's look-ups in Redis.

use std::{
    cell::{Cell, OnceCell, RefCell},
    io,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use napi::{
    Env, Status,
    bindgen_prelude::{Function, Unknown},
    sys,
    threadsafe_function::UnknownReturnValue,
};
use napi_derive::napi;

use crate::{
    core::{admission, code::Code, histogram::Histogram, settings::Settings},
    node::{
        delivery::{Delivery, Host},
        gate::{Gate, credential_from},
        login::LoginDesk,
        raw,
        target::RedisTarget,
    },
    redis_store::{Fault, Inbox, Login, LoginSource, Store, Target, Worker},
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
    login: Option<Arc<LoginDesk>>,
    host: Rc<Host>,
    settings: Rc<RefCell<Arc<Settings>>>,
}

#[napi]
impl Lookup {
    /// Prepares look-ups; nothing is started or connected before the first one. `timeout`: milliseconds. `askLogin` is
    /// called before each connection, and answered by `logIn` or `loginFailed`; null: `target` has the credentials.
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
        ask_login: Option<Function<'_, (), UnknownReturnValue>>,
    ) -> napi::Result<Self> {
        let login = ask_login.as_ref().map(LoginDesk::new).transpose()?.map(Arc::new);
        let source = login.clone().map(|login| login as Arc<dyn LoginSource>);
        let target = target.check(source).map_err(|reason| napi::Error::new(Status::InvalidArg, reason))?;
        let timeout = Duration::try_from_secs_f64(timeout / 1000.0)
            .map_err(|error| napi::Error::new(Status::InvalidArg, format!("timeout: {error}")))?;
        let state = State {
            target,
            timeout,
            latency: Arc::clone(&gate.latency),
            inbox: Arc::default(),
            store: OnceCell::new(),
        };
        Ok(Self {
            state: Rc::new(state),
            login,
            host: Rc::clone(&delivery.host),
            settings: Rc::clone(&gate.settings),
        })
    }

    /// Answers `askLogin`: log in like this; null and null: not at all.
    #[napi(catch_unwind)]
    pub fn log_in(&self, username: Option<String>, password: Option<String>) {
        self.answer(&Ok(Login::new(username, password)));
    }

    /// Answers `askLogin`: there are no credentials, and this is why.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi gives arguments away")]
    pub fn login_failed(&self, reason: String) {
        self.answer(&Err(Fault::store(reason)));
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

    fn answer(&self, answer: &Result<Option<Login>, Fault>) {
        if let Some(login) = &self.login {
            login.answer(answer);
        }
    }

    /// How the connection is doing.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "no connection is made 2^53 times")]
    pub fn status(&self) -> LinkStatus {
        let store = self.state.store.get();
        LinkStatus {
            address: self.state.target.identity(),
            reconnects: store.map_or(0, Store::reconnects) as f64,
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
    target: Target,
    timeout: Duration,
    latency: Arc<Histogram>,
    inbox: Arc<Inbox>,
    /// Made with the first look-up.
    store: OnceCell<Store>,
}

impl State {
    fn start(&self, host: &Host, settings: &Settings) -> io::Result<()> {
        if self.store.get().is_some() {
            return Ok(());
        }
        let io = host.io()?;
        let _runtime = io.enter();
        let store = Store::open(self.target.clone(), probe_key(&settings.prefix));
        let worker = Worker {
            inbox: Arc::clone(&self.inbox),
            store: store.clone(),
            outbox: Arc::clone(&host.outbox),
            latency: Arc::clone(&self.latency),
            timeout: self.timeout,
        };
        io.spawn(worker.run());
        _ = self.store.set(store);
        Ok(())
    }

    fn close(&self) {
        self.inbox.close();
        if let Some(store) = self.store.get() {
            store.close();
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
