//! From a Cookie header to a session id.

use std::hint::black_box;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use passport_socketio_native::core::{
    cookie,
    credential::{self, CredentialKind},
    outcome::Outcome,
    settings::Settings,
    signature::Secrets,
};
use sha2::Sha256;

use crate::{Case, Run};

const SECRET: &str = "keyboard cat";

pub const CASES: &[(&str, Case)] = &[
    ("cookie-find", cookie_find),
    ("precheck", precheck),
    ("precheck-no-cookie", precheck_no_cookie),
    ("verify", verify),
    ("verify-forged", verify_forged),
    ("verify-unsigned", verify_unsigned),
];

/// Those of an app with the defaults of express-session.
pub fn settings() -> Settings {
    Settings {
        key: b"connect.sid"[..].into(),
        secrets: Secrets::new([SECRET]),
        prefix: b"sess:"[..].into(),
        passport_key: b"passport"[..].into(),
    }
}

/// The header of a browser, with the session's cookie last. The id has the 32 characters of uid-safe.
pub fn header(number: usize) -> String {
    let id = format!("Xw3kQ0-b{number:024}");
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(id.as_bytes());
    let signature = STANDARD_NO_PAD.encode(mac.finalize().into_bytes());
    let encoded = signature.replace('+', "%2B").replace('/', "%2F");
    format!("_ga=GA1.1.1418093715.1760000000; lang=en; theme=dark; connect.sid=s%3A{id}.{encoded}")
}

fn cookie_find() -> Run {
    let header = header(0);
    Box::new(move |calls| {
        for _ in 0..calls {
            assert!(cookie::find(black_box(header.as_bytes()), b"connect.sid").is_some());
        }
    })
}

fn precheck() -> Run {
    prechecked(header(0), None)
}

fn precheck_no_cookie() -> Run {
    prechecked("_ga=GA1.1.1418093715.1760000000; lang=en; theme=dark".into(), Some(Outcome::NoCookie))
}

fn prechecked(header: String, expected: Option<Outcome>) -> Run {
    let settings = settings();
    Box::new(move |calls| {
        for _ in 0..calls {
            let found = credential::precheck(CredentialKind::Header, black_box(header.as_bytes()), &settings);
            assert_eq!(found.err(), expected);
        }
    })
}

fn verify() -> Run {
    verified(&header(0), None)
}

/// Ends at the comparison: the hash is calculated.
fn verify_forged() -> Run {
    verified(&header(0).replace("Xw3k", "Xw3l"), Some(Outcome::BadSignature))
}

/// Ends before the hash, which is most of the others.
fn verify_unsigned() -> Run {
    verified("connect.sid=s%3AXw3kQ0-b000000000000000000000000", Some(Outcome::BadSignature))
}

fn verified(header: &str, expected: Option<Outcome>) -> Run {
    let settings = settings();
    let credential =
        credential::precheck(CredentialKind::Header, header.as_bytes(), &settings).unwrap().to_vec();
    Box::new(move |calls| {
        for _ in 0..calls {
            let id = credential::verify(CredentialKind::Header, black_box(&credential), &settings);
            assert_eq!(id.err(), expected);
        }
    })
}
