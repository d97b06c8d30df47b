//! Cookie and signature: the part of an authorizer that needs no session store.

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;

use crate::{
    core::{
        credential::{self, CredentialKind},
        settings::Settings,
        signature::Secrets,
        signed_cookies::{self, Signed},
    },
    pipeline::Histogram,
};

/// Settings of an authorizer. Every member must be there: JavaScript owns the defaults.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct VerifierSettings {
    /// Name of the session cookie.
    pub key: String,
    /// Secrets of express-session, newest first.
    pub secrets: Vec<Either<String, Uint8Array>>,
    /// The text before the session id in a store's key.
    pub prefix: Either<String, Uint8Array>,
    /// Name of Passport's member in the session.
    pub passport_key: String,
}

/// How long look-ups took, in milliseconds.
#[napi(object, object_from_js = false)]
pub struct Latency {
    /// How many look-ups were counted.
    pub count: f64,
    /// Median.
    pub p50: f64,
    /// 90 % took no longer than this.
    pub p90: f64,
    /// 99 % took no longer than this.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// Parses cookies and verifies signatures, with settings that can change.
#[napi]
pub struct Verifier {
    pub(super) settings: Rc<RefCell<Arc<Settings>>>,
    pub(super) latency: Arc<Histogram>,
}

#[napi]
impl Verifier {
    /// A verifier with these settings.
    #[napi(constructor, catch_unwind)]
    #[must_use]
    pub fn new(settings: VerifierSettings) -> Self {
        Self { settings: Rc::new(RefCell::new(Arc::new(settings.into()))), latency: Arc::default() }
    }

    /// Replaces the settings. Look-ups that were submitted before finish with the old ones.
    #[napi(catch_unwind)]
    pub fn configure(&self, settings: VerifierSettings) {
        self.settings.replace(Arc::new(settings.into()));
    }

    /// The session id of what the client sent, or the number of the outcome that refuses it. `credential`: a number
    /// of `credentialKinds()`.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn session_id(&self, sent: String, credential: u32) -> Either<String, u32> {
        let settings = self.settings.borrow();
        let kind = kind_from(credential);
        let id = credential::precheck(kind, sent.as_bytes(), &settings)
            .and_then(|credential| credential::verify(kind, credential, &settings));
        match id {
            Ok(id) => Either::A(text(&id)),
            Err(outcome) => Either::B(outcome as u32),
        }
    }

    /// The signed cookies of a header in header order, as the text of a JSON array: name, value, name, value, … The
    /// value of a cookie with a wrong signature is `false` (cookie-parser 1.4.7, `signedCookies`).
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn signed_cookies(&self, header: String) -> String {
        let cookies = signed_cookies::all(header.as_bytes(), &self.settings.borrow().secrets);
        String::from_utf8(cookies).unwrap_or_else(|error| text(error.as_bytes()))
    }

    /// The session cookie as `signedCookies` has it: a string or `false`. null if there is none.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn signed_cookie(&self, header: String) -> Option<Either<String, bool>> {
        let settings = self.settings.borrow();
        signed_cookies::find(header.as_bytes(), &settings.key, &settings.secrets).map(|cookie| match cookie {
            Signed::Genuine(value) => Either::A(text(&value)),
            Signed::Forged => Either::B(false),
        })
    }

    /// Counts a look-up that JavaScript made, in milliseconds.
    #[napi(catch_unwind)]
    pub fn record(&self, took: f64) {
        self.latency.record(Duration::try_from_secs_f64(took / 1000.0).unwrap_or_default());
    }

    /// How long look-ups took.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "no server makes 2^53 look-ups")]
    pub fn latency(&self) -> Latency {
        let millis = |took: Duration| took.as_micros() as f64 / 1000.0;
        let quantile = |share| millis(self.latency.quantile(share));
        Latency {
            count: self.latency.count() as f64,
            p50: quantile(0.5),
            p90: quantile(0.9),
            p99: quantile(0.99),
            max: millis(self.latency.longest()),
        }
    }
}

impl From<VerifierSettings> for Settings {
    fn from(settings: VerifierSettings) -> Self {
        Self {
            key: settings.key.into_bytes().into(),
            secrets: Secrets::new(settings.secrets.iter().map(bytes)),
            prefix: bytes(&settings.prefix).into(),
            passport_key: settings.passport_key.into_bytes().into(),
        }
    }
}

/// The kind of credential with this number. An unknown number cannot come from the package's own JavaScript. It is
/// read as the strictest kind.
pub(super) fn kind_from(number: u32) -> CredentialKind {
    [CredentialKind::Header, CredentialKind::Signed, CredentialKind::Either, CredentialKind::Id]
        .into_iter()
        .find(|kind| *kind as u32 == number)
        .unwrap_or(CredentialKind::Signed)
}

fn bytes(text: &Either<String, Uint8Array>) -> &[u8] {
    match text {
        Either::A(text) => text.as_bytes(),
        Either::B(bytes) => bytes,
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
