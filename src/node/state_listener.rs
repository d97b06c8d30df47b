//! Who is told how a source is: the function that JavaScript gave.

use std::sync::Arc;

use napi::{
    Status,
    bindgen_prelude::FnArgs,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode, UnknownReturnValue},
};

use crate::{
    pipeline::Fault,
    redis::{Condition, Listener},
};

/// Where the connection leads, its state, and the last error.
pub(super) type Change = (String, &'static str, Option<String>);

/// The same as the arguments of a JS function.
pub(super) type ToldChange = FnArgs<(String, String, Option<String>)>;

/// Not error-first, and weak: it does not keep the process alive.
pub(super) type OnState = ThreadsafeFunction<Change, UnknownReturnValue, ToldChange, Status, false, true>;

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
