//! Credentials that JavaScript gives anew for each connection.

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

/// Credentials that JavaScript is asked for before each connection. Authorizers with the same ones may share a
/// connection; others do not.
#[napi]
pub struct JsCredentials {
    provider: Arc<JsProvider>,
}

#[napi]
impl JsCredentials {
    /// `ask` is called before each connection, and answered by `logIn` or `loginFailed`; all that wait by then get that
    /// answer.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(constructor, catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi gives arguments away")]
    pub fn new(ask: Function<'_, (), UnknownReturnValue>) -> napi::Result<Self> {
        let ask = ask
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|_| Ok(()))?;
        Ok(Self { provider: Arc::new(JsProvider { ask, waiting: Mutex::default() }) })
    }

    /// Log in like this; null and null: not at all.
    #[napi(catch_unwind)]
    pub fn log_in(&self, username: Option<String>, password: Option<String>) {
        self.provider.answer(&Ok(Login::new(username, password)));
    }

    /// There are no credentials, and this is why.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi gives arguments away")]
    pub fn login_failed(&self, reason: String) {
        self.provider.answer(&Err(Fault::new(reason)));
    }

    /// The same provider each time: connections are told apart by it.
    pub(super) fn provided(&self) -> Credentials {
        let provider = Arc::clone(&self.provider);
        Credentials::Provided(provider)
    }
}

/// `() => void`. Weak: a connection that is made again keeps no process alive.
type AskLogin = ThreadsafeFunction<(), UnknownReturnValue, (), Status, false, true>;

/// Asks JavaScript, which answers by another call.
struct JsProvider {
    ask: AskLogin,
    waiting: Mutex<Vec<oneshot::Sender<Answer>>>,
}

type Answer = Result<Option<Login>, Fault>;

impl JsProvider {
    /// All connections that wait log in like this: the nodes of a cluster have the same credentials.
    fn answer(&self, answer: &Answer) {
        for waiting in self.waiting().drain(..) {
            // One that has given up meanwhile.
            _ = waiting.send(answer.clone());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<oneshot::Sender<Answer>>> {
        // Held for one line that cannot leave the list half-done.
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
        // Whoever comes while an answer is on its way gets that one.
        if is_first {
            _ = self.ask.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
        Box::pin(async { receiver.await.unwrap_or(Err(Fault::Closed)) })
    }
}
