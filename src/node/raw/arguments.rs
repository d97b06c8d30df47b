//! Calls with any number of arguments.

use std::{ffi::c_void, ptr};

use napi::sys;

/// With this many arguments a call allocates nothing. An authorizer indexes a few properties, and most queries name
/// as few. Node also fills the places of arguments that were not passed.
const FEW: usize = 8;

/// The arguments of a call, and the value that the function carries.
pub struct Arguments {
    few: [sys::napi_value; FEW],
    /// All of them, if there are more than a few.
    many: Vec<sys::napi_value>,
    count: usize,
    pub data: *mut c_void,
}

impl Arguments {
    /// Reads them. `info` is that of the present call.
    pub fn of(env: sys::napi_env, info: sys::napi_callback_info) -> Self {
        let mut arguments =
            Self { few: [ptr::null_mut(); FEW], many: Vec::new(), count: FEW, data: ptr::null_mut() };
        let (few, count, data) = (&mut arguments.few, &raw mut arguments.count, &raw mut arguments.data);
        // SAFETY: Node calls our caller with a live `info`; the array holds `count` values, which then is how many
        // were passed.
        unsafe { sys::napi_get_cb_info(env, info, count, few.as_mut_ptr(), ptr::null_mut(), data) };
        if arguments.count > FEW {
            arguments.many = vec![ptr::null_mut(); arguments.count];
            let many = arguments.many.as_mut_ptr();
            // SAFETY: as above.
            unsafe {
                sys::napi_get_cb_info(
                    env,
                    info,
                    &raw mut arguments.count,
                    many,
                    ptr::null_mut(),
                    ptr::null_mut(),
                )
            };
        }
        arguments
    }

    /// The arguments that were passed.
    pub fn values(&self) -> &[sys::napi_value] {
        let all = if self.many.is_empty() { &self.few[..] } else { &self.many };
        all.get(..self.count).unwrap_or(all)
    }
}
