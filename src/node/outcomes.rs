//! Constants that both halves share. JavaScript reads them once.

use napi_derive::napi;

use crate::core::{credential::CredentialKind, outcome::OUTCOMES};

/// A row of the table of outcomes. Its index is the number of the outcome.
#[napi(object, object_from_js = false)]
pub struct Outcome {
    /// Stable name.
    pub code: String,
    /// The original's message. Empty where the message is the app's own error.
    pub message: String,
    /// Whether the client did not cause it.
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
        .map(|info| Outcome {
            code: info.code.to_owned(),
            message: info.message.to_owned(),
            critical: info.critical,
            appends_cause: info.appends_cause,
            client_text: info.client_text.to_owned(),
            hint: info.hint.to_owned(),
        })
        .collect()
}

/// The number of each kind of credential.
#[napi(object, object_from_js = false)]
pub struct CredentialKinds {
    /// The text of a `Cookie` header.
    #[napi(js_name = "HEADER")]
    pub header: u32,
    /// A signed value as the cookie carries it, decoded.
    #[napi(js_name = "SIGNED")]
    pub signed: u32,
    /// A bare session id, or a signed value if its signature is good.
    #[napi(js_name = "EITHER")]
    pub either: u32,
    /// A bare session id that the app itself vouches for.
    #[napi(js_name = "ID")]
    pub id: u32,
}

/// The number of each kind of credential.
#[napi(catch_unwind)]
#[must_use]
pub fn credential_kinds() -> CredentialKinds {
    CredentialKinds {
        header: CredentialKind::Header as u32,
        signed: CredentialKind::Signed as u32,
        either: CredentialKind::Either as u32,
        id: CredentialKind::Id as u32,
    }
}
