//! The table of outcomes: what became of a connection, in the words of `passport.socketio` 3.7.0. There is only this
//! one.
//!
//! JavaScript reads the table once at load. After that only the discriminant crosses the boundary.

/// What became of a connection. The discriminant is the number that JavaScript sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// The session names a user. The value of the outcome is the user key, which Passport deserialises.
    Found,
    /// Socket.IO 0.9 only: a cross-domain request, which carries no cookies. The page's fault.
    CorsNoSession,
    /// There is no cookie of that name, or it is signed but empty. No fault: a visitor.
    NoCookie,
    /// The cookie is there but is not a signed one (`s:…`). The client's fault, or that of the settings.
    CookieNotSigned,
    /// None of the secrets made this signature: the cookie is forged or outdated. The client's fault.
    BadSignature,
    /// The store has no such session: it expired or was destroyed. No fault.
    SessionNotFound,
    /// The store could not be asked, or answered with an error. The server's fault.
    StoreError,
    /// The store did not answer within `timeout`. The server's fault.
    StoreTimeout,
    /// `maxPending` authorizations are under way already. The server's fault.
    Overloaded,
    /// The stored session is not JSON. The server's fault.
    BadSession,
    /// The session has no Passport member: since Passport 0.3 that is a visitor who has not logged in.
    PassportNotInitialized,
    /// The session has a Passport member without a user, or with a user key that Passport's own session strategy
    /// ignores (`null`, `false`, `""`). No fault: a visitor.
    NotLoggedIn,
    /// The app's `deserializeUser` gave an error or threw one. The app's fault.
    DeserializeError,
    /// One of the app's own callbacks threw or rejected. The app's fault.
    CallbackError,
    /// The app's `deserializeUser` knows no such user.
    UserNotFound,
    /// The app refused with `accept(null, false)`.
    Refused,
    /// The authorizer was closed before or during the look-up.
    Closed,
    /// The app's `deserializeUser` did not answer within `timeout`. The app's fault.
    DeserializeTimeout,
    /// One connection has as many authorizations under way as are allowed. The client's fault.
    TooManyAttempts,
    /// The option `origin` does not allow the origin of the page that connects. No fault, or an attack.
    OriginNotAllowed,
}

/// One row of the table.
#[derive(Debug)]
pub struct OutcomeInfo {
    /// Which outcome it is.
    pub outcome: Outcome,
    /// Its stable name, the `code` of errors. Never renamed.
    pub code: &'static str,
    /// The original's `message`, letter by letter. Empty where the message is the app's own error.
    pub message: &'static str,
    /// The original's `critical`: the client did not cause it.
    pub critical: bool,
    /// Whether the cause is appended to `message`, as the original does for errors of its store.
    pub appends_cause: bool,
    /// What a client is told by default: a fixed text that shows nothing of the server.
    pub client_text: &'static str,
    /// What it means and what to do, for a developer.
    pub hint: &'static str,
}

const NO_SESSION: &str = "No session found";
const STORE: &str = "Error in session store:\n";
const STORE_TEXT: &str = "Error in session store";
const DESERIALIZE_TEXT: &str = "Error in deserializing the user";
const PASSPORT: &str = "Passport was not initialized";

/// Every outcome, in the order of [`Outcome`]'s discriminants.
pub const OUTCOMES: [OutcomeInfo; Outcome::COUNT] = [
    visitor(Outcome::Found, "FOUND", "", ""),
    visitor(
        Outcome::CorsNoSession,
        "CORS_NO_SESSION",
        "Can not read cookies from CORS-Requests. See CORS-Workaround in the readme.",
        "The browser sends no cookies across origins here: send the session cookie's value as the query parameter session_id.",
    ),
    visitor(
        Outcome::NoCookie,
        "NO_COOKIE",
        NO_SESSION,
        "The handshake has no session cookie: check the option key, the cookie's domain, path, secure and sameSite, and withCredentials of the client.",
    ),
    visitor(
        Outcome::CookieNotSigned,
        "COOKIE_NOT_SIGNED",
        NO_SESSION,
        "The cookie named by the option key is not one that express-session signed: check that key is the name given to express-session.",
    ),
    visitor(
        Outcome::BadSignature,
        "BAD_SIGNATURE",
        NO_SESSION,
        "None of the secrets made the cookie's signature: either it is forged, or the option secret is not the one given to express-session.",
    ),
    visitor(
        Outcome::SessionNotFound,
        "SESSION_NOT_FOUND",
        NO_SESSION,
        "The cookie is genuine but its session is gone: it expired, was destroyed, or the store, database or prefix is not the one express-session writes to.",
    ),
    fault(Outcome::StoreError, "STORE_ERROR", "The session store could not be asked; see cause."),
    fault(
        Outcome::StoreTimeout,
        "STORE_TIMEOUT",
        "The session store did not answer within the option timeout (milliseconds).",
    ),
    fault(
        Outcome::Overloaded,
        "OVERLOADED",
        "As many authorizations are under way as the option maxPending allows: the session store or a callback is too slow for this many clients.",
    ),
    fault(
        Outcome::BadSession,
        "BAD_SESSION",
        "The stored session is not JSON: something other than express-session wrote it, or its serializer is a custom one.",
    ),
    OutcomeInfo {
        outcome: Outcome::PassportNotInitialized,
        code: "PASSPORT_NOT_INITIALIZED",
        message: PASSPORT,
        critical: true,
        appends_cause: false,
        client_text: PASSPORT,
        hint: "The session has no Passport member: since Passport 0.3 this is simply a visitor who has not logged in; otherwise passport.session() is missing, or the option passport is another instance.",
    },
    visitor(
        Outcome::NotLoggedIn,
        "NOT_LOGGED_IN",
        "User not authorized through passport. (User Property not found)",
        "The visitor has a session but is not logged in.",
    ),
    own(
        Outcome::DeserializeError,
        "DESERIALIZE_ERROR",
        DESERIALIZE_TEXT,
        "passport.deserializeUser gave this error; look at the app's deserializer.",
    ),
    own(
        Outcome::CallbackError,
        "CALLBACK_ERROR",
        "Error in authorization",
        "A callback given to authorize() threw this error or rejected with it.",
    ),
    visitor(
        Outcome::UserNotFound,
        "USER_NOT_FOUND",
        "User not found",
        "The session is logged in, but deserializeUser knows no such user (any more).",
    ),
    visitor(Outcome::Refused, "REFUSED", "Not authorized", "The app called accept(null, false)."),
    fault(Outcome::Closed, "CLOSED", "authorizer.close() was called."),
    OutcomeInfo {
        outcome: Outcome::DeserializeTimeout,
        code: "DESERIALIZE_TIMEOUT",
        message: DESERIALIZE_TEXT,
        critical: true,
        appends_cause: false,
        client_text: DESERIALIZE_TEXT,
        hint: "passport.deserializeUser did not answer within the option timeout (milliseconds): it must call done(); an async function that rejects never answers, because Passport ignores promises.",
    },
    visitor(
        Outcome::TooManyAttempts,
        "TOO_MANY_ATTEMPTS",
        "Too many attempts",
        "One connection has as many authorizations under way as are allowed (4 for one namespace; 64 in all, with 1,000 more waiting their turn): a client connects to a namespace again and again without waiting for the answer.",
    ),
    visitor(
        Outcome::OriginNotAllowed,
        "ORIGIN_NOT_ALLOWED",
        "Origin not allowed",
        "The option origin does not allow the page that connects: name its origin there, if it is one of yours.",
    ),
];

impl Outcome {
    /// How many there are. It names the last one.
    pub const COUNT: usize = Self::OriginNotAllowed as usize + 1;

    /// The row of this outcome.
    #[must_use]
    pub fn info(self) -> &'static OutcomeInfo {
        OUTCOMES.get(self as usize).unwrap_or(&OUTCOMES[0])
    }
}

/// A refusal that the client causes, or that is no fault.
const fn visitor(
    outcome: Outcome,
    code: &'static str,
    message: &'static str,
    hint: &'static str,
) -> OutcomeInfo {
    OutcomeInfo { outcome, code, message, critical: false, appends_cause: false, client_text: message, hint }
}

/// A refusal because the session could not be read.
const fn fault(outcome: Outcome, code: &'static str, hint: &'static str) -> OutcomeInfo {
    OutcomeInfo {
        outcome,
        code,
        message: STORE,
        critical: true,
        appends_cause: true,
        client_text: STORE_TEXT,
        hint,
    }
}

/// A refusal whose message is the app's own error, unchanged.
const fn own(
    outcome: Outcome,
    code: &'static str,
    client_text: &'static str,
    hint: &'static str,
) -> OutcomeInfo {
    OutcomeInfo { outcome, code, message: "", critical: true, appends_cause: false, client_text, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_discriminants() {
        for (index, info) in OUTCOMES.iter().enumerate() {
            assert_eq!(info.outcome as usize, index, "{}", info.code);
            assert_eq!(info.outcome.info().code, info.code);
        }
    }

    #[test]
    fn a_code_is_the_name_of_its_variant() {
        for info in &OUTCOMES {
            let name = format!("{:?}", info.outcome).to_uppercase();
            assert_eq!(info.code.replace('_', ""), name);
        }
    }

    #[test]
    fn numbers_stay() {
        assert_eq!(Outcome::Found as u8, 0);
        assert_eq!(Outcome::NotLoggedIn as u8, 11);
        assert_eq!(Outcome::Closed as u8, 16);
        assert_eq!(Outcome::DeserializeTimeout as u8, 17);
        assert_eq!(Outcome::TooManyAttempts as u8, 18);
        assert_eq!(Outcome::OriginNotAllowed as u8, 19);
    }

    #[test]
    fn codes_that_the_original_has_not_say_whose_fault_they_are() {
        let slow = Outcome::DeserializeTimeout.info();
        assert_eq!((slow.message, slow.critical), ("Error in deserializing the user", true));
        let eager = Outcome::TooManyAttempts.info();
        assert_eq!((eager.message, eager.critical), ("Too many attempts", false));
        assert!(!slow.appends_cause && !eager.appends_cause);
    }

    #[test]
    fn what_a_client_is_told_is_fixed() {
        for info in OUTCOMES.iter().filter(|info| info.outcome != Outcome::Found) {
            assert!(!info.client_text.is_empty() && !info.client_text.contains('\n'), "{}", info.code);
            let is_message = info.client_text == info.message;
            let has_inside = info.appends_cause || info.message.is_empty();
            assert_ne!(is_message, has_inside, "{}", info.code);
        }
    }

    #[test]
    fn every_refusal_explains_itself() {
        for info in OUTCOMES.iter().filter(|info| info.outcome != Outcome::Found) {
            assert!(!info.hint.is_empty(), "{}", info.code);
        }
    }
}
