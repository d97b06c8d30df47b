//! Credentials that JavaScript gives anew for each connection.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use napi::{
    Status,
    bindgen_prelude::Function,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode, UnknownReturnValue},
};
use tokio::sync::oneshot;

use crate::redis_store::{Fault, Login, LoginSource};

/// `() => void`. Weak: a connection that is made again keeps no process alive.
type AskLogin = ThreadsafeFunction<(), UnknownReturnValue, (), Status, false, true>;

/// Asks JavaScript, which answers by another call.
pub struct LoginDesk {
    ask: AskLogin,
    waiting: Mutex<Vec<oneshot::Sender<Answer>>>,
}

type Answer = Result<Option<Login>, Fault>;

impl LoginDesk {
    /// `ask` is called on the JS thread before each connection.
    ///
    /// # Errors
    /// The engine is out of memory.
    pub(super) fn new(ask: &Function<'_, (), UnknownReturnValue>) -> napi::Result<Self> {
        let ask = ask
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|_| Ok(()))?;
        Ok(Self { ask, waiting: Mutex::default() })
    }

    /// All connections that wait log in like this: the nodes of a cluster have the same credentials.
    pub(super) fn answer(&self, answer: &Answer) {
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

impl LoginSource for LoginDesk {
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
