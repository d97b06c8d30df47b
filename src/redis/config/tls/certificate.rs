//! The parts of a certificate that OpenSSL checks. webpki reads them too, but does not expose them.

use rustls::pki_types::UnixTime;

use super::{
    der::{self, INTEGER, Reader, SEQUENCE},
    extensions::{Extensions, KEY_AGREEMENT, KEY_CERT_SIGN, KEY_ENCIPHERMENT, SIGNATURE},
};

/// A certificate of version 1 or 3, which borrows its bytes.
pub(super) struct Certificate<'a> {
    pub(super) der: &'a [u8],
    pub(super) is_version_1: bool,
    serial: &'a [u8],
    /// The kind of key that signed it.
    signed_by: &'a [u8],
    pub(super) issuer: &'a [u8],
    not_before: i64,
    not_after: i64,
    pub(super) subject: &'a [u8],
    /// `SubjectPublicKeyInfo`, with its tag.
    pub(super) public_key: &'a [u8],
    key_kind: &'a [u8],
    pub(super) extensions: Extensions<'a>,
}

/// Whether a certificate may sign others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authority {
    No,
    /// basicConstraints mark it as an authority.
    Marked,
    /// It is older than basicConstraints. OpenSSL accepts such a certificate as a root, which is self-signed, but not
    /// as an intermediate.
    Legacy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Validity {
    Now,
    Over,
    NotYet,
}

impl<'a> Certificate<'a> {
    /// `None`: not a certificate, or one whose version or form is not supported.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let mut whole = Reader::new(der::only(der, SEQUENCE)?);
        let mut body = Reader::new(whole.expect(SEQUENCE)?);
        let is_version_1 = match body.optional(0xa0) {
            None => true,
            // Version 3 is encoded as 2.
            Some(version) if der::only(version, INTEGER)? == [2] => false,
            Some(_) => return None,
        };
        let serial = body.expect(INTEGER)?;
        let signed_by = kind(body.expect(SEQUENCE)?)?;
        let issuer = body.expect(SEQUENCE)?;
        let mut dates = Reader::new(body.expect(SEQUENCE)?);
        let (not_before, not_after) = (der::seconds(dates.any()?)?, der::seconds(dates.any()?)?);
        let subject = body.expect(SEQUENCE)?;
        let public_key = body.whole(SEQUENCE)?;
        let key_kind = kind(Reader::new(der::only(public_key, SEQUENCE)?).expect(SEQUENCE)?)?;
        let extensions = match body.optional(0xa3) {
            Some(list) if !is_version_1 => Extensions::read(der::only(list, SEQUENCE)?)?,
            Some(_) => return None,
            None => Extensions::default(),
        };
        let certificate = Self {
            der,
            is_version_1,
            serial,
            signed_by,
            issuer,
            not_before,
            not_after,
            subject,
            public_key,
            key_kind,
            extensions,
        };
        body.is_empty().then_some(certificate)
    }

    /// Whether `issuer` may have signed this, by everything but the signature: OpenSSL's `ossl_x509_likely_issued`.
    pub(super) fn is_likely_issued_by(&self, issuer: &Certificate<'_>) -> bool {
        // Compared only where both certificates say it. RFC 5280, sections 4.2.1.1 and 4.2.1.2.
        fn agree(named: Option<&[u8]>, own: Option<&[u8]>) -> bool {
            named.zip(own).is_none_or(|(named, own)| named == own)
        }
        let Extensions { authority_key, authority_serial, authority_name, .. } = self.extensions;
        self.issuer == issuer.subject
            && agree(authority_key, issuer.extensions.subject_key)
            && agree(authority_serial, Some(issuer.serial))
            && agree(authority_name, Some(issuer.issuer))
            && self.signed_by == issuer.key_kind
    }

    /// By everything but the signature, as in OpenSSL: a certificate in `ca` is trusted because it is there.
    pub(super) fn is_self_signed(&self) -> bool {
        self.is_likely_issued_by(self)
    }

    /// OpenSSL's `check_ca`.
    pub(super) fn authority(&self) -> Authority {
        let Extensions { basic_constraints, key_usage, .. } = self.extensions;
        if key_usage.is_some_and(|usage| usage & KEY_CERT_SIGN == 0) {
            return Authority::No;
        }
        if let Some(constraints) = basic_constraints {
            return if constraints.is_ca { Authority::Marked } else { Authority::No };
        }
        if key_usage.is_some() || self.extensions.netscape_authority() || self.is_version_1 {
            Authority::Legacy
        } else {
            Authority::No
        }
    }

    /// Whether its key may be used in a handshake: OpenSSL's `KU_TLS`.
    pub(super) fn may_shake_hands(&self) -> bool {
        let wanted = SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT;
        self.extensions.key_usage.is_none_or(|usage| usage & wanted != 0)
    }

    pub(super) fn validity(&self, now: UnixTime) -> Validity {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < self.not_before {
            Validity::NotYet
        } else if now > self.not_after {
            Validity::Over
        } else {
            Validity::Now
        }
    }

    pub(super) fn not_after(&self) -> i64 {
        self.not_after
    }
}

/// The common part of the identifiers of a key and of the signatures by it: 1.2.840.113549.1.1 for RSA, 1.2.840.10045
/// for elliptic curves. Ed25519 has one identifier for both.
fn kind(algorithm: &[u8]) -> Option<&[u8]> {
    let id = Reader::new(algorithm).expect(der::OID)?;
    Some(id.get(..5).unwrap_or(id))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        super::der::{BIT_STRING, OCTET_STRING, OID, SET, UTC_TIME},
        *,
    };

    fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        [&[tag, u8::try_from(content.len()).unwrap()][..], &content].concat()
    }

    /// `version`: the field of the version. `rest`: what follows the key.
    fn certificate(version: &[u8], rest: &[u8]) -> Vec<u8> {
        let algorithm = element(SEQUENCE, &[&element(OID, &[&[0x2b, 0x65, 0x70]])]);
        let name = element(SEQUENCE, &[&element(SET, &[])]);
        let dates = [b"700101000010Z", b"700101000020Z"].map(|text| element(UTC_TIME, &[text]));
        let dates = element(SEQUENCE, &[&dates.concat()]);
        let key = element(SEQUENCE, &[&algorithm, &element(BIT_STRING, &[&[0]])]);
        let serial = element(INTEGER, &[&[1]]);
        let body = element(SEQUENCE, &[version, &serial, &algorithm, &name, &dates, &name, &key, rest]);
        element(SEQUENCE, &[&body, &algorithm, &element(BIT_STRING, &[&[0]])])
    }

    #[test]
    fn versions() {
        let extensions = element(0xa3, &[&element(SEQUENCE, &[])]);
        let version = |number: u8| element(0xa0, &[&element(INTEGER, &[&[number]])]);
        let read = |version: &[u8], rest: &[u8]| {
            Certificate::read(&certificate(version, rest)).map(|certificate| certificate.is_version_1)
        };
        assert_eq!(read(&[], &[]), Some(true));
        assert_eq!(read(&version(2), &[]), Some(false));
        assert_eq!(read(&version(2), &extensions), Some(false));
        assert_eq!(read(&[], &extensions), None);
        for other in [0, 1, 3] {
            assert_eq!(read(&version(other), &[]), None);
        }
        let tail = element(OCTET_STRING, &[]);
        assert_eq!(read(&[], &tail), None);
        assert_eq!(read(&version(2), &[extensions, tail].concat()), None);
    }

    #[test]
    fn both_dates_count_themselves() {
        let der = certificate(&[], &[]);
        let certificate = Certificate::read(&der).unwrap();
        let at = |seconds| certificate.validity(UnixTime::since_unix_epoch(Duration::from_secs(seconds)));
        let expected = [Validity::NotYet, Validity::Now, Validity::Now, Validity::Over];
        assert_eq!([9, 10, 20, 21].map(at), expected);
        assert_eq!(at(u64::MAX), Validity::Over);
    }
}
