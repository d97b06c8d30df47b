//! Results to the JS thread: one threadsafe function per environment, one wake-up for many results.

use std::{rc::Rc, sync::Arc};

use napi::{
    Env, Status,
    bindgen_prelude::{Function, Int32Array, Unknown},
    threadsafe_function::UnknownReturnValue,
};
use napi_derive::napi;

use super::{
    env_state::{EnvState, OnWake},
    raw::drain::drain_function,
};
use crate::pipeline::outbox::{HAS_ID, HAS_VALUE, PAGE_ROWS, SAME_VALUE};

/// Numbers in the row buffer: a count, then ticket and outcome of each row.
const ROW_NUMBERS: usize = 1 + 2 * PAGE_ROWS;

/// How results cross to JavaScript.
#[napi(object, object_from_js = false)]
pub struct RowLayout {
    /// Length of the array for rows: a count, then ticket and outcome of each row of a page.
    pub numbers: u32,
    /// Flag beside the number of an outcome: a value belongs to the row.
    pub has_value: i32,
    /// Second flag: it is the value of the row before.
    pub same_value: i32,
    /// Third flag: the session id follows the value.
    pub has_id: i32,
}

/// Delivers results to JavaScript.
#[napi]
pub struct Delivery {
    pub(super) state: Rc<EnvState>,
}

#[napi]
impl Delivery {
    /// How results cross, the same for all.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "some thousand numbers")]
    pub fn layout() -> RowLayout {
        RowLayout {
            numbers: ROW_NUMBERS as u32,
            has_value: HAS_VALUE,
            same_value: SAME_VALUE,
            has_id: HAS_ID,
        }
    }

    /// `onWake` is called when results wait. It calls `drain` until `rows[0]` is 0. `rows` has the length that
    /// `layout` gives.
    ///
    /// # Errors
    /// `rows` has another length.
    #[napi(constructor, catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn new(on_wake: Function<'_, (), UnknownReturnValue>, rows: Int32Array) -> napi::Result<Self> {
        if rows.len() != ROW_NUMBERS {
            return Err(napi::Error::new(
                Status::InvalidArg,
                format!("rows must hold {ROW_NUMBERS} numbers"),
            ));
        }
        let on_wake: Arc<OnWake> = Arc::new(
            on_wake
                .build_threadsafe_function::<()>()
                .callee_handled::<false>()
                .weak::<true>()
                .build_callback(|_| Ok(()))?,
        );
        Ok(Self { state: Rc::new(EnvState::new(on_wake, rows)) })
    }

    /// Makes `drain()`, which moves the oldest page of results into `rows` (a count, then ticket and outcome of each,
    /// with the flags of `layout`) and returns its values: a JSON array, or ''.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind, ts_return_type = "() => string")]
    pub fn drain(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        drain_function(env.raw(), Rc::clone(&self.state))
    }
}
