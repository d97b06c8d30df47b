//! From what the client sent to a session id, in two steps. [`precheck`] runs in the JavaScript call itself and needs no
//! signature. [`verify`] checks the signature on the I/O thread.

use std::borrow::Cow;

use crate::core::{cookie, json, outcome::Outcome, settings::Settings};

/// What the client sent. The discriminant is the number that JavaScript passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CredentialKind {
    /// The text of a `Cookie` header.
    Header,
    /// A signed value as the cookie carries it, decoded: `s:<id>.<mac>`.
    Signed,
    /// A bare session id, or a signed value if its signature is good: the query parameter
    /// `session_id` as `passport.socketio` takes it, and as its README's client code sends it.
    Either,
    /// A bare session id that the app itself vouches for.
    Id,
}

/// The part of what the client sent that [`verify`] needs. Refuses a request that obviously has no session cookie, so
/// that it costs neither a hop to the I/O thread nor a signature.
///
/// # Errors
/// `NO_COOKIE`, `COOKIE_NOT_SIGNED`.
pub fn precheck<'v>(kind: CredentialKind, sent: &'v [u8], settings: &Settings) -> Result<&'v [u8], Outcome> {
    match kind {
        CredentialKind::Header => {
            let raw = cookie::find(sent, &settings.key).ok_or(Outcome::NoCookie)?;
            if looks_signed(raw) { Ok(raw) } else { Err(Outcome::CookieNotSigned) }
        }
        CredentialKind::Signed if !sent.starts_with(b"s:") => Err(Outcome::CookieNotSigned),
        _ if sent.is_empty() => Err(Outcome::NoCookie),
        _ => Ok(sent),
    }
}

/// The session id in `credential`, which [`precheck`] returned, if its signature is valid.
///
/// # Errors
/// `COOKIE_NOT_SIGNED`, `BAD_SIGNATURE`, `SESSION_NOT_FOUND`, and `NO_COOKIE` for an id that is signed but empty. An
/// empty id is never looked up: its Redis key is the bare prefix, so one such key would let everybody in.
pub fn verify<'v>(
    kind: CredentialKind,
    credential: &'v [u8],
    settings: &Settings,
) -> Result<Cow<'v, [u8]>, Outcome> {
    let id = match kind {
        CredentialKind::Header => signed_cookie(credential, settings)?,
        CredentialKind::Signed => Cow::Borrowed(unsign(credential, settings)?),
        CredentialKind::Either => Cow::Borrowed(unsign(credential, settings).unwrap_or(credential)),
        CredentialKind::Id => Cow::Borrowed(credential),
    };
    if id.is_empty() { Err(Outcome::NoCookie) } else { Ok(id) }
}

/// Whether the value, once decoded, begins with `s:`. The usual spellings are recognised without decoding; any other
/// value is decoded, so that the answer is exact.
fn looks_signed(raw: &[u8]) -> bool {
    match raw {
        [b's', b':', ..] | [b's', b'%', b'3', b'A' | b'a', ..] => true,
        _ if raw.contains(&b'%') => cookie::value(raw).starts_with(b"s:"),
        _ => false,
    }
}

fn signed_cookie<'v>(raw: &'v [u8], settings: &Settings) -> Result<Cow<'v, [u8]>, Outcome> {
    let id = match cookie::value(raw) {
        Cow::Borrowed(value) => Cow::Borrowed(unsign(value, settings)?),
        Cow::Owned(value) => Cow::Owned(unsign(&value, settings)?.to_vec()),
    };
    // cookie-parser turns `j:…` into an object, and no store finds a session by an object.
    match id.strip_prefix(b"j:") {
        Some(json) if json::validate(json).is_ok() && json::is_truthy(json) => Err(Outcome::SessionNotFound),
        _ => Ok(id),
    }
}

fn unsign<'v>(value: &'v [u8], settings: &Settings) -> Result<&'v [u8], Outcome> {
    let signed = value.strip_prefix(b"s:").ok_or(Outcome::CookieNotSigned)?;
    settings.secrets.unsign(signed).ok_or(Outcome::BadSignature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::signature::Secrets;

    /// `cookie-signature.sign(id, 'cat')` of version 1.0.6.
    const ABC: &str = "abc.q3V1x4amKSWnp3CL0jtU+ZarcYO4i4KG/vZKAvkHBwA";

    fn settings(secrets: &[&str]) -> Settings {
        Settings {
            key: b"sid"[..].into(),
            secrets: Secrets::new(secrets),
            prefix: b"sess:"[..].into(),
            passport_key: b"passport"[..].into(),
        }
    }

    fn id(kind: CredentialKind, sent: &str, secrets: &[&str]) -> Result<String, Outcome> {
        let settings = settings(secrets);
        let credential = precheck(kind, sent.as_bytes(), &settings)?;
        let id = verify(kind, credential, &settings)?;
        Ok(String::from_utf8(id.into_owned()).unwrap())
    }

    fn header(value: &str) -> Result<String, Outcome> {
        id(CredentialKind::Header, &format!("a=1; sid={value}; b=2"), &["dog", "cat"])
    }

    #[test]
    fn a_signed_cookie_gives_its_id() {
        assert_eq!(header(&format!("s:{ABC}")), Ok("abc".into()));
        assert_eq!(header(&format!("s%3A{ABC}")), Ok("abc".into()));
        assert_eq!(header(&format!("s%3a{}", ABC.replace('/', "%2F"))), Ok("abc".into()));
        assert_eq!(header(&format!("%73:{ABC}")), Ok("abc".into()));
        assert_eq!(header(&format!("\"s:{ABC}\"")), Ok("abc".into()));
    }

    #[test]
    fn anything_else_is_refused_for_its_reason() {
        let prechecked = |sent: &str| {
            precheck(CredentialKind::Header, sent.as_bytes(), &settings(&["cat"])).map(<[u8]>::len)
        };
        assert_eq!(prechecked("a=1"), Err(Outcome::NoCookie));
        assert_eq!(prechecked(""), Err(Outcome::NoCookie));
        assert_eq!(prechecked("sid="), Err(Outcome::CookieNotSigned));
        assert_eq!(prechecked("sid=abc"), Err(Outcome::CookieNotSigned));
        assert_eq!(prechecked("sid=j%3A%7B%7D"), Err(Outcome::CookieNotSigned));
        assert_eq!(header(&format!("s:{ABC}=")), Err(Outcome::BadSignature));
        assert_eq!(header("s:abc"), Err(Outcome::BadSignature));
        // What does not decode is taken as it stands, and then it does not begin with `s:`.
        assert_eq!(header(&format!("s%3A{ABC}%ZZ")), Err(Outcome::CookieNotSigned));
        assert_eq!(id(CredentialKind::Header, &format!("sid=s:{ABC}"), &[]), Err(Outcome::BadSignature));
    }

    #[test]
    fn a_query_parameter_by_its_mode() {
        let signed = format!("s:{ABC}");
        assert_eq!(id(CredentialKind::Signed, &signed, &["cat"]), Ok("abc".into()));
        assert_eq!(id(CredentialKind::Signed, "abc", &["cat"]), Err(Outcome::CookieNotSigned));
        assert_eq!(id(CredentialKind::Signed, &signed, &["dog"]), Err(Outcome::BadSignature));
        assert_eq!(id(CredentialKind::Either, &signed, &["cat"]), Ok("abc".into()));
        assert_eq!(id(CredentialKind::Either, "abc", &["cat"]), Ok("abc".into()));
        assert_eq!(id(CredentialKind::Either, &signed, &["dog"]), Ok(signed));
        assert_eq!(id(CredentialKind::Id, "s:abc", &[]), Ok("s:abc".into()));
        assert_eq!(id(CredentialKind::Id, "", &[]), Err(Outcome::NoCookie));
    }

    #[test]
    fn an_id_that_is_empty_or_json_is_never_looked_up() {
        // `sign('', 'cat')` and `sign('j:{"a":1}', 'cat')`, `sign('j:0', 'cat')`.
        assert_eq!(header("s:.HJD4OD7oBhH4cTVEmqCb1hOtVB9nlolZ6XO+lfQ4BDo"), Err(Outcome::NoCookie));
        assert_eq!(
            header("s:j:{\"a\":1}.SAmAicHorOeAJNgWH+Kbl4TjNgIUz10XF3G93Ct44do"),
            Err(Outcome::SessionNotFound)
        );
        assert_eq!(header("s:j:0.c8/NhQy7r9GnMtFlCG8SPfU+iLOfqYD5ycxjndVJPQM"), Ok("j:0".into()));
    }
}
