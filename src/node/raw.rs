//! The two calls of the hot path, on the bare Node-API: 48 ns where `#[napi] fn(String, u32)` takes
//! 602 ns (a zeroed allocation a string, a length query, borrow tracking). Everything else uses `#[napi]`.
#![expect(unsafe_code, reason = "Node-API is a C interface; each block argues its own case")]

use std::{
    cell::RefCell,
    ffi::{CStr, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    rc::Rc,
};

use napi::{Status, bindgen_prelude::Unknown, sys};

use crate::{
    core::{
        code::Code,
        outbox::{Page, Row},
    },
    node::{delivery::Host, lookup::Submitter},
};

/// Room for a `Cookie` header. V8 writes UTF-8 fastest into three bytes a character, and headers
/// above 5 KiB are rare; a longer one makes the buffer grow, up to what Node's header limit lets through.
const HEADER_BYTES: usize = 16 * 1024;
/// Marks an outcome that a value belongs to.
const HAS_VALUE: i32 = 256;

struct Submit {
    submitter: Submitter,
    header: RefCell<Vec<u8>>,
}

/// Makes the JS function `submit(sent, credential, ticket)`: undefined, or the outcome if it can be told at once.
///
/// # Errors
/// The engine is out of memory.
pub(super) fn submit_function(env: sys::napi_env, submitter: Submitter) -> napi::Result<Unknown<'static>> {
    let header = RefCell::new(vec![0; HEADER_BYTES]);
    function(env, c"submit", submit, Submit { submitter, header })
}

/// Makes the JS function `drain()`, see [`Delivery::drain`](crate::node::delivery::Delivery::drain).
///
/// # Errors
/// The engine is out of memory.
pub(super) fn drain_function(env: sys::napi_env, host: Rc<Host>) -> napi::Result<Unknown<'static>> {
    function(env, c"drain", drain, host)
}

/// Keeps the event loop alive for this threadsafe function.
pub(super) fn refer(env: sys::napi_env, function: sys::napi_threadsafe_function) {
    // SAFETY: called on the JS thread inside a call from JavaScript, with the handle of a threadsafe
    // function that its owner, the `Host`, has not released.
    _ = unsafe { sys::napi_ref_threadsafe_function(env, function) };
}

/// No longer keeps the event loop alive for this threadsafe function.
pub(super) fn unrefer(env: sys::napi_env, function: sys::napi_threadsafe_function) {
    // SAFETY: as in `refer`.
    _ = unsafe { sys::napi_unref_threadsafe_function(env, function) };
}

/// A JS function that carries `context`, freed with it.
fn function<T>(
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

/// Frees the context of a function that was collected, or whose environment ends.
unsafe extern "C" fn free<T>(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: `data` is the box that `function` leaked, and Node finalizes once.
    drop(unsafe { Box::from_raw(data.cast::<T>()) });
}

unsafe extern "C" fn submit(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let (mut count, mut arguments, mut data) = (3, [ptr::null_mut(); 3], ptr::null_mut());
    // SAFETY: Node calls this with a live `info`; the array holds `count` values.
    unsafe {
        let arguments = arguments.as_mut_ptr();
        sys::napi_get_cb_info(env, info, &raw mut count, arguments, ptr::null_mut(), &raw mut data);
    }
    let [sent, credential, ticket] = arguments;
    // SAFETY: `data` is the `Submit` of this function, which outlives it, and only the JS thread uses it.
    let Some(context) = (unsafe { data.cast::<Submit>().as_ref() }) else { return ptr::null_mut() };
    // A panic must not unwind into C. If the look-up may be queued by then, its ticket must not be given out again.
    let refusal = catch_unwind(AssertUnwindSafe(|| {
        let Ok(mut header) = context.header.try_borrow_mut() else { return Some(Code::NoCookie) };
        match read_utf8(env, sent, &mut header) {
            Some(sent) => {
                context.submitter.submit(env, sent, read_u32(env, credential), read_u32(env, ticket))
            }
            None => Some(Code::NoCookie),
        }
    }))
    .unwrap_or_else(|_| (!context.submitter.may_have_queued()).then_some(Code::StoreError));
    match refusal {
        Some(code) => number(env, code as u32),
        None => ptr::null_mut(),
    }
}

unsafe extern "C" fn drain(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut data = ptr::null_mut();
    // SAFETY: Node calls this with a live `info`; null is allowed for what is not asked.
    unsafe {
        sys::napi_get_cb_info(env, info, ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), &raw mut data);
    }
    // SAFETY: `data` is the `Rc<Host>` of this function, which outlives it, and only the JS thread uses it.
    let Some(host) = (unsafe { data.cast::<Rc<Host>>().as_ref() }) else { return ptr::null_mut() };
    catch_unwind(AssertUnwindSafe(|| drain_page(env, host))).unwrap_or(ptr::null_mut())
}

fn drain_page(env: sys::napi_env, host: &Host) -> sys::napi_value {
    let page = host.outbox.take();
    let values = page.as_ref().map_or(&[][..], Page::values);
    let text = string(env, values);
    let mut rows = host.rows.borrow_mut();
    // SAFETY: JavaScript reads the array only between two calls of `drain`, on this same thread, and
    // `Int32Array` holds a reference that keeps its memory where it is.
    let numbers = unsafe { rows.as_mut() };
    write_rows(page.as_ref().map_or(&[][..], Page::rows), text.is_some(), numbers);
    if let Some(page) = page {
        host.begin_delivery();
        host.delivered(env, page.rows().len());
        host.outbox.recycle(page);
    } else {
        host.end_delivery();
    }
    text.or_else(|| string(env, b"")).unwrap_or(ptr::null_mut())
}

/// Writes count, then ticket and outcome of each row. Where the values could not be made a string,
/// whoever needs one gets `BAD_SESSION`: a session too large for the engine.
fn write_rows(rows: &[Row], values_arrive: bool, numbers: &mut [i32]) {
    let [count, pairs @ ..] = numbers else { return };
    *count = i32::try_from(rows.len()).unwrap_or(i32::MAX);
    for (pair, row) in pairs.chunks_exact_mut(2).zip(rows) {
        let outcome = match (row.has_value, values_arrive) {
            (false, _) => i32::from(row.code as u8),
            (true, true) => i32::from(row.code as u8) | HAS_VALUE,
            (true, false) => i32::from(Code::BadSession as u8),
        };
        pair.copy_from_slice(&[row.ticket.cast_signed(), outcome]);
    }
}

/// The bytes of a JS string; None if it is none.
fn read_utf8(env: sys::napi_env, value: sys::napi_value, buffer: &mut Vec<u8>) -> Option<&[u8]> {
    let mut length = get_utf8(env, value, buffer)?;
    // V8 writes whole characters only, so a cut may end up to three bytes before the terminating zero.
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
    // SAFETY: the pointer and the length are those of one live buffer; a value that is no string gives a status.
    let status = unsafe {
        sys::napi_get_value_string_utf8(env, value, buffer.as_mut_ptr().cast(), buffer.len(), &raw mut length)
    };
    (status == sys::Status::napi_ok).then_some(length)
}

fn read_u32(env: sys::napi_env, value: sys::napi_value) -> u32 {
    let mut number = 0;
    // SAFETY: a value that is no number gives a status and leaves 0.
    unsafe { sys::napi_get_value_uint32(env, value, &raw mut number) };
    number
}

fn number(env: sys::napi_env, number: u32) -> sys::napi_value {
    let mut value = ptr::null_mut();
    // SAFETY: plain call in the current handle scope.
    unsafe { sys::napi_create_uint32(env, number, &raw mut value) };
    value
}

/// A JS string; ASCII takes the short way, and bytes that are not UTF-8 become U+FFFD. None if it is
/// longer than V8 allows.
fn string(env: sys::napi_env, bytes: &[u8]) -> Option<sys::napi_value> {
    let create = if bytes.is_ascii() { sys::napi_create_string_latin1 } else { sys::napi_create_string_utf8 };
    let mut value = ptr::null_mut();
    // SAFETY: the pointer and the length are those of one live slice; Node copies it.
    let status = unsafe { create(env, bytes.as_ptr().cast(), bytes.len().cast_signed(), &raw mut value) };
    (status == sys::Status::napi_ok).then_some(value)
}
