//! Sockets are enrolled and found.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    rc::Rc,
};

use napi::{
    bindgen_prelude::{Uint32Array, Unknown},
    sys,
};

use super::{
    arguments::Arguments,
    function::function,
    values::{number, read_i32, read_u32, signed},
};
use crate::{
    core::index::Unanswered,
    node::index_state::{IndexState, SharedIndex},
};

/// In place of a slot: the socket was not enrolled.
pub(in crate::node) const NO_SLOT: u32 = u32::MAX;
/// In place of a length: the array for the answer is too short.
pub(in crate::node) const TOO_SHORT: i32 = -1;
/// In place of a length: the query makes no sense, or the index is broken.
pub(in crate::node) const NO_ANSWER: i32 = -2;

/// Makes the JS function `enrol(group, namespace, ...values)`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn enroller_function(
    env: sys::napi_env,
    index: Rc<SharedIndex>,
) -> napi::Result<Unknown<'static>> {
    function(env, c"enrol", enrol, index)
}

/// Makes the JS function `update(slot, group, ...values)`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn updater_function(
    env: sys::napi_env,
    index: Rc<SharedIndex>,
) -> napi::Result<Unknown<'static>> {
    function(env, c"update", update, index)
}

/// Makes the JS function `leave(slot)`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn leaver_function(
    env: sys::napi_env,
    index: Rc<SharedIndex>,
) -> napi::Result<Unknown<'static>> {
    function(env, c"leave", leave, index)
}

/// Makes the JS function `find(namespace, ...criteria)`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn finder_function(
    env: sys::napi_env,
    index: Rc<SharedIndex>,
) -> napi::Result<Unknown<'static>> {
    function(env, c"find", find, index)
}

/// Makes the JS function `count(namespace, ...criteria)`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn counter_function(
    env: sys::napi_env,
    index: Rc<SharedIndex>,
) -> napi::Result<Unknown<'static>> {
    function(env, c"count", count, index)
}

/// Makes the JS function `select(n, ...criteria)`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn selector_function(
    env: sys::napi_env,
    index: Rc<SharedIndex>,
) -> napi::Result<Unknown<'static>> {
    function(env, c"select", select, index)
}

unsafe extern "C" fn enrol(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let slot = call(env, info, |state, arguments| {
        let [group, namespace, values @ ..] = arguments else { return None };
        read_values(env, values, state);
        state.index.enrol(read_u32(env, *group)?, read_u32(env, *namespace)?, &state.values)
    });
    number(env, slot.flatten().unwrap_or(NO_SLOT))
}

unsafe extern "C" fn update(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    call(env, info, |state, arguments| {
        if let [slot, group, values @ ..] = arguments
            && let (Some(slot), Some(group)) = (read_u32(env, *slot), read_u32(env, *group))
        {
            read_values(env, values, state);
            state.index.update(slot, group, &state.values);
        }
    });
    ptr::null_mut()
}

unsafe extern "C" fn leave(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    call(env, info, |state, arguments| {
        if let Some(slot) = arguments.first().and_then(|slot| read_u32(env, *slot)) {
            state.index.leave(slot);
        }
    });
    ptr::null_mut()
}

unsafe extern "C" fn find(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    answer(env, info, |state, namespace| {
        let namespace = u32::try_from(namespace).ok();
        state.index.find(namespace, &state.criteria, slice_mut(&mut state.out))
    })
}

unsafe extern "C" fn count(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    answer(env, info, |state, namespace| {
        let place = slice_mut(&mut state.out).first_mut().ok_or(Unanswered::TooShort)?;
        let count = state.index.count(u32::try_from(namespace).ok(), &state.criteria)?;
        *place = u32::try_from(count.in_doubt).unwrap_or(u32::MAX);
        Ok(count.sure)
    })
}

unsafe extern "C" fn select(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    answer(env, info, |state, length| {
        let list = state.list.as_deref().unwrap_or_default();
        let slots = usize::try_from(length).ok().and_then(|length| list.get(..length));
        state.index.select(&state.criteria, slots.ok_or(Unanswered::TooShort)?, slice_mut(&mut state.out))
    })
}

/// Runs a query. Returns the length of the answer, or why there is none. The first argument is a number, the others
/// are criteria.
fn answer(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    ask: impl FnOnce(&mut IndexState, i32) -> Result<usize, Unanswered>,
) -> sys::napi_value {
    let answer = call(env, info, |state, arguments| {
        let [first, criteria @ ..] = arguments else { return None };
        read_criteria(env, criteria, state)?;
        Some(ask(state, read_i32(env, *first)?))
    });
    let length = match answer.flatten() {
        Some(Ok(length)) => i32::try_from(length).unwrap_or(NO_ANSWER),
        Some(Err(Unanswered::TooShort)) => TOO_SHORT,
        Some(Err(Unanswered::NoSuchColumn)) | None => NO_ANSWER,
    };
    signed(env, length)
}

/// Runs `work` on the index of the function that is called. `None` if the index is broken, or if `work` panics and so
/// breaks it.
fn call<R>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    work: impl FnOnce(&mut IndexState, &[sys::napi_value]) -> R,
) -> Option<R> {
    // A panic must not unwind into C.
    catch_unwind(AssertUnwindSafe(|| {
        let arguments = Arguments::of(env, info);
        // SAFETY: `data` is the `Rc<SharedIndex>` of this function, which outlives it, and only the JS thread uses it.
        let shared = unsafe { arguments.data.cast::<Rc<SharedIndex>>().as_ref() }?;
        shared.with(|state| work(state, arguments.values()))
    }))
    .ok()
    .flatten()
}

fn read_values(env: sys::napi_env, values: &[sys::napi_value], state: &mut IndexState) {
    state.values.clear();
    state.reader.shrink();
    for value in values {
        state.reader.read(env, *value, &mut state.values);
    }
}

/// Reads column, count, value…, column, count, value… `None` if there are fewer values than counted.
fn read_criteria(env: sys::napi_env, mut rest: &[sys::napi_value], state: &mut IndexState) -> Option<()> {
    state.criteria.clear();
    state.reader.shrink();
    while let [column, count, values @ ..] = rest {
        let (values, others) = values.split_at_checked(read_u32(env, *count)? as usize)?;
        state.criteria.column(read_u32(env, *column)?, |wanted| {
            for value in values {
                state.reader.read(env, *value, wanted);
            }
        });
        rest = others;
    }
    rest.is_empty().then_some(())
}

fn slice_mut(array: &mut Option<Uint32Array>) -> &mut [u32] {
    // SAFETY: JavaScript touches the array only between two calls, on this same thread; `Uint32Array` holds a
    // reference that keeps it from being collected; only lib/sockets/index-query.js has it, which neither transfers nor
    // resizes its buffer; and `SocketIndex` accepts no list that shares memory with it.
    array.as_mut().map_or(&mut [], |array| unsafe { array.as_mut() })
}
