//! JavaScript functions that carry a Rust value.

use std::{
    ffi::{CStr, c_void},
    ptr,
};

use napi::{Status, bindgen_prelude::Unknown, sys};

/// A JS function that carries `context`, which is freed with it.
pub(super) fn function<T>(
    env: sys::napi_env,
    name: &'static CStr,
    callback: unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value,
    context: T,
) -> napi::Result<Unknown<'static>> {
    let data = Box::into_raw(Box::new(context)).cast::<c_void>();
    let mut function = ptr::null_mut();
    let length = name.count_bytes().cast_signed();
    // SAFETY: `env` is the environment of the call that we are in; `name` is static and has this length;
    // `data` is a live box that only the finalizer frees.
    let status = unsafe {
        match sys::napi_create_function(env, name.as_ptr(), length, Some(callback), data, &raw mut function) {
            sys::Status::napi_ok => sys::napi_add_finalizer(
                env,
                function,
                data,
                Some(free::<T>),
                ptr::null_mut(),
                ptr::null_mut(),
            ),
            status => status,
        }
    };
    if status != sys::Status::napi_ok {
        // SAFETY: the finalizer was not registered, so the box is still ours alone.
        drop(unsafe { Box::from_raw(data.cast::<T>()) });
        return Err(napi::Error::new(Status::from(status), "the function could not be made"));
    }
    // SAFETY: `function` is a value that was just made in this environment's current handle scope.
    Ok(unsafe { Unknown::from_raw_unchecked(env, function) })
}

/// Frees the context of a function that was collected, or whose environment has ended.
unsafe extern "C" fn free<T>(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: `data` is the box that `function` leaked, and Node finalizes only once.
    drop(unsafe { Box::from_raw(data.cast::<T>()) });
}
