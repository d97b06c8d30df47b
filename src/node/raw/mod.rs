//! The functions of the hot paths, on the bare Node-API: 48 ns where `#[napi] fn(String, u32)` takes 602 ns (a zeroed
//! allocation per string, a length query, borrow tracking). Everything else uses `#[napi]`.
//!
//! # Layout
//! - `submit`, `drain`: a look-up goes in, results come out.
//! - `watch`: sessions begin and end to be watched.
//! - `index`: sockets are enrolled and found. `arguments`: calls with any number of arguments.
//! - `values`: JavaScript's primitives, read and made. `text`: strings as UTF-8.
//! - `function`: JavaScript functions that carry a Rust value.
//! - `keep_alive`: whether a threadsafe function keeps the process alive.
#![expect(unsafe_code, reason = "Node-API is a C interface; each block argues its own case")]

mod arguments;
pub(super) mod drain;
mod function;
pub(super) mod index;
pub(super) mod keep_alive;
pub(super) mod submit;
mod text;
pub(super) mod values;
pub(super) mod watch;
