//! Why a server is not trusted, and what to do about it.

use std::{error, fmt, io, sync::Arc};

use rustls::{AlertDescription, CertificateError, Error, OtherError};

use crate::pipeline::Fault;

/// Which certificate of a chain is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Server,
    Intermediate,
    /// The end of the chain.
    Root,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "the server's certificate",
            Self::Intermediate => "an intermediate certificate of the server's chain",
            Self::Root => "the certificate in `ca` that issued the server's chain",
        })
    }
}

/// Why a server is not trusted. `Display` tells an operator the reason and what to do, and quotes nothing that a
/// server sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NoCa,
    Unreadable,
    UnknownIssuer,
    NoRoot,
    SelfSigned,
    UnknownRoot,
    TooLong,
    Expired(Part),
    NotYetValid(Part),
    NotForServers(Part),
    NoHandshakes,
    NotAnAuthority(Part),
    PathLength,
    NameConstraints,
    UnknownCritical(Part),
    UnsupportedCritical,
    Version1,
    AuthorityAsServer,
    CommonName,
    BadSignature,
    Unsupported,
    NothingInCommon,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NoCa => "no certificate can be trusted without `ca`: set it",
            Self::Unreadable => {
                "the server's certificate cannot be read: it must be X.509, version 3, in DER"
            }
            Self::UnknownIssuer => {
                "the server's certificate was not issued by an authority in `ca`: add the root certificate of its \
                 authority to `ca` (or NODE_EXTRA_CA_CERTS, where there is no `ca`), and let the server send the \
                 intermediate certificates"
            }
            Self::NoRoot => {
                "`ca` has an intermediate certificate of the server's chain, but not the root above it: add the root \
                 certificate to `ca`"
            }
            Self::SelfSigned => {
                "the server's certificate is self-signed and is not the one in `ca`: add that very certificate to `ca`"
            }
            Self::UnknownRoot => {
                "the server's chain ends at a root certificate that is not in `ca`: add it to `ca` if you trust it"
            }
            Self::TooLong => "the server's chain has more than six intermediate certificates",
            Self::Expired(part) => {
                return write!(f, "{part} has expired: renew it, or set the clock of this machine");
            }
            Self::NotYetValid(part) => {
                return write!(
                    f,
                    "{part} is not valid yet: look at its dates, and at the clock of this machine"
                );
            }
            Self::NotForServers(part) => {
                return write!(
                    f,
                    "{part} is not for servers: where it has an extended key usage it needs serverAuth"
                );
            }
            Self::NoHandshakes => {
                "the server's certificate is not for TLS: where it has a key usage it needs digitalSignature"
            }
            Self::NotAnAuthority(part) => {
                return write!(
                    f,
                    "{part} is not that of an authority: to sign others it needs basicConstraints CA:TRUE and the key \
                     usage keyCertSign"
                );
            }
            Self::PathLength => {
                "the server's chain has more intermediate certificates than the path length of an authority in it allows"
            }
            Self::NameConstraints => {
                "the server's certificate has a name that an authority above it may not issue (name constraints)"
            }
            Self::UnknownCritical(part) => {
                return write!(f, "{part} has a critical extension that is not known here");
            }
            Self::UnsupportedCritical => {
                "a certificate of the server's chain has a critical extension that is not supported"
            }
            Self::Version1 => "the server's certificate is of version 1: issue one of version 3",
            Self::AuthorityAsServer => {
                "the server's certificate is that of an authority (basicConstraints CA:TRUE): issue one with CA:FALSE"
            }
            Self::CommonName => {
                "the server's certificate is not valid for the name asked for: it has no fitting subjectAltName, and \
                 its common name is another or does not count: issue one with a subjectAltName, or set `servername`"
            }
            Self::BadSignature => {
                "a signature of the server or of its certificates is not valid: `ca` has another certificate of the \
                 same name, or the key is one that is not supported (RSA below 2048 bits)"
            }
            Self::Unsupported => {
                "a certificate of the server's chain has a key or a signature that is not supported: there are RSA \
                 from 2048 bits with SHA-2, ECDSA P-256 and P-384 with SHA-256 and SHA-384, and Ed25519"
            }
            Self::NothingInCommon => {
                "the server found no cipher suite or kind of key in common: there are the suites of TLS 1.3, those of \
                 TLS 1.2 with ECDHE, and keys RSA from 2048 bits, ECDSA P-256 and P-384, and Ed25519"
            }
        };
        f.write_str(text)
    }
}

impl error::Error for Refusal {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refusal))))
    }
}

/// A failed handshake, in words for an operator. rustls prints most certificate errors as `Debug`.
pub(in crate::redis) fn handshake_fault(error: io::Error) -> Fault {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause.and_then(Explained::of) {
        Some(Explained::Refusal(refusal)) => Fault::new(format!("TLS: {refusal}")),
        Some(Explained::Name) => Fault::new(format!("{error}; or set `servername`")),
        None => error.into(),
    }
}

enum Explained {
    Refusal(Refusal),
    /// rustls lists the names of the certificate itself.
    Name,
}

impl Explained {
    fn of(error: &Error) -> Option<Self> {
        let error = match error {
            Error::InvalidCertificate(error) => error,
            // The alert of a server that has no key for any of our signature schemes.
            Error::AlertReceived(AlertDescription::HandshakeFailure) => {
                return Some(Self::Refusal(Refusal::NothingInCommon));
            }
            _ => return None,
        };
        let refusal = match error {
            CertificateError::NotValidForNameContext { .. } => return Some(Self::Name),
            CertificateError::BadSignature => Refusal::BadSignature,
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                Refusal::Unsupported
            }
            CertificateError::BadEncoding => Refusal::Unreadable,
            CertificateError::Other(OtherError(cause)) => match cause.downcast_ref() {
                Some(webpki::Error::CaUsedAsEndEntity) => Refusal::AuthorityAsServer,
                Some(webpki::Error::NameConstraintViolation) => Refusal::NameConstraints,
                Some(webpki::Error::UnsupportedCriticalExtension) => Refusal::UnsupportedCritical,
                Some(_) => return None,
                None => *cause.downcast_ref()?,
            },
            _ => return None,
        };
        Some(Self::Refusal(refusal))
    }
}
