//! Results come out.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    rc::Rc,
};

use napi::{bindgen_prelude::Unknown, sys};

use super::function::function;
use crate::{
    core::outcome::Outcome,
    node::env_state::EnvState,
    pipeline::outbox::{Page, Row, Value},
};

/// Makes the JS function `drain()`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn drain_function(
    env: sys::napi_env,
    state: Rc<EnvState>,
) -> napi::Result<Unknown<'static>> {
    function(env, c"drain", drain, state)
}

unsafe extern "C" fn drain(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut data = ptr::null_mut();
    // SAFETY: Node calls this with a live `info`; null is allowed for what is not asked for.
    unsafe {
        sys::napi_get_cb_info(env, info, ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), &raw mut data);
    }
    // SAFETY: `data` is the `Rc<EnvState>` of this function, which outlives it, and only the JS thread uses it.
    let Some(state) = (unsafe { data.cast::<Rc<EnvState>>().as_ref() }) else { return ptr::null_mut() };
    catch_unwind(AssertUnwindSafe(|| drain_page(env, state))).unwrap_or(ptr::null_mut())
}

fn drain_page(env: sys::napi_env, state: &EnvState) -> sys::napi_value {
    let page = state.outbox.take();
    let values = page.as_ref().map_or(&[][..], Page::values);
    let text = string(env, values);
    let mut rows = state.rows.borrow_mut();
    // SAFETY: JavaScript reads the array only between two calls of `drain`, on this same thread; `Int32Array` holds a
    // reference that keeps it from being collected; and only lib/sessions/pending.js has it, which neither transfers nor
    // resizes its buffer.
    let numbers = unsafe { rows.as_mut() };
    write_rows(page.as_ref().map_or(&[][..], Page::rows), text.is_some(), numbers);
    if let Some(page) = page {
        state.begin_delivery();
        state.delivered(env, page.rows().len());
        state.outbox.recycle(page);
    } else {
        state.end_delivery();
    }
    text.or_else(|| string(env, b"")).unwrap_or(ptr::null_mut())
}

/// Writes the count, then ticket and outcome of each row. If the values could not be made a string, rows with a value
/// get `BAD_SESSION`: a session too large for the engine.
fn write_rows(rows: &[Row], values_arrive: bool, numbers: &mut [i32]) {
    let [count, pairs @ ..] = numbers else { return };
    *count = i32::try_from(rows.len()).unwrap_or(i32::MAX);
    for (pair, row) in pairs.chunks_exact_mut(2).zip(rows) {
        let outcome = match row.value {
            Value::Next | Value::Same if !values_arrive => i32::from(Outcome::BadSession as u8),
            _ => row.encode(),
        };
        pair.copy_from_slice(&[row.ticket.cast_signed(), outcome]);
    }
}

/// A JS string. ASCII is created as Latin-1, which is faster. Bytes that are not UTF-8 become U+FFFD. `None` if it is
/// longer than V8 allows.
fn string(env: sys::napi_env, bytes: &[u8]) -> Option<sys::napi_value> {
    let create = if bytes.is_ascii() { sys::napi_create_string_latin1 } else { sys::napi_create_string_utf8 };
    let mut value = ptr::null_mut();
    // SAFETY: the pointer and the length are those of one live slice; Node copies it.
    let status = unsafe { create(env, bytes.as_ptr().cast(), bytes.len().cast_signed(), &raw mut value) };
    (status == sys::Status::napi_ok).then_some(value)
}
