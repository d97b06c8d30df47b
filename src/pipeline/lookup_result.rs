//! The result of one look-up.

use std::borrow::Cow;

use super::{fault::Fault, outbox::Page};
use crate::core::outcome::Outcome;

/// An outcome and the value that belongs to it.
#[derive(Clone)]
pub enum LookupResult<'v> {
    /// `FOUND`, with the user key: raw JSON text.
    User(&'v [u8]),
    /// An outcome that needs no explanation.
    Outcome(Outcome),
    /// An outcome, and what the session is made of: JSON text. For a worker that describes sessions.
    Described(Outcome, Vec<u8>),
    /// An outcome with its cause, for the operator.
    Fault(Outcome, Cow<'v, str>),
}

impl LookupResult<'_> {
    /// Adds the result to a page. `id`: the session id, which goes with a user where JavaScript wants it.
    pub fn write(&self, page: &mut Page, ticket: u32, id: Option<&[u8]>) {
        match self {
            Self::User(key) => page.user(ticket, key, id),
            Self::Outcome(outcome) => page.outcome(ticket, *outcome),
            Self::Described(outcome, json) => page.description(ticket, *outcome, json),
            Self::Fault(outcome, cause) => page.fault(ticket, *outcome, cause),
        }
    }
}

impl<'v> From<&'v Fault> for LookupResult<'v> {
    fn from(fault: &'v Fault) -> Self {
        match fault {
            Fault::Source(cause) | Fault::Unreachable(cause) => {
                Self::Fault(Outcome::StoreError, Cow::Borrowed(cause))
            }
            Fault::Timeout => Self::Fault(Outcome::StoreTimeout, "no answer within the timeout".into()),
            Fault::Closed => Self::Fault(Outcome::Closed, "the authorizer was closed".into()),
        }
    }
}
