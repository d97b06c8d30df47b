//! Signed cookie values, as cookie-signature 1.0.6 signs them: `<value>.<base64 of HMAC-SHA256, no padding>`.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use hmac::{
    Hmac, KeyInit, Mac,
    digest::{block_api::BlockSizeUser, common::Key},
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The secrets a signature may be made with, in the order in which they are tried. `Debug` shows only how
/// many.
pub struct Secrets {
    /// States that have taken the key in: cloning one saves half of the hashing of each check.
    keyed: Vec<Hmac<Sha256>>,
}

impl Secrets {
    /// The bytes of a secret are what Node hashes: a string's UTF-8, a Buffer as it is.
    pub fn new<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = S>) -> Self {
        Self { keyed: secrets.into_iter().map(|secret| keyed(secret.as_ref())).collect() }
    }

    /// Without a secret nothing is signed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keyed.is_empty()
    }

    /// The value of `<value>.<signature>` (a cookie's text after its `s:`), when one of the secrets signed
    /// it.
    ///
    /// The rules are those of cookie-signature 1.0.6: the last dot divides, so that a value may have dots and
    /// may be empty, and the signature must be exactly the text that signing gives: no padding, no other
    /// alphabet, no other spelling of the last bits. Takes the same time for every wrong signature of the
    /// right length.
    #[must_use]
    pub fn unsign<'v>(&self, signed: &'v [u8]) -> Option<&'v [u8]> {
        let dot = signed.iter().rposition(|&byte| byte == b'.')?;
        let (value, signature) = (signed.get(..dot)?, signed.get(dot + 1..)?);
        let signature: &[u8; SIGNATURE_LEN] = signature.try_into().ok()?;
        self.keyed.iter().any(|key| bool::from(sign(key, value).ct_eq(signature))).then_some(value)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.keyed.len())
    }
}

/// Characters of 32 bytes in base64 without padding.
const SIGNATURE_LEN: usize = 43;

/// RFC 2104: a key longer than a block is hashed, a shorter one is filled with zeros. Done here because
/// `Hmac` takes a block without a `Result` that cannot fail.
fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    let mut block = Key::<Hmac<Sha256>>::default();
    let (head, digest);
    if secret.len() > Sha256::block_size() {
        digest = Sha256::digest(secret);
        head = digest.as_slice();
    } else {
        head = secret;
    }
    block.iter_mut().zip(head).for_each(|(to, from)| *to = *from);
    Hmac::new(&block)
}

fn sign(key: &Hmac<Sha256>, value: &[u8]) -> [u8; SIGNATURE_LEN] {
    let mac = key.clone().chain_update(value).finalize().into_bytes();
    let mut text = [0; SIGNATURE_LEN];
    // Cannot fail, since the text has the length of 32 bytes in base64; and if it did, zeros are no base64.
    let _ = STANDARD_NO_PAD.encode_slice(mac, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &[u8] = b"hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI";

    #[test]
    fn accepts_what_any_of_the_secrets_signed() {
        let value = Some(&b"hello"[..]);
        assert_eq!(Secrets::new(["tobiiscool"]).unsign(SIGNED), value);
        assert_eq!(Secrets::new(["new", "tobiiscool"]).unsign(SIGNED), value);
        assert_eq!(Secrets::new(["new", "luna"]).unsign(SIGNED), None);
        assert_eq!(Secrets::new::<&str>([]).unsign(SIGNED), None);
    }

    #[test]
    fn accepts_no_other_spelling_of_a_signature() {
        let secrets = Secrets::new(["tobiiscool"]);
        for end in [&b"="[..], b"==", b".", b" ", b"A"] {
            assert_eq!(secrets.unsign(&[SIGNED, end].concat()), None);
        }
        // The last character carries two bits that are always zero: J decodes to the same 32 bytes as I.
        let (_, all_but_last) = SIGNED.split_last().unwrap();
        assert_eq!(secrets.unsign(&[all_but_last, b"J"].concat()), None);
        assert_eq!(secrets.unsign(b"hello.DGDUkGlIkCzPz-C0B064FNgHdEjox7ch8tOBGslZ5QI"), None);
        assert_eq!(secrets.unsign(b"hello"), None);
        assert_eq!(secrets.unsign(b"."), None);
        assert_eq!(secrets.unsign(b""), None);
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", Secrets::new(["keyboard cat", "old"])), "Secrets(2)");
    }
}
