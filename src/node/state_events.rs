//! What JavaScript is told about the connections to Redis: each change once, in order.

use std::sync::Arc;

use napi::{
    Status,
    bindgen_prelude::{FnArgs, Function},
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode, UnknownReturnValue},
};
use napi_derive::napi;

use super::delivery::Delivery;
use crate::{
    pipeline::Fault,
    redis::{Condition, Listener},
};

/// Where the connection leads, its state, and the last error.
type Change = (String, &'static str, Option<String>);

/// Not error-first, and weak: it does not keep the process alive.
pub(super) type OnState = ThreadsafeFunction<
    Change,
    UnknownReturnValue,
    FnArgs<(String, String, Option<String>)>,
    Status,
    false,
    true,
>;

#[napi]
impl Delivery {
    /// `onState(address, state, lastError)` is called at each change of a connection for look-ups: `'connecting'`, `'up'`
    /// or `'down'`. Only the first call counts.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn on_state(
        &self,
        #[napi(ts_arg_type = "(address: string, state: string, lastError: string | null) => void")]
        on_state: Function<'_, FnArgs<(String, String, Option<String>)>, UnknownReturnValue>,
    ) -> napi::Result<()> {
        let on_state = on_state
            .build_threadsafe_function::<Change>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|call| {
                let (address, state, last_error) = call.value;
                Ok(FnArgs::from((address, state.to_owned(), last_error)))
            })?;
        _ = self.state.on_state.set(Arc::new(on_state));
        Ok(())
    }
}

/// Tells JavaScript of the source at `address`.
pub(super) fn listener(on_state: Arc<OnState>, address: String) -> Listener {
    Arc::new(move |condition, fault: Option<&Fault>| {
        let change = (address.clone(), name_of(condition), fault.map(Fault::to_string));
        // A failed call means that the environment has ended.
        _ = on_state.call(change, ThreadsafeFunctionCallMode::NonBlocking);
    })
}

pub(super) fn name_of(condition: Condition) -> &'static str {
    match condition {
        Condition::Connecting => "connecting",
        Condition::Up => "up",
        Condition::Down => "down",
    }
}
