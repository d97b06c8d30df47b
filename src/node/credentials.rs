//! Credentials that JavaScript provides for each connection.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use napi::{
    Status,
    bindgen_prelude::Function,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode, UnknownReturnValue},
};
use napi_derive::napi;
use tokio::sync::oneshot;

use crate::{
    pipeline::Fault,
    redis::{Credentials, CredentialsProvider, Login},
};

/// Asks JavaScript for credentials before each connection. Authorizers with the same object may share a connection;
/// others do not.
#[napi]
pub struct JsCredentials {
    provider: Arc<JsProvider>,
}

#[napi]
impl JsCredentials {
    /// `ask` is called before each connection and answered by `logIn` or `loginFailed`. All connections that wait at
    /// that time get the answer.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(constructor, catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn new(ask: Function<'_, (), UnknownReturnValue>) -> napi::Result<Self> {
        let ask = ask
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|_| Ok(()))?;
        Ok(Self { provider: Arc::new(JsProvider { ask, waiting: Mutex::default() }) })
    }

    /// Answers with credentials. null and null: do not log in.
    #[napi(catch_unwind)]
    pub fn log_in(&self, username: Option<String>, password: Option<String>) {
        self.provider.answer(&Ok(Login::new(username, password)));
    }

    /// Answers that there are no credentials, with the reason.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn login_failed(&self, reason: String) {
        self.provider.answer(&Err(Fault::new(reason)));
    }

    /// The same provider each time: connections are shared by comparing it.
    pub(super) fn provided(&self) -> Credentials {
        let provider = Arc::clone(&self.provider);
        Credentials::Provided(provider)
    }
}

/// `() => void`. Weak: a reconnect does not keep the process alive.
type AskLogin = ThreadsafeFunction<(), UnknownReturnValue, (), Status, false, true>;

/// Asks JavaScript, which answers with another call.
struct JsProvider {
    ask: AskLogin,
    waiting: Mutex<Vec<oneshot::Sender<Answer>>>,
}

type Answer = Result<Option<Login>, Fault>;

impl JsProvider {
    /// Gives the answer to all connections that wait: the nodes of a cluster have the same credentials.
    fn answer(&self, answer: &Answer) {
        for waiting in self.waiting().drain(..) {
            // The receiver may have given up.
            _ = waiting.send(answer.clone());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<oneshot::Sender<Answer>>> {
        // The lock is held for one line that leaves the list complete.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CredentialsProvider for JsProvider {
    fn ask(&self) -> BoxFuture<'static, Answer> {
        let (sender, receiver) = oneshot::channel();
        let is_first = {
            let mut waiting = self.waiting();
            waiting.retain(|sender| !sender.is_closed());
            waiting.push(sender);
            waiting.len() == 1
        };
        // Connections that wait for the same answer do not ask again.
        if is_first {
            _ = self.ask.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
        Box::pin(async { receiver.await.unwrap_or(Err(Fault::Closed)) })
    }
}
