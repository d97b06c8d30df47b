//! Look-ups on the I/O thread: from a credential in the queue to an outcome in the outbox.
//!
//! ```text
//!  Inbox ─► Worker: verify signatures ─► keys ─► SessionSource ─► read the session ─► Outbox
//! ```
//!
//! The pipeline does not know where sessions are: it asks a [`SessionSource`].
//!
//! # Layout
//! - [`Worker`]: the pipeline of one authorizer, top to bottom.
//! - [`Inbox`], `queue`: look-ups on their way in, from the JS thread.
//! - `batch`: the look-ups that share one read, and which of them still wait.
//! - `keys`, `unique_keys`, `chunk`: what is asked for, and for which keys an answer is.
//! - [`SessionSource`], `fault`: who is asked, and why there is no answer.
//! - [`outbox`]: results on their way out, to the JS thread.
//! - `histogram`: how long look-ups took.
#![forbid(unsafe_code)]

mod batch;
mod chunk;
mod fault;
mod histogram;
mod inbox;
mod keys;
mod lookup_result;
pub mod outbox;
mod queue;
mod source;
mod unique_keys;
mod worker;

pub use chunk::Chunk;
pub use fault::Fault;
pub use histogram::Histogram;
pub use inbox::Inbox;
pub use keys::Keys;
pub use source::{ReadResult, SessionSource};
pub use worker::{Delivers, Worker};
