//! Whether a threadsafe function keeps the process alive.

use napi::sys;

/// Keeps the event loop alive for this threadsafe function.
pub(in crate::node) fn refer(env: sys::napi_env, function: sys::napi_threadsafe_function) {
    // SAFETY: called on the JS thread inside a call from JavaScript, with the handle of a threadsafe
    // function that its owner, `EnvState`, has not released.
    _ = unsafe { sys::napi_ref_threadsafe_function(env, function) };
}

/// No longer keeps the event loop alive for this threadsafe function.
pub(in crate::node) fn unrefer(env: sys::napi_env, function: sys::napi_threadsafe_function) {
    // SAFETY: as in `refer`.
    _ = unsafe { sys::napi_unref_threadsafe_function(env, function) };
}
