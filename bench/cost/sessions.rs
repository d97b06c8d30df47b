//! From the text of a session to its user.

use std::hint::black_box;

use passport_socketio_native::core::{
    identity::identity,
    session::{self, Session},
};

use crate::{Case, Run};

pub const CASES: &[(&str, Case)] = &[
    ("session-read", session_read),
    ("session-no-user", session_no_user),
    ("session-profile", session_profile),
    ("identity-of-profile", identity_of_profile),
];

const USER: &str = r#""65f0c1a2b3d4e5f600000007""#;
const PROFILE: &str = r#"{"provider":"github","displayName":"Ann Example","emails":[{"value":"ann@example.com"}],"id":"1418093715","photos":[{"value":"https://example.com/ann.png"}]}"#;

/// About 430 bytes, as express-session writes it.
pub fn text(passport: &str) -> String {
    format!(
        r#"{{"cookie":{{"originalMaxAge":604800000,"expires":"2026-12-07T12:00:00.000Z","httpOnly":true,"path":"/","sameSite":"lax"}},"passport":{passport},"csrfSecret":"dGhpcyBpcyAxOCBieXRlcy4","returnTo":"/rooms/general?from=mail","cart":{{"items":[{{"sku":"A-1009","count":2}},{{"sku":"B-2210","count":1}}],"currency":"EUR"}},"flash":{{}},"views":17,"lastSeen":"2026-11-30T12:00:00.000Z","locale":"en-GB"}}"#
    )
}

/// The text with that user, who is known by an id.
pub fn text_with_user() -> String {
    text(&format!(r#"{{"user":{USER}}}"#))
}

fn session_read() -> Run {
    reading(text_with_user(), Some(USER))
}

fn session_no_user() -> Run {
    reading(text("{}"), None)
}

/// An app that serializes the whole profile.
fn session_profile() -> Run {
    reading(text(&format!(r#"{{"user":{PROFILE}}}"#)), Some(PROFILE))
}

fn reading(text: String, user: Option<&'static str>) -> Run {
    Box::new(move |calls| {
        for _ in 0..calls {
            let said = session::read(black_box(text.as_bytes()), b"passport");
            assert_eq!(said, user.map_or(Session::NotLoggedIn, |user| Session::User(user.as_bytes())));
        }
    })
}

fn identity_of_profile() -> Run {
    Box::new(|calls| {
        for _ in 0..calls {
            assert_eq!(identity(black_box(PROFILE.as_bytes())), br#""1418093715""#);
        }
    })
}
