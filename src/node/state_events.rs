//! Tells JavaScript of the connections to Redis: each change once, in order.

use std::sync::Arc;

use napi::{
    bindgen_prelude::{FnArgs, Function},
    threadsafe_function::UnknownReturnValue,
};
use napi_derive::napi;

use super::{
    delivery::Delivery,
    state_listener::{Change, ToldChange},
};

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
        on_state: Function<'_, ToldChange, UnknownReturnValue>,
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
