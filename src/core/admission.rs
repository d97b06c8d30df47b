//! From what the client sent to a session id, in two steps: what can be told at a glance, in the
//! call itself ([`admit`]), and what needs the signature, on the I/O thread ([`session_id`]).

use std::borrow::Cow;

use crate::core::{code::Code, cookie, json, settings::Settings};

/// What the client's words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Credential {
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

/// The part of the client's words that [`session_id`] needs. Refuses what is no session cookie at a
/// glance, so that a visitor without one costs neither a hop to the I/O thread nor a signature.
///
/// # Errors
/// `NO_COOKIE`, `COOKIE_NOT_SIGNED`.
pub fn admit<'v>(credential: Credential, sent: &'v [u8], settings: &Settings) -> Result<&'v [u8], Code> {
    match credential {
        Credential::Header => {
            let raw = cookie::find(sent, &settings.key).ok_or(Code::NoCookie)?;
            if looks_signed(raw) { Ok(raw) } else { Err(Code::CookieNotSigned) }
        }
        Credential::Signed if !sent.starts_with(b"s:") => Err(Code::CookieNotSigned),
        _ if sent.is_empty() => Err(Code::NoCookie),
        _ => Ok(sent),
    }
}

/// The session id, once its signature is proven.
///
/// # Errors
/// `COOKIE_NOT_SIGNED`, `BAD_SIGNATURE`, `NO_COOKIE` (a signed but empty id, which is never looked
/// up: a Redis key that is the bare prefix would let everybody in), `SESSION_NOT_FOUND`.
pub fn session_id<'v>(
    credential: Credential,
    admitted: &'v [u8],
    settings: &Settings,
) -> Result<Cow<'v, [u8]>, Code> {
    let id = match credential {
        Credential::Header => signed_cookie(admitted, settings)?,
        Credential::Signed => Cow::Borrowed(unsign(admitted, settings)?),
        Credential::Either => Cow::Borrowed(unsign(admitted, settings).unwrap_or(admitted)),
        Credential::Id => Cow::Borrowed(admitted),
    };
    if id.is_empty() { Err(Code::NoCookie) } else { Ok(id) }
}

/// Whether the value, once decoded, can begin with `s:`. The spellings that occur are told apart
/// without decoding; any other is decoded, so that the answer is the exact one.
fn looks_signed(raw: &[u8]) -> bool {
    match raw {
        [b's', b':', ..] | [b's', b'%', b'3', b'A' | b'a', ..] => true,
        _ if raw.contains(&b'%') => cookie::value(raw).starts_with(b"s:"),
        _ => false,
    }
}

fn signed_cookie<'v>(raw: &'v [u8], settings: &Settings) -> Result<Cow<'v, [u8]>, Code> {
    let id = match cookie::value(raw) {
        Cow::Borrowed(value) => Cow::Borrowed(unsign(value, settings)?),
        Cow::Owned(value) => Cow::Owned(unsign(&value, settings)?.to_vec()),
    };
    // cookie-parser makes `j:…` an object, and no store finds a session by an object.
    match id.strip_prefix(b"j:") {
        Some(json) if json::validate(json).is_ok() && json::is_truthy(json) => Err(Code::SessionNotFound),
        _ => Ok(id),
    }
}

fn unsign<'v>(value: &'v [u8], settings: &Settings) -> Result<&'v [u8], Code> {
    let signed = value.strip_prefix(b"s:").ok_or(Code::CookieNotSigned)?;
    settings.secrets.unsign(signed).ok_or(Code::BadSignature)
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

    fn id(credential: Credential, sent: &str, secrets: &[&str]) -> Result<String, Code> {
        let settings = settings(secrets);
        let admitted = admit(credential, sent.as_bytes(), &settings)?;
        let id = session_id(credential, admitted, &settings)?;
        Ok(String::from_utf8(id.into_owned()).unwrap())
    }

    fn header(value: &str) -> Result<String, Code> {
        id(Credential::Header, &format!("a=1; sid={value}; b=2"), &["dog", "cat"])
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
        let admitted =
            |sent: &str| admit(Credential::Header, sent.as_bytes(), &settings(&["cat"])).map(<[u8]>::len);
        assert_eq!(admitted("a=1"), Err(Code::NoCookie));
        assert_eq!(admitted(""), Err(Code::NoCookie));
        assert_eq!(admitted("sid="), Err(Code::CookieNotSigned));
        assert_eq!(admitted("sid=abc"), Err(Code::CookieNotSigned));
        assert_eq!(admitted("sid=j%3A%7B%7D"), Err(Code::CookieNotSigned));
        assert_eq!(header(&format!("s:{ABC}=")), Err(Code::BadSignature));
        assert_eq!(header("s:abc"), Err(Code::BadSignature));
        // What does not decode is taken as it stands, and then it does not begin with `s:`.
        assert_eq!(header(&format!("s%3A{ABC}%ZZ")), Err(Code::CookieNotSigned));
        assert_eq!(id(Credential::Header, &format!("sid=s:{ABC}"), &[]), Err(Code::BadSignature));
    }

    #[test]
    fn a_query_parameter_by_its_mode() {
        let signed = format!("s:{ABC}");
        assert_eq!(id(Credential::Signed, &signed, &["cat"]), Ok("abc".into()));
        assert_eq!(id(Credential::Signed, "abc", &["cat"]), Err(Code::CookieNotSigned));
        assert_eq!(id(Credential::Signed, &signed, &["dog"]), Err(Code::BadSignature));
        assert_eq!(id(Credential::Either, &signed, &["cat"]), Ok("abc".into()));
        assert_eq!(id(Credential::Either, "abc", &["cat"]), Ok("abc".into()));
        assert_eq!(id(Credential::Either, &signed, &["dog"]), Ok(signed));
        assert_eq!(id(Credential::Id, "s:abc", &[]), Ok("s:abc".into()));
        assert_eq!(id(Credential::Id, "", &[]), Err(Code::NoCookie));
    }

    #[test]
    fn an_id_that_is_empty_or_json_is_never_looked_up() {
        // `sign('', 'cat')` and `sign('j:{"a":1}', 'cat')`, `sign('j:0', 'cat')`.
        assert_eq!(header("s:.HJD4OD7oBhH4cTVEmqCb1hOtVB9nlolZ6XO+lfQ4BDo"), Err(Code::NoCookie));
        assert_eq!(
            header("s:j:{\"a\":1}.SAmAicHorOeAJNgWH+Kbl4TjNgIUz10XF3G93Ct44do"),
            Err(Code::SessionNotFound)
        );
        assert_eq!(header("s:j:0.c8/NhQy7r9GnMtFlCG8SPfU+iLOfqYD5ycxjndVJPQM"), Ok("j:0".into()));
    }
}
