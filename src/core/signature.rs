//! Signed cookie values, as cookie-signature 1.0.6 signs them: `<value>.<base64 of HMAC-SHA256, no padding>`.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use hmac::{
    Hmac, KeyInit, Mac,
    digest::{block_api::BlockSizeUser, common::Key},
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The secrets that may have made a signature, in the order in which they are tried. `Debug` shows only their number.
pub struct Secrets {
    /// HMAC states that already include the key: to clone one saves half of the hashing of each check.
    keyed: Vec<Hmac<Sha256>>,
}

impl Secrets {
    /// The bytes of a secret are those that Node hashes: the UTF-8 of a string, or a Buffer as it is.
    pub fn new<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = S>) -> Self {
        Self { keyed: secrets.into_iter().map(|secret| keyed(secret.as_ref())).collect() }
    }

    /// Without a secret no cookie counts as signed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keyed.is_empty()
    }

    /// The value of `<value>.<signature>` (the text of a cookie after its `s:`), if one of the secrets made the
    /// signature.
    ///
    /// The rules are those of cookie-signature 1.0.6. The last dot divides, so a value may contain dots and may be
    /// empty. The signature must be exactly the text that signing gives: no padding, no other alphabet, no other
    /// spelling of the last bits. Every wrong signature of the right length takes the same time.
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

/// RFC 2104: a key longer than a block is hashed, a shorter one is filled with zeros. Done here, because `Hmac`
/// accepts a whole block without a `Result`.
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
    // Cannot fail: the text has the length of 32 bytes in base64. If it failed, the zeros would match no base64.
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
