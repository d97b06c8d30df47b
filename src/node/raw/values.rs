//! Reads and makes JavaScript's primitives.

use std::{ffi::c_int, ptr};

use napi::{Status, bindgen_prelude::Unknown, sys};

use crate::core::index::primitive::{Decoded, Primitive, Primitives};

/// Code units that a string may have before the buffer grows.
const UNITS: usize = 1024;
/// Words that a bigint may have before the buffer grows.
const WORDS: usize = 8;

/// Reads primitives into reused buffers, so that a value costs no allocation.
pub struct Reader {
    units: Vec<u16>,
    words: Vec<u64>,
}

impl Default for Reader {
    fn default() -> Self {
        Self { units: vec![0; UNITS], words: vec![0; WORDS] }
    }
}

impl Reader {
    /// Adds `value` to `to`. An object, a function, a symbol and undefined are added as a value that equals nothing.
    pub(super) fn read(&mut self, env: sys::napi_env, value: sys::napi_value, to: &mut Primitives) {
        let mut kind = sys::ValueType::napi_undefined;
        // SAFETY: `value` is an argument of the call we are in; on failure the kind stays undefined.
        unsafe { sys::napi_typeof(env, value, &raw mut kind) };
        match kind {
            sys::ValueType::napi_number => to.push_number(read_f64(env, value)),
            sys::ValueType::napi_string => to.push_string(self.read_string(env, value)),
            sys::ValueType::napi_boolean => to.push_boolean(read_boolean(env, value)),
            sys::ValueType::napi_null => to.push_null(),
            sys::ValueType::napi_bigint => {
                let (is_negative, words) = self.read_bigint(env, value);
                to.push_bigint(is_negative, words);
            }
            _ => to.push_other(),
        }
    }

    /// Gives back memory that a long value needed.
    pub(super) fn shrink(&mut self) {
        if self.units.len() > UNITS || self.words.len() > WORDS {
            *self = Self::default();
        }
    }

    fn read_string(&mut self, env: sys::napi_env, value: sys::napi_value) -> &[u16] {
        let mut length = read_utf16(env, value, &mut self.units);
        // One unit is for the terminating zero. A full buffer may hold a cut text.
        if length + 1 >= self.units.len() {
            // SAFETY: a null buffer asks for the length.
            unsafe { sys::napi_get_value_string_utf16(env, value, ptr::null_mut(), 0, &raw mut length) };
            self.units.resize(length + 2, 0);
            length = read_utf16(env, value, &mut self.units);
        }
        self.units.get(..length).unwrap_or_default()
    }

    fn read_bigint(&mut self, env: sys::napi_env, value: sys::napi_value) -> (bool, &[u64]) {
        let (mut is_negative, mut count) = read_words(env, value, &mut self.words);
        if count > self.words.len() {
            self.words.resize(count, 0);
            (is_negative, count) = read_words(env, value, &mut self.words);
        }
        (is_negative, self.words.get(..count).unwrap_or_default())
    }
}

/// A JS value of this primitive.
///
/// # Errors
/// The engine is out of memory.
pub(in crate::node) fn make(env: sys::napi_env, primitive: Primitive<'_>) -> napi::Result<Unknown<'static>> {
    let mut made = ptr::null_mut();
    let to = &raw mut made;
    // SAFETY: plain calls in the current handle scope; each pointer and length are those of one live slice, which
    // Node copies.
    let status = unsafe {
        match primitive.decode() {
            Decoded::Null => sys::napi_get_null(env, to),
            Decoded::Boolean(boolean) => sys::napi_get_boolean(env, boolean, to),
            Decoded::Number(number) => sys::napi_create_double(env, number, to),
            Decoded::Latin1(bytes) => {
                sys::napi_create_string_latin1(env, bytes.as_ptr().cast(), bytes.len().cast_signed(), to)
            }
            Decoded::Utf16(units) => {
                sys::napi_create_string_utf16(env, units.as_ptr(), units.len().cast_signed(), to)
            }
            Decoded::BigInt(is_negative, words) => {
                sys::napi_create_bigint_words(env, is_negative.into(), words.len(), words.as_ptr(), to)
            }
        }
    };
    if status != sys::Status::napi_ok {
        return Err(napi::Error::new(Status::from(status), "the value could not be made"));
    }
    // SAFETY: the value was just made in this environment's current handle scope.
    Ok(unsafe { Unknown::from_raw_unchecked(env, made) })
}

/// As ECMAScript's `ToUint32`. `None` if the value is not a number.
pub(super) fn read_u32(env: sys::napi_env, value: sys::napi_value) -> Option<u32> {
    let mut number = 0;
    // SAFETY: a value that is not a number gives a status.
    let status = unsafe { sys::napi_get_value_uint32(env, value, &raw mut number) };
    (status == sys::Status::napi_ok).then_some(number)
}

/// As ECMAScript's `ToInt32`. `None` if the value is not a number.
pub(super) fn read_i32(env: sys::napi_env, value: sys::napi_value) -> Option<i32> {
    let mut number = 0;
    // SAFETY: a value that is not a number gives a status.
    let status = unsafe { sys::napi_get_value_int32(env, value, &raw mut number) };
    (status == sys::Status::napi_ok).then_some(number)
}

pub(super) fn number(env: sys::napi_env, number: u32) -> sys::napi_value {
    let mut value = ptr::null_mut();
    // SAFETY: plain call in the current handle scope.
    unsafe { sys::napi_create_uint32(env, number, &raw mut value) };
    value
}

pub(super) fn signed(env: sys::napi_env, number: i32) -> sys::napi_value {
    let mut value = ptr::null_mut();
    // SAFETY: plain call in the current handle scope.
    unsafe { sys::napi_create_int32(env, number, &raw mut value) };
    value
}

fn read_f64(env: sys::napi_env, value: sys::napi_value) -> f64 {
    let mut number = f64::NAN;
    // SAFETY: a value that is not a number gives a status and leaves NaN.
    unsafe { sys::napi_get_value_double(env, value, &raw mut number) };
    number
}

fn read_boolean(env: sys::napi_env, value: sys::napi_value) -> bool {
    let mut boolean = false;
    // SAFETY: a value that is not a boolean gives a status and leaves false.
    unsafe { sys::napi_get_value_bool(env, value, &raw mut boolean) };
    boolean
}

/// How many code units were written: all of the string, or as many as there is room for.
fn read_utf16(env: sys::napi_env, value: sys::napi_value, buffer: &mut [u16]) -> usize {
    let mut length = 0;
    // SAFETY: the pointer and the length are those of one live buffer; a value that is not a string gives a status
    // and leaves 0.
    unsafe {
        sys::napi_get_value_string_utf16(env, value, buffer.as_mut_ptr(), buffer.len(), &raw mut length)
    };
    length
}

/// Whether it is negative, and how many words it has. As many are written as there is room for.
fn read_words(env: sys::napi_env, value: sys::napi_value, buffer: &mut [u64]) -> (bool, usize) {
    let (mut sign, mut count): (c_int, usize) = (0, buffer.len());
    // SAFETY: the pointer and the count are those of one live buffer.
    let status = unsafe {
        sys::napi_get_value_bigint_words(env, value, &raw mut sign, &raw mut count, buffer.as_mut_ptr())
    };
    if status == sys::Status::napi_ok { (sign != 0, count) } else { (false, 0) }
}
