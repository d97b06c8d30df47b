//! Reads JavaScript's strings as UTF-8.

use std::ptr;

use napi::sys;

/// The bytes of a JS string. `None` if the value is not a string.
pub(super) fn read_utf8(env: sys::napi_env, value: sys::napi_value, buffer: &mut Vec<u8>) -> Option<&[u8]> {
    let mut length = get_utf8(env, value, buffer)?;
    // V8 writes only whole characters, so a cut text may end up to three bytes before the terminating zero.
    if length + 4 >= buffer.len() {
        let mut whole = 0;
        // SAFETY: a null buffer asks for the length.
        unsafe { sys::napi_get_value_string_utf8(env, value, ptr::null_mut(), 0, &raw mut whole) };
        buffer.resize(whole + 5, 0);
        length = get_utf8(env, value, buffer)?;
    }
    buffer.get(..length)
}

fn get_utf8(env: sys::napi_env, value: sys::napi_value, buffer: &mut [u8]) -> Option<usize> {
    let mut length = 0;
    // SAFETY: the pointer and the length are those of one live buffer; a value that is not a string gives a status.
    let status = unsafe {
        sys::napi_get_value_string_utf8(env, value, buffer.as_mut_ptr().cast(), buffer.len(), &raw mut length)
    };
    (status == sys::Status::napi_ok).then_some(length)
}
