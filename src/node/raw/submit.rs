//! A look-up goes in.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};

use napi::{bindgen_prelude::Unknown, sys};

use super::{
    function::function,
    text::read_utf8,
    values::{number, read_u32},
};
use crate::{core::outcome::Outcome, node::submitter::Submitter};

/// Room for a `Cookie` header. V8 writes UTF-8 fastest into three bytes per character, and headers above 5 KiB are
/// rare. A longer header makes the buffer grow, up to Node's limit for headers.
const HEADER_BYTES: usize = 16 * 1024;

struct Submit {
    submitter: Submitter,
    header: RefCell<Vec<u8>>,
}

/// Makes the JS function `submit(sent, credential, ticket)`. It returns undefined, or the outcome if that is known at
/// once.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn submit_function(
    env: sys::napi_env,
    submitter: Submitter,
) -> napi::Result<Unknown<'static>> {
    let header = RefCell::new(vec![0; HEADER_BYTES]);
    function(env, c"submit", submit, Submit { submitter, header })
}

unsafe extern "C" fn submit(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let (mut count, mut arguments, mut data) = (3, [ptr::null_mut(); 3], ptr::null_mut());
    // SAFETY: Node calls this with a live `info`; the array holds `count` values.
    unsafe {
        let arguments = arguments.as_mut_ptr();
        sys::napi_get_cb_info(env, info, &raw mut count, arguments, ptr::null_mut(), &raw mut data);
    }
    let [sent, kind, ticket] = arguments;
    // SAFETY: `data` is the `Submit` of this function, which outlives it, and only the JS thread uses it.
    let Some(context) = (unsafe { data.cast::<Submit>().as_ref() }) else { return ptr::null_mut() };
    // A panic must not unwind into C. If the look-up may be queued by then, its ticket must not be reused.
    let refusal = catch_unwind(AssertUnwindSafe(|| {
        let Ok(mut header) = context.header.try_borrow_mut() else { return Some(Outcome::NoCookie) };
        match read_utf8(env, sent, &mut header) {
            Some(sent) => context.submitter.submit(
                env,
                sent,
                read_u32(env, kind).unwrap_or_default(),
                read_u32(env, ticket).unwrap_or_default(),
            ),
            None => Some(Outcome::NoCookie),
        }
    }))
    .unwrap_or_else(|_| (!context.submitter.may_have_queued()).then_some(Outcome::StoreError));
    match refusal {
        Some(outcome) => number(env, outcome as u32),
        None => ptr::null_mut(),
    }
}
