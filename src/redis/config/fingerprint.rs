//! Whether two targets lead to the same Redis in the same way.

use std::{collections::BTreeSet, net::IpAddr};

use sha2::{Digest as _, Sha256};

/// A digest of everything that identifies a connection: address, TLS, login, database, client name. Equal for options
/// that say the same in different words.
///
/// It is a digest and not the options themselves, because these contain passwords and keys, of which a table should
/// not keep another copy. Also, rustls's form of a certificate cannot be compared. There is no `Debug`: from a digest
/// a weak password could be guessed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

/// Adds parts, each with its length, so that no two lists of parts have the same bytes.
pub(super) struct Fields(Sha256);

impl Fields {
    /// `kind`: what the parts describe.
    pub(super) fn of(kind: &str) -> Self {
        Self(Sha256::new()).bytes(kind.as_bytes())
    }

    pub(super) fn bytes(self, part: &[u8]) -> Self {
        Self(self.0.chain_update((part.len() as u64).to_be_bytes()).chain_update(part))
    }

    /// An absent part differs from an empty one.
    pub(super) fn option(self, part: Option<&[u8]>) -> Self {
        match part {
            Some(part) => self.bytes(part),
            None => Self(self.0.chain_update(u64::MAX.to_be_bytes())),
        }
    }

    pub(super) fn number(self, number: i64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    /// Host names are not case-sensitive, and an IPv6 address has many spellings.
    pub(super) fn host(self, host: &str) -> Self {
        match host.parse::<IpAddr>() {
            Ok(ip) => self.bytes(ip.to_string().as_bytes()),
            Err(_) => self.bytes(host.to_ascii_lowercase().as_bytes()),
        }
    }

    /// Adds fingerprints whose order counts.
    pub(super) fn all(self, prints: impl IntoIterator<Item = Fingerprint>) -> Self {
        prints.into_iter().fold(self, |fields, print| fields.bytes(&print.0))
    }

    /// Adds fingerprints whose order does not count, repeated ones once.
    pub(super) fn all_of(self, prints: impl IntoIterator<Item = Fingerprint>) -> Self {
        self.all(prints.into_iter().collect::<BTreeSet<_>>())
    }

    pub(super) fn finish(self) -> Fingerprint {
        Fingerprint(self.0.finalize().into())
    }
}
