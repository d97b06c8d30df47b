//! Why a server is not trusted, and what to do about it.

use std::{error, fmt, io, sync::Arc};

use rustls::{CertificateError, Error, OtherError};

use super::super::fault::Fault;

/// Which certificate of a chain is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Server,
    Intermediate,
    Root,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "the server's certificate",
            Self::Intermediate => "an intermediate certificate",
            Self::Root => "the root certificate in `ca`",
        })
    }
}

/// Why a server is not trusted. `Display` says it to an operator, with what to do, and quotes nothing that a server sent.
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
    NoAuthority(Part),
    PathLength,
    UnknownCritical(Part),
    OnlyOld(Part),
    AuthorityAsServer,
    CommonName,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCa => f.write_str("there is no `ca`, so no certificate can be trusted: set `ca`"),
            Self::Unreadable => f.write_str("the server sent a certificate that cannot be read (X.509, DER)"),
            Self::UnknownIssuer => f.write_str(
                "the server's certificate was not issued by an authority in `ca`: add the root certificate of its \
                 authority to `ca`, and let the server send the intermediates",
            ),
            Self::NoRoot => f.write_str(
                "`ca` has an intermediate certificate of the chain but not the root above it: add the root \
                 certificate to `ca`",
            ),
            Self::SelfSigned => f.write_str(
                "the server's certificate is self-signed and is not the one in `ca`: add that very certificate to `ca`",
            ),
            Self::UnknownRoot => f.write_str(
                "the server's chain ends at a root certificate that is not in `ca`: add it to `ca` if you trust it",
            ),
            Self::TooLong => f.write_str("the server's chain has more than six intermediate certificates"),
            Self::Expired(part) => write!(f, "{part} has expired: renew it (or set the clock of this machine)"),
            Self::NotYetValid(part) => {
                write!(f, "{part} is not valid yet: look at its dates and at the clock of this machine")
            }
            Self::NotForServers(part) => write!(
                f,
                "{part} is not for servers: its extended key usage (or Netscape type) needs serverAuth"
            ),
            Self::NoHandshakes => f.write_str(
                "the server's certificate is not for TLS: its key usage needs digitalSignature or keyEncipherment",
            ),
            Self::NoAuthority(part) => write!(
                f,
                "{part} is not that of an authority, and signed another: it needs basicConstraints CA:TRUE and the \
                 key usage keyCertSign"
            ),
            Self::PathLength => {
                f.write_str("an authority's path length (basicConstraints) is exceeded by the chain")
            }
            Self::UnknownCritical(part) => write!(f, "{part} has a critical extension that is not known"),
            Self::OnlyOld(part) => write!(f, "{part} is of version 1, which is not supported there: make it version 3"),
            Self::AuthorityAsServer => f.write_str(
                "the server's certificate is that of an authority (basicConstraints CA:TRUE): issue it with CA:FALSE",
            ),
            Self::CommonName => f.write_str(
                "certificate not valid for name: it has no subjectAltName of the kind asked for, and its common name \
                 does not count here or is another: issue it with a subjectAltName, or set `servername`",
            ),
        }
    }
}

impl error::Error for Refusal {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refusal))))
    }
}

/// A failed handshake in words for an operator: rustls shows errors of others by `Debug` only.
pub(in super::super) fn handshake_fault(error: io::Error) -> Fault {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(Error::InvalidCertificate(CertificateError::Other(OtherError(cause)))) => {
            match cause.downcast_ref::<Refusal>() {
                Some(refusal) => Fault::store(format!("TLS: invalid peer certificate: {refusal}")),
                None => error.into(),
            }
        }
        _ => error.into(),
    }
}
