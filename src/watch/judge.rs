//! What is stored in a session now, compared with the user that was let in.

use super::{deadlines::Millis, events::EndReason, source::Stored};
use crate::{
    core::{
        identity::identity,
        session::{self, Session},
    },
    pipeline::Fault,
};

/// How much before its time a session may be gone and still count as expired: the server's clock is read over a
/// network, and a time to live is in whole milliseconds.
const TOLERANCE: Millis = 100;

/// What a reading says about a session, as one owner of watchers sees it.
#[derive(Debug, PartialEq, Eq)]
pub enum Judgement<'t> {
    /// It has a user, of this identity.
    User(&'t [u8]),
    /// It has ended.
    Ended(EndReason),
}

/// Judges what is stored. `passport_key`: the name of Passport's member. `deadline`: when the session's time is over, 0
/// if that is not known.
///
/// A session that cannot be read (not a text, not JSON) has ended: nobody could log in with it.
///
/// # Errors
/// The source could not be asked, which says nothing.
pub fn judge<'t>(
    stored: &'t Stored,
    passport_key: &[u8],
    deadline: Millis,
    now: Millis,
) -> Result<Judgement<'t>, &'t Fault> {
    let gone =
        if deadline > 0 && now + TOLERANCE >= deadline { EndReason::Expired } else { EndReason::Destroyed };
    let text = match stored {
        Stored::Gone => return Ok(Judgement::Ended(gone)),
        Stored::Unreadable => return Ok(Judgement::Ended(EndReason::Destroyed)),
        Stored::Unknown(fault) => return Err(fault),
        Stored::Text(text) => text,
    };
    Ok(match session::read(text, passport_key) {
        Session::User(user_key) => Judgement::User(identity(user_key)),
        Session::NotInitialized | Session::NotLoggedIn => Judgement::Ended(EndReason::LoggedOut),
        Session::Absent | Session::NotJson(_) => Judgement::Ended(EndReason::Destroyed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(stored: &Stored, deadline: Millis, now: Millis) -> Judgement<'_> {
        judge(stored, b"passport", deadline, now).unwrap()
    }

    #[test]
    fn what_is_gone_has_expired_or_was_destroyed() {
        let destroyed = Judgement::Ended(EndReason::Destroyed);
        let expired = Judgement::Ended(EndReason::Expired);
        assert_eq!(of(&Stored::Gone, 0, 5000), destroyed);
        assert_eq!(of(&Stored::Gone, 5000, 4899), destroyed);
        assert_eq!(of(&Stored::Gone, 5000, 4900), expired);
        assert_eq!(of(&Stored::Gone, 5000, 9000), expired);
        assert_eq!(of(&Stored::Unreadable, 5000, 9000), destroyed);
    }

    #[test]
    fn a_session_without_user_is_logged_out_and_one_that_is_no_json_destroyed() {
        let says = |text: &str| match of(&Stored::Text(text.into()), 0, 0) {
            Judgement::User(identity) => String::from_utf8(identity.to_vec()).unwrap(),
            Judgement::Ended(reason) => format!("{reason:?}"),
        };
        assert_eq!(says(r#"{"passport":{"user":{"id":7,"name":"a"}}}"#), "7");
        assert_eq!(says(r#"{"passport":{}}"#), "LoggedOut");
        assert_eq!(says(r#"{"cookie":{}}"#), "LoggedOut");
        assert_eq!(says(r#"{"passport":{"user":7}"#), "Destroyed");
        assert_eq!(says("null"), "Destroyed");
    }

    #[test]
    fn a_source_that_cannot_be_asked_says_nothing() {
        let stored = Stored::Unknown(Fault::new("down"));
        assert_eq!(judge(&stored, b"passport", 5, 9000), Err(&Fault::new("down")));
    }
}
