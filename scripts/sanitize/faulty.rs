//! An addon that reads memory which it has freed: what AddressSanitizer does not report here, it reports nowhere.

use std::{ffi::c_void, hint::black_box};

/// What Node calls when it loads the addon.
#[unsafe(no_mangle)]
pub extern "C" fn napi_register_module_v1(_env: *mut c_void, exports: *mut c_void) -> *mut c_void {
    let freed = Box::into_raw(Box::new(7));
    // SAFETY: none, on purpose.
    unsafe {
        drop(Box::from_raw(freed));
        black_box(*black_box(freed));
    }
    exports
}
