//! The table of codes, as JavaScript reads it.

use napi_derive::napi;

use crate::core::code::OUTCOMES;

/// One row of the table of outcomes; its index is the number that look-ups deliver.
#[napi(object, object_from_js = false)]
pub struct Outcome {
    /// Stable name.
    pub code: String,
    /// The original's message; empty where the message is the app's own error.
    pub message: String,
    /// Whether it is not the visitor's doing.
    pub critical: bool,
    /// Whether the cause is appended to the message.
    pub appends_cause: bool,
    /// What a client is told by default: a fixed text.
    pub client_text: String,
    /// What it means and what to do.
    pub hint: String,
}

/// The table of outcomes.
#[napi(catch_unwind)]
#[must_use]
pub fn outcomes() -> Vec<Outcome> {
    OUTCOMES
        .iter()
        .map(|outcome| Outcome {
            code: outcome.name.to_owned(),
            message: outcome.message.to_owned(),
            critical: outcome.critical,
            appends_cause: outcome.appends_cause,
            client_text: outcome.client_text.to_owned(),
            hint: outcome.hint.to_owned(),
        })
        .collect()
}
