//! Sessions begin and end to be watched.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    rc::Rc,
};

use napi::{bindgen_prelude::Unknown, sys};

use super::{function::function, text::read_utf8, values::read_u32};
use crate::node::watcher_state::WatcherState;

/// Room for a session id, and for an identity. V8 writes UTF-8 fastest into three bytes per character. Longer texts make
/// the buffers grow.
const TEXT_BYTES: usize = 512;

struct Starting {
    state: Rc<WatcherState>,
    id: RefCell<Vec<u8>>,
    identity: RefCell<Vec<u8>>,
}

/// Makes the JS function `watch(slot, turn, id, identity)`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn watch_function(
    env: sys::napi_env,
    state: Rc<WatcherState>,
) -> napi::Result<Unknown<'static>> {
    let [id, identity] = [(); 2].map(|()| RefCell::new(vec![0; TEXT_BYTES]));
    function(env, c"watch", watch, Starting { state, id, identity })
}

/// Makes the JS function `unwatch(slot, turn)`.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn unwatch_function(
    env: sys::napi_env,
    state: Rc<WatcherState>,
) -> napi::Result<Unknown<'static>> {
    function(env, c"unwatch", unwatch, state)
}

unsafe extern "C" fn watch(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let (mut count, mut arguments, mut data) = (4, [ptr::null_mut(); 4], ptr::null_mut());
    // SAFETY: Node calls this with a live `info`; the array holds `count` values.
    unsafe {
        let arguments = arguments.as_mut_ptr();
        sys::napi_get_cb_info(env, info, &raw mut count, arguments, ptr::null_mut(), &raw mut data);
    }
    let [slot, turn, id, identity] = arguments;
    // SAFETY: `data` is the `Starting` of this function, which outlives it, and only the JS thread uses it.
    let Some(context) = (unsafe { data.cast::<Starting>().as_ref() }) else { return ptr::null_mut() };
    // A panic must not unwind into C. Nothing is watched then, as where the I/O thread cannot be started.
    _ = catch_unwind(AssertUnwindSafe(|| {
        let slot_and_turn = (read_u32(env, slot)?, read_u32(env, turn)?);
        let (mut ids, mut identities) =
            (context.id.try_borrow_mut().ok()?, context.identity.try_borrow_mut().ok()?);
        context.state.watch(
            slot_and_turn,
            read_utf8(env, id, &mut ids)?,
            read_utf8(env, identity, &mut identities)?,
        );
        Some(())
    }));
    ptr::null_mut()
}

unsafe extern "C" fn unwatch(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let (mut count, mut arguments, mut data) = (2, [ptr::null_mut(); 2], ptr::null_mut());
    // SAFETY: Node calls this with a live `info`; the array holds `count` values.
    unsafe {
        let arguments = arguments.as_mut_ptr();
        sys::napi_get_cb_info(env, info, &raw mut count, arguments, ptr::null_mut(), &raw mut data);
    }
    let [slot, turn] = arguments;
    // SAFETY: `data` is the `Rc<WatcherState>` of this function, which outlives it, and only the JS thread uses it.
    let Some(state) = (unsafe { data.cast::<Rc<WatcherState>>().as_ref() }) else { return ptr::null_mut() };
    // A panic must not unwind into C.
    _ = catch_unwind(AssertUnwindSafe(|| {
        state.unwatch(read_u32(env, slot)?, read_u32(env, turn)?);
        Some(())
    }));
    ptr::null_mut()
}
